"""From a study to its mark on the chart: result, row, point among published ones, mark and axis."""

from math import exp
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import polars as pl
import pytest

from dashboards.charts.study_charts import findings
from dashboards.text.evidence import MEASURES
from orchestration import paths
from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import Result, Scale
from orchestration.studies.register import Status
from orchestration.studies.results import StudyRun, as_tables
from orchestration.studies.study import estimate, study_from

EVIDENCE = """
evidence:
  outcome: {outcome}
  design: An invented study.
  compared: One side with the other.
  would_change: More of both.
"""
OFFICERS = """\
design: officer_trial
title: Force of eight officers
question: Did officers with a camera use force less often?
keys: {outcomes: [force], named: Uses of force, treated: camera, control: none, days: days}
inline:
  arm: [camera, none, camera, none, camera, none, camera, none]
  force: [1, 2, 0, 3, 2, 2, 1, 4]
  days: [200, 200, 200, 200, 210, 210, 200, 200]
"""
POOLED_ODDS = """\
design: common_effect
title: Shifts with a complaint in three trials
question: What is the pooled odds ratio?
keys:
  measure: log_odds_ratio
  outcome: Shifts with a complaint
  is_randomised: true
  from_counts: {treated_events: a, treated_others: b, control_events: c, control_others: d}
inline: {a: [12, 20, 16], b: [200, 300, 250], c: [20, 33, 26], d: [190, 290, 240]}
"""
ONE_SHARE = """\
design: proportions
title: Encounters that were filmed
question: What share was filmed?
inline: {count: [81], among: [263]}
"""
TWO_SHARES = ONE_SHARE.replace("[81]", "[81, 15]").replace("[263]", "[263, 148]")
CHANGE = DESIGNS["published_change"].example
#: The study, its outcome, the measure that it shares a chart with, and the class of its design.
EVERY_SCALE = {
    "shifts": (DESIGNS["shift_trial"].example, "complaints", "percent_difference", "randomised"),
    "teams": (DESIGNS["cluster_trial"].example, "complaints", "percent_difference", "randomised"),
    "officers": (*(OFFICERS, "use_of_force", "difference_per_1000_officers_a_year", "randomised"),),
    "panel": (
        *(DESIGNS["arm_panel"].example, "complaints"),
        *("difference_per_1000_officers_a_year", "randomised"),
    ),
    "odds": (POOLED_ODDS, "complaints", "percent_difference_of_odds", "randomised"),
    "printed": (
        *(DESIGNS["published_effect"].example, "complaints"),
        *("standardised_difference", "randomised"),
    ),
    "ratio": (DESIGNS["rate_ratio"].example, "use_of_force", "percent_difference", "randomised"),
    "rolled": (DESIGNS["staged_rollout"].example, "complaints", "percent_difference", "compared"),
    "over_time": (CHANGE, "complaints", "percent_change_before_after", "before_after"),
    "series": (
        *(DESIGNS["before_after"].example, "complaints"),
        *("percent_change_before_after", "before_after"),
    ),
    "share": (ONE_SHARE, "recording", "share_percent", "descriptive"),
    "shares": (TWO_SHARES, "recording", "percentage_points", "compared"),
}


def asked(name: str, text: str, outcome: str) -> StudyRun:
    """A study of an invented programme, run."""
    study = study_from(text + EVIDENCE.format(outcome=outcome), f"{name}.yml")
    return StudyRun(name, "somewhere", study, Status("exploratory", "invented"), estimate(study))


def model(name: str, **tables: pl.DataFrame) -> pl.DataFrame:
    """What the SQL of a mart makes of its tables."""
    [file] = (paths.ROOT / "models" / "marts").rglob(f"{name}.sql")
    sql = file.read_text("utf-8")
    template = jinja2.Environment(autoescape=False).from_string(sql)  # noqa: S701 - this is SQL
    query = template.render(
        ref=lambda table: table, dbt=SimpleNamespace(type_string=lambda: "varchar")
    )
    with duckdb.connect() as engine:
        for table, rows in tables.items():
            engine.register(table, rows)
        found: pl.DataFrame = engine.sql(query).pl()
    return found


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    """The findings that others published, as they ship."""
    with duckdb.connect() as engine:
        seed = paths.ROOT / "data" / "seeds" / "published_effects.csv"
        rows = engine.read_csv(str(seed), header=True).pl()
    return model("fct_published_effects", published_effects=rows)


@pytest.fixture(scope="module")
def studies() -> dict[str, StudyRun]:
    """Every study, run."""
    return {name: asked(name, *study[:2]) for name, study in EVERY_SCALE.items()}


