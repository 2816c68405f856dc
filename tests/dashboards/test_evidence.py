"""The page Evidence: both contrasts, what was not met, and ours among what others published."""

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboards.charts.study_charts import event_study, findings
from dashboards.text import evidence as evidence_text
from dashboards.text import evidence_table
from tests.dashboards import chart_titles
from tests.dashboards.conftest import Open, said
from tests.dashboards.fixture_evidence import EVENTS, GATES, POINTS, STUDY
from tests.dashboards.fixture_rows import CITY

FURTHER = "would have given a figure at least as far from zero"
ROLLED = STUDY["study_title"]
pytestmark = pytest.mark.usefixtures("release")


def test_a_study_shows_what_was_compared_and_with_it_what_happened(open_page: Open) -> None:
    app = open_page("evidence", study=ROLLED)
    words = said(app).replace("\\", "")
    assert "Compared with places that had no cameras yet: not randomised" in words
    assert "we could not tell. Anything from 40% lower to 12% higher" in words
    assert "the rate fell by 56%. Not randomised." in words
    assert any("Not randomised: other things changed too." in each.value for each in app.warning)
    assert "Districts with cameras, with districts that had none yet." in words


def test_checks_are_shown_whether_met_or_not_each_with_its_reason(open_page: Open) -> None:
    words = said(open_page("evidence", study=ROLLED)).replace("\\", "")
    assert "- Met: enough units. 22 units, needed 8." in words
    assert "- **Not met**: enough months. Months of the wave least observed: 2, needed 3." in words


def test_a_study_says_what_it_could_have_found_and_what_would_change_it(open_page: Open) -> None:
    words = said(open_page("evidence", study=ROLLED))
    assert "Estimate:** -18.1% (95% interval -40.0% to 11.6%), difference from what" in words
    assert "Smallest difference it could have found:** 33.0%." in words
    assert "What would change our mind:** A longer time" in words
    assert "**Exploratory:** The study was not registered." in words
    assert "Study 555555555555, code not known, release 2026-11-21-aaaaaaaaaaaa." in words


def test_the_time_before_the_cameras_is_shown_and_what_it_cannot_tell(open_page: Open) -> None:
    app = open_page("evidence", study=ROLLED)
    words = said(app)
    assert words.count("Before the cameras came: did the places move alike?") == 1
    assert "have p = 0.31. A test that finds nothing does not show that they moved alike" in words
    spec = event_study(pl.DataFrame(EVENTS), "Observed").to_dict()
    [data] = [each for each in spec["datasets"].values() if "side" in each[0]]
    assert [row["side"] for row in data] == ["before", "before", "after"]
    assert [round(row["change"]) for row in data] == [11, -5, -18]
    assert [round(data[0][end]) for end in ("low", "high")] == [-5, 28]
    counts = [each for each in spec["layer"] if each["mark"]["type"] == "text"]
    assert [each["encoding"]["text"]["field"] for each in counts] == ["unit_count"]


def test_a_study_opens_only_when_the_reader_asks_for_it(open_page: Open) -> None:
    words = said(open_page("evidence"))
    assert "**Design:**" not in words
    assert "Before the cameras came" not in words


def test_sensitivity_is_said_in_words_for_each_figure_that_the_study_gives() -> None:
    values = {"cr2_lo": -0.5, "cr2_hi": 0.1, "p_randomisation": 0.04, "drift_once_lo": -0.7}
    lines = evidence_text.sensitivity(STUDY, values)
    assert lines == [
        "With one step for all periods and errors made for few places: -39.3% to 10.5%.",
        f"Had the start dates been shuffled at random, 4% of the shuffles {FURTHER}.",
    ]


def test_what_is_held_back_names_the_rules_that_were_not_met() -> None:
    held = STUDY | {"estimate": None}
    words = evidence_text.held_back(held, GATES).replace("\\", "")
    assert "enough months (months of the wave least observed: 2, needed 3)" in words
    assert "enough units" not in words
    assert evidence_text.held_back(STUDY, GATES) == ""


