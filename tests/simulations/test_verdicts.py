"""When a limit breaks, what a bad method owes, and what the command and its report say of it."""

from pathlib import Path

import polars as pl
import pytest

from tests.simulations import __main__ as command
from tests.simulations.acceptance_limits import DECIDED, LIMITS, Limit, judged, verdicts
from tests.simulations.meta_analyses import STUDIES
from tests.simulations.performance_measures import (
    FIGURES,
    Figure,
    coverage,
    rejection,
    size_of_bias,
    summarised,
)
from tests.simulations.run_scenarios import FAMILIES, SCHEMA, family

GOOD = Limit("studies", "random_effects", ("k=3, tau=0.0",), "coverage", low=0.93, high=0.97)
BAD = Limit("studies", "common_effect", ("k=3, tau=0.4",), "coverage", low=0.93, is_known_bad=True)


def figure(value: float, reach: float, tables: int = 1000) -> Figure:
    return Figure(value, reach / 2.6, value - reach, value + reach, tables)


def table(scenario: str, seeds: int) -> pl.DataFrame:
    """Estimates of the averages of studies, as a run gives them."""
    rows = [
        ("studies", scenario, method, seed, *vars(found).values())
        for seed in range(seeds)
        for method, found in STUDIES.estimates(scenario, seed)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.mark.parametrize(
    ("value", "reach", "words"),
    [
        (0.95, 0.03, "kept"),
        (0.91, 0.03, "kept within Monte-Carlo error"),
        (0.91, 0.01, "BROKEN"),
        (0.99, 0.01, "BROKEN"),
    ],
)
def test_a_limit_breaks_only_where_the_whole_interval_lies_outside(
    value: float, reach: float, words: str
) -> None:
    found = judged(GOOD, "k=3, tau=0.0", figure(value, reach))
    assert (found.words, found.is_well) == (words, words != "BROKEN")


def test_a_bad_method_that_passes_is_an_error_once_there_are_tables_enough() -> None:
    assert judged(BAD, "k=3, tau=0.4", figure(0.6, 0.05)).is_well
    assert not judged(BAD, "k=3, tau=0.4", figure(0.92, 0.05, DECIDED)).is_well
    assert judged(BAD, "k=3, tau=0.4", figure(0.92, 0.05, DECIDED - 1)).is_well


def test_every_limit_names_a_method_and_scenarios_that_there_are() -> None:
    for limit in LIMITS:
        mine = family(limit.family)
        assert limit.method in mine.methods
        assert limit.figure in FIGURES
        assert set(limit.scenarios) <= set(mine.only.get(limit.method, mine.scenarios)), limit
    assert {limit.family for limit in LIMITS} == set(FAMILIES)


def test_figures_are_what_hand_counting_gives() -> None:
    rows = pl.DataFrame(
        {
            "estimate": [0.1, -0.3, 0.2, 0.4],
            "truth": [0.0, 0.0, 0.0, 0.0],
            "low": [-0.1, -0.5, 0.1, 0.3],
            "high": [0.3, -0.1, 0.3, 0.5],
            "p_value": [None, None, None, None],
        },
        schema_overrides={"p_value": pl.Float64},
    )
    found = coverage(rows)
    assert found is not None
    assert found.value == 0.25
    assert rejection(rows).value == 0.75
    assert size_of_bias(rows).value == pytest.approx(0.1)
    assert rejection(rows.with_columns(p_value=pl.Series([0.01, 0.2, 0.05, 0.9]))).value == 0.5


def test_the_common_effect_breaks_its_limit_and_ours_keeps_it_where_studies_differ() -> None:
    words = {each.limit.method: each.words for each in verdicts(table("k=10, tau=0.4", 200))}
    assert words["common_effect"] == "breaks it, as it must"
    assert words["random_effects"].startswith("kept")


def test_the_command_ends_with_one_and_its_report_says_why_when_a_limit_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(GOOD, "k=3, tau=0.0", figure(0.8, 0.01))
    monkeypatch.setattr(command, "run", lambda *_: table("k=3, tau=0.0", 3))
    monkeypatch.setattr(command, "verdicts", lambda _: [found])
    assert not command.simulated(["studies"], 3, 1, tmp_path)
    page = (tmp_path / "simulations.md").read_text()
    assert "1 limits tried: 1 did not come out as they must" in page
    assert "0.800 (0.790 to 0.810) | BROKEN" in page
    assert len(list((tmp_path / "simulations").glob("*.svg"))) == 3


def test_the_report_and_its_plots_come_out_the_same_twice(tmp_path: Path) -> None:
    from tests.simulations.plots import draw
    from tests.simulations.report import report

    pages = []
    for name in ("one", "two"):
        rows = table("k=5, tau=0.2", 5)
        summary = summarised(rows)
        plots = draw(summary, tmp_path / name)
        written = [(tmp_path / name / plot).read_bytes() for plot in plots["studies"]]
        pages.append((report(summary, verdicts(rows), plots, "simulations"), written))
    assert pages[0] == pages[1]