def points_of(
    studies: pl.DataFrame, published: pl.DataFrame, *, is_synthetic: bool = False
) -> pl.DataFrame:
    """The points of these studies, all of one invented programme, and of everything published."""
    programmes = pl.DataFrame({"programme_id": ["somewhere"], "is_synthetic": [is_synthetic]})
    return model(
        "fct_evidence_points",
        fct_studies=studies,
        fct_published_effects=published,
        dim_programme=programmes,
    )


@pytest.fixture(scope="module")
def points(studies: dict[str, StudyRun], published: pl.DataFrame) -> pl.DataFrame:
    """The points of all studies and of everything published."""
    rows = as_tables(list(studies.values()))["studies"]
    return points_of(rows, published)


def on_chart(found: Result) -> tuple[float | None, ...]:
    """Estimate and interval as a publication prints them."""
    figures = (found.estimate, *found.interval)
    return tuple(None if x is None else _printed(x, found.scale) for x in figures)


def _printed(figure: float, scale: Scale) -> float:
    if scale.is_logarithm:
        return 100 * (exp(figure) - 1)
    if scale is Scale.RATIO:
        return 100 * (figure - 1)
    return 100 * figure if scale in {Scale.PROPORTION, Scale.PROPORTION_DIFFERENCE} else figure


def data_of(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows behind the marks of a chart."""
    [rows] = [rows for rows in chart["datasets"].values() if "point_id" in rows[0]]
    found: list[dict[str, Any]] = rows
    return found


@pytest.mark.parametrize("name", EVERY_SCALE)
def test_a_study_goes_from_its_result_to_its_mark_among_published_ones(
    name: str, studies: dict[str, StudyRun], points: pl.DataFrame
) -> None:
    _, outcome, measure, kind = EVERY_SCALE[name]
    result = studies[name].found
    assert isinstance(result, Result)
    point = points.row(by_predicate=pl.col("point_id") == f"study_{name}", named=True)
    assert (point["effect_measure"], point["design_class"]) == (measure, kind)
    figures = point["point_value"], point["point_low"], point["point_high"]
    assert figures == pytest.approx(on_chart(result))
    like = points.filter(outcome_group=outcome, effect_measure=measure)
    chart = findings(like, "Invented").to_dict()
    [mark] = [row for row in data_of(chart) if row["point_id"] == f"study_{name}"]
    assert (mark["point_value"], mark["is_local"]) == (pytest.approx(figures[0]), True)
    titles = {
        layer["encoding"]["x"]["title"]
        for layer in chart["layer"]
        if layer["encoding"]["x"].get("title")
    }
    below = "" if name == "share" else " (below 0: fewer or less)"
    assert titles == {f"{MEASURES[measure].lower()}{below}"}


@pytest.mark.parametrize("name", ["shifts", "teams", "officers"])
def test_a_trial_of_shifts_of_teams_and_of_officers_stands_among_published_findings(
    name: str, points: pl.DataFrame
) -> None:
    _, outcome, measure, _ = EVERY_SCALE[name]
    like = points.filter(outcome_group=outcome, effect_measure=measure)
    marks = data_of(findings(like, "Invented").to_dict())
    assert {row["is_local"] for row in marks} == {True, False}
    [mine] = [row for row in marks if row["point_id"] == f"study_{name}"]
    assert mine["kind"] == "randomised"


def test_a_pooled_odds_ratio_is_of_odds_and_never_a_difference_of_rates(
    studies: dict[str, StudyRun], points: pl.DataFrame
) -> None:
    found = studies["odds"].found
    assert isinstance(found, Result)
    assert "odds (odds ratio" in found.summary
    mine = points.filter(point_id="study_odds")
    assert mine["effect_measure"].to_list() == ["percent_difference_of_odds"]
    assert MEASURES["percent_difference_of_odds"] == "Difference of odds, per cent"


def test_a_hazard_ratio_has_no_published_measure_and_so_no_point(published: pl.DataFrame) -> None:
    waits = asked("waits", DESIGNS["time_to_event"].example, "charges")
    rows = as_tables([waits])["studies"].with_columns(estimate=pl.lit(0.5))
    found = points_of(rows, published)
    assert rows["effect_scale"].to_list() == ["log_hazard_ratio"]
    assert found.filter("is_local").is_empty()


def test_a_study_of_a_synthetic_programme_is_no_point_among_real_findings(
    studies: dict[str, StudyRun], published: pl.DataFrame
) -> None:
    rows = as_tables([studies["rolled"]])["studies"]
    assert points_of(rows, published).filter("is_local").height > 0
    assert points_of(rows, published, is_synthetic=True).filter("is_local").is_empty()
