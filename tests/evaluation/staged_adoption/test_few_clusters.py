"""Few units: which rule they fall under, what is made for them, and when words are held back."""

from dataclasses import replace
from math import log

import numpy as np
import pytest

from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.staged_adoption import few_clusters
from orchestration.evaluation.staged_adoption.panel import Panel, identified
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import fit_two_way
from tests.evaluation.staged_adoption.simulated_panels import table
from tests.evaluation.staged_adoption.test_staged_rollout import run
from tests.simulations.panels import simulate
from tests.simulations.scenarios import SCENARIOS

EIGHT = simulate(SCENARIOS["G"], 1).panel
MANY = simulate(SCENARIOS["J"], 1).panel


def of(panel: Panel, units: int, treated: int) -> Panel:
    """The panel of so many units, all but so many of them never treated."""
    kept = panel.keep(np.arange(len(panel.units)) < units)
    return replace(kept, first=np.where(np.arange(units) < treated, kept.first.min(), NEVER))


@pytest.mark.parametrize(
    ("units", "treated", "rule"),
    [
        (7, 5, few_clusters.SHUFFLED),
        (30, 3, few_clusters.SHUFFLED),
        (8, 4, few_clusters.ALL_FOUR),
        (24, 20, few_clusters.ALL_FOUR),
        (25, 5, few_clusters.ALL_FOUR),
        (25, 6, few_clusters.BOTH),
    ],
)
def test_the_rule_follows_units_and_treated_units(units: int, treated: int, rule: str) -> None:
    panel = of(MANY, units, treated)
    assert few_clusters.rule(panel) == rule
    assert (few_clusters.for_few(panel, (), 1) is not None) == (rule == few_clusters.ALL_FOUR)
    assert [gate.passed for gate in few_clusters.gates_of_units(panel)] == [
        rule != few_clusters.SHUFFLED,
        rule == few_clusters.BOTH,
    ]


def test_the_coefficient_is_that_of_two_way_effects_and_its_error_the_wider() -> None:
    found = few_clusters.for_few(EIGHT, (), 1)
    inside = identified(EIGHT)
    log_rate = replace(inside, counts=np.log((inside.counts + 0.5) / inside.exposure))
    usual = fit_two_way(log_rate, "ols")
    assert found is not None
    assert found.cr2_log_ratio == pytest.approx(usual.estimate, abs=1e-8)
    assert found.cr2_df < len(EIGHT.units) - 1
    assert found.cr2_lo < found.cr2_log_ratio < found.cr2_hi
    assert 0 < found.p_wild_bootstrap <= 1


def test_an_interval_that_the_checks_do_not_bear_out_is_held_back() -> None:
    found = few_clusters.for_few(EIGHT, (), 1)
    assert found is not None
    told = few_clusters.doubt(EIGHT, found, 0.2)
    assert "shuffled dates (p = 0.20)" in told
    assert "we could not tell" in told
    sure = replace(found, cr2_p=0.01, p_wild_bootstrap=0.01)
    assert few_clusters.doubt(EIGHT, sure, 0.01) == ""
    assert few_clusters.doubt(MANY, None, 0.2) == ""


def test_a_study_of_eight_units_prints_the_checks_and_names_its_rule() -> None:
    found = run(table(log(0.7)))
    assert found.values["few_unit_rule"] == few_clusters.ALL_FOUR
    assert found.values["cr2_log_ratio"] == pytest.approx(log(0.7), abs=0.1)
    assert not {gate.name: gate.passed for gate in found.gates}[
        "enough units for the jackknife alone"
    ]