def test_a_study_that_a_check_holds_back_names_the_check_on_the_page_of_its_subject(
    release: Path, open_page: Open
) -> None:
    with duckdb.connect(release / "internal" / "marts.duckdb") as con:
        con.execute("update fct_studies set estimate = null where study_id = 'city_rolled'")
    words = said(open_page("complaints")).replace("\\", "")
    assert "**Was it the cameras?** Studies: all compared, not randomised." in words
    assert f"**Held back.** {ROLLED}. What it needs is not met: enough months." in words


def test_a_refused_study_says_why_and_shows_no_figure(open_page: Open) -> None:
    words = said(open_page("evidence", study="Force as cameras came"))
    assert (
        "Held back: there is no estimate.** Every district had cameras before the second" in words
    )


def test_a_synthetic_programme_has_no_estimate_and_still_shows_what_others_found(
    open_page: Open,
) -> None:
    assert "Its figures are invented" in said(open_page("evidence", programme="Synthetic Town"))
    app = open_page("evidence", programme="Synthetic Town", show="What others have published")
    spec = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert "none of this programme" in chart_titles.subtitle(spec)


def test_a_programme_on_the_public_record_alone_says_what_was_never_supplied() -> None:
    said_of = evidence_text.no_study({"is_synthetic": False}, is_on_record_alone=True)
    assert "known from the public record alone" in said_of


def test_a_trial_of_the_programme_stands_with_both_contrasts(open_page: Open) -> None:
    words = said(
        open_page(
            "evidence", programme="Invented Trial", study="Uses of force by randomised officers"
        )
    ).replace("\\", "")
    assert "A randomised comparison" in words
    assert "75 before, 60 after. Not randomised" in words
    assert words.count("60 and 65 events. We could not tell") == 1
    assert "**Exploratory:** The study was not registered." in words
    assert "Officers randomised to a camera, with officers randomised to go without" in words
    assert "What would change our mind:**" in words


def test_printed_trials_stand_with_their_change_over_time(open_page: Open) -> None:
    view = "Printed figures, worked out again"
    words = said(open_page("evidence", show=view, printed="Shift trials as printed"))
    assert words.count("1,539 events before, 113 after.") == 1
    over_time = open_page(
        "evidence", show=view, printed="Complaints before and during shift trials"
    )
    assert "1,539 events before, 113 after." in said(over_time)


def test_the_first_thing_said_is_a_verdict_by_outcome_and_kind_of_comparison(
    open_page: Open,
) -> None:
    words = said(open_page("evidence")).replace("\\", "")
    header = "| Outcome | Before and after: what happened | Compared, not randomised | Randomised |"
    assert header in words
    assert "**Lower**: -33% to -16% (Complaints per 1000 officers, " in words
    assert "**We could not tell**: -40.0% to 11.6%" in words
    assert "**Held back**" in words


def test_studies_that_say_the_same_stand_once_in_a_cell_and_their_sentence_ends_once() -> None:
    held = {
        "refusal_reason": "too few", "estimate": None, "interval_low": None, "interval_high": None,
        "design_class": "compared", "before_after_words": "It fell by 5%. Other things changed.",
    }  # fmt: skip
    table = evidence_table.matrix({"complaints": ([], [held, held, held])})
    row = "| **Complaints** | It fell by 5% (3 studies) | **Held back** (3 studies) | none |"
    assert table.splitlines()[-1] == row


def test_outcome_and_measure_are_kept_in_the_address(open_page: Open) -> None:
    app = open_page(
        "evidence",
        show="What others have published",
        outcome="Complaints",
        measure="Difference, standard deviations",
    )
    assert not app.exception
    assert app.selectbox(key="measure").value == "Difference, standard deviations"
    assert "1 trial printed an interval from a randomised comparison in this measure." in said(app)
    force = open_page("evidence", show="What others have published", outcome="Use of force")
    assert force.selectbox(key="outcome").value == "Use of force"


def test_unlike_measures_are_named_and_never_averaged(open_page: Open) -> None:
    words = said(open_page("evidence", show="What others have published"))
    assert "figures of different measures are never averaged" in words
    assert "So there is no average." in words
    assert "also published in other measures: Difference, standard deviations; Change" in words


@pytest.mark.parametrize(("studies", "enough"), [(0, False), (2, False), (3, True), (12, True)])
def test_fewer_than_three_trials_are_too_few_to_average(studies: int, enough: bool) -> None:  # noqa: FBT001
    assert ("So there is no average." in evidence_text.not_averaged(studies)) is not enough


