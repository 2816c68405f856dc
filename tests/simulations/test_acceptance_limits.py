"""Scenarios A and C, few panels: the engine keeps its limits; all scenarios: make simulate."""

import polars as pl
import pytest

from tests.simulations.acceptance_limits import verdicts
from tests.simulations.run_scenarios import run

pytestmark = pytest.mark.simulation
PANELS = 50


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return run(["rollouts"], ["A", "C"], PANELS, processes=1)


def test_no_change_and_a_growing_fall_are_recognised_within_the_limits(rows: pl.DataFrame) -> None:
    found = verdicts(rows)
    assert [each for each in found if not each.is_well] == []
    assert {each.scenario for each in found if each.limit.method == "imputation"} == {"A", "C"}


def test_so_few_panels_already_show_what_bad_methods_are_worth(rows: pl.DataFrame) -> None:
    bad = {
        (each.limit.method, each.scenario): each.words
        for each in verdicts(rows)
        if each.limit.is_known_bad
    }
    # Before against after finds something where nothing is; one coefficient shrinks what grows.
    for shown in (("before_after", "A"), ("two_way_poisson", "C")):
        assert bad[shown] == "breaks it, as it must"