def test_the_library_is_listed_whole_with_grade_and_source(open_page: Open) -> None:
    app = open_page("evidence", show="Every published finding")
    tables = [table.value for table in app.dataframe]
    [library] = [table for table in tables if "source_url" in table.columns]
    assert library["evidence_grade"].tolist() == ["A", "A", "A", "C", "D"]
    assert library["source_url"].notna().all()


def test_a_forest_puts_the_programmes_own_figure_first_and_names_grade_and_design() -> None:
    rows = pl.DataFrame(POINTS, infer_schema_length=None)
    like = rows.filter(outcome_group="complaints", effect_measure="percent_difference")
    spec = findings(like, "Complaints").to_dict()
    [data] = [each for each in spec["datasets"].values() if "point_id" in each[0]]
    assert [row["point_id"] for row in data] == ["study_city_rolled", "precincts_1"]
    assert data[0]["name"] == f"HERE: {STUDY['study_title']}"
    assert data[1]["name"] == "Braga et al. 2022: New York (A)"
    assert [row["kind"] for row in data] == ["compared, not randomised", "randomised"]
    assert data[0]["said"] == "-18.1 (-40 to 11.6)"
    assert data[1]["said"] == "-21, no interval printed"


def test_figures_of_another_programme_are_not_among_those_drawn(open_page: Open) -> None:
    app = open_page("evidence", programme="Invented Trial", show="What others have published")
    found = [table.value for table in app.dataframe if "point_label" in table.value.columns]
    assert [table["is_local"].any() for table in found] == [False]
    assert CITY not in said(app)


def test_areas_stand_among_their_peers_with_what_luck_would_do(open_page: Open) -> None:
    words = said(open_page("evidence", show="Areas among their peers")).replace("\\", "")
    assert "One department with one set of rules." in words
    assert "Of 3 figures, fewer than one would lie outside the 95% limits by luck alone" in words
    assert "one does, and one still stands out" in words
    assert "rank nobody" in words
    assert "west (above)" in words


def test_several_studies_on_one_page_say_how_many_luck_would_make() -> None:
    rows = [
        {"study_title": f"Study {place}", "p_value": p}
        for place, p in enumerate((0.0001, 0.03, 0.2, 0.6, None))
    ]
    words = evidence_text.many(rows).replace("\\", "")
    assert words.startswith("Of 4 studies on this page, fewer than one would stand out by luck")
    assert "2 do. One stays" in words
    assert words.endswith("It is: Study 0.")
    assert evidence_text.many(rows[:1]) == ""


def test_the_first_table_is_drawn_too_as_interval_bars_on_one_scale(open_page: Open) -> None:
    app = open_page("evidence")
    specs = [json.loads(each.proto.spec) for each in app.get("vega_lite_chart")]
    drawn = next(each for each in specs if chart_titles.title(each) == evidence_table.BARS)
    assert "per cent" in chart_titles.subtitle(drawn)
    held = dict(STUDY, refusal_reason="Too few.", study_title="Held back")
    ratio = dict(STUDY, effect_scale="ratio", estimate=0.5, interval_low=0.25, interval_high=1.0)
    share = dict(STUDY, effect_scale="proportion_difference", estimate=0.05, interval_low=0.01,
                 interval_high=0.09)  # fmt: skip
    bars = evidence_table.bars({"complaints": ([], [held, ratio, share])})
    ends = ("value", "low", "high")
    assert [[row[name] for name in ends] for row in bars["per cent"]] == [[-50.0, -75.0, 0.0]]
    assert [row[name] for name in ends for row in bars["percentage points"]] == [5.0, 1.0, 9.0]


def test_the_unit_of_interval_bars_keeps_its_thousands() -> None:
    measure = (
        "difference of means, treated minus control, per 1,000 officers a year, 210 of 212 days"
    )
    one = dict(STUDY, effect_scale="difference", measure=measure, estimate=1.0, interval_low=0.0,
               interval_high=2.0)  # fmt: skip
    assert list(evidence_table.bars({"complaints": ([], [one])})) == ["per 1,000 officers a year"]
