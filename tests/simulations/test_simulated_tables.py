"""Simulated tables are what their scenario says, and the same wherever they are drawn."""

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from scipy import stats

from orchestration import paths
from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.staged_adoption.linear_imputation import (
    analytic_error,
    imputed,
    linear_imputation,
)
from orchestration.evaluation.staged_adoption.panel import ValueKeys, value_panel
from orchestration.evaluation.trials.shift.ancillary_analyses import WARNING
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import CLUMPED, shift_trial
from tests.simulations.panels import simulate
from tests.simulations.scenarios import FIRST_START, LAST_START, MONTHS, SCENARIOS
from tests.simulations.shift_trials import Shifts
from tests.simulations.shift_trials import simulate as shifts
from tests.simulations.staged_rollouts import change, series

DIGEST = (
    "from hashlib import sha256; from tests.simulations.run_scenarios import FAMILIES, family\n"
    "for name in FAMILIES:\n"
    "    for scenario in family(name).scenarios:\n"
    "        print(scenario, sha256(repr(family(name).draw(scenario, 3)).encode()).hexdigest())\n"
)


def table_of(drawn: Shifts) -> pl.DataFrame:
    """The trial as a force would hand it in."""
    return drawn.rows.select(
        pl.int_range(pl.len()).alias("shift_id"),
        pl.Series("block_id", drawn.allocation.block),
        pl.when("treated").then(pl.lit("T")).otherwise(pl.lit("C")).alias("alloc"),
        pl.col("hours").alias("officer_hours"),
        pl.col("outcome").alias("complaints"),
    )


def test_draws_do_not_hang_on_the_hashing_of_a_process() -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=paths.ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert len(set(printed[0].splitlines())) == len(printed[0].splitlines()) > 20


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_panel_has_the_boroughs_months_and_starts_of_its_scenario(name: str) -> None:
    scenario = SCENARIOS[name]
    drawn = simulate(scenario, 5)
    first = drawn.panel.first
    assert drawn.panel.counts.shape == (scenario.boroughs, MONTHS)
    assert (first == NEVER).sum() == scenario.never
    started = first[first < NEVER]
    assert (started.min(), started.max()) == (FIRST_START, LAST_START)
    assert (np.abs(drawn.log_effect).max() > 0) != scenario.is_null
    assert (drawn.log_effect[~drawn.panel.treated] == 0).all()


def test_counts_have_the_mean_and_the_spread_that_were_set() -> None:
    drawn = [simulate(SCENARIOS["A"], seed) for seed in range(60)]
    counts = np.array([each.panel.counts for each in drawn])
    due = np.array([each.without for each in drawn])
    assert counts.mean() == pytest.approx(17, rel=0.05)
    # A negative binomial of alpha .03: variance = mean + alpha * mean squared.
    alpha = ((counts - due) ** 2 - due).sum() / (due**2).sum()
    assert alpha == pytest.approx(0.03, abs=0.004)


def test_shocks_keep_their_persistence_and_spread() -> None:
    drawn = [simulate(SCENARIOS["A"], seed) for seed in range(60)]
    own = np.array([np.log(each.without / each.panel.exposure) for each in drawn])
    own -= own.mean(1, keepdims=True)
    own -= own.mean(2, keepdims=True)
    assert own.std() == pytest.approx(0.10, rel=0.05)
    lagged = (own[:, :, 1:] * own[:, :, :-1]).mean() / (own**2).mean()
    # Taking means of 48 months away lowers a correlation of .4 a little.
    assert lagged == pytest.approx(0.4, abs=0.04)


def test_the_worst_boroughs_come_first_only_where_they_should() -> None:
    for name, is_sorted in (("A", False), ("E", True)):
        ranks = []
        for seed in range(20):
            panel = simulate(SCENARIOS[name], seed).panel
            recent = (panel.counts / panel.exposure)[:, FIRST_START - 6 : FIRST_START].mean(1)
            ranks.append(np.corrcoef(recent, panel.first)[0, 1])
        assert (np.mean(ranks) < -0.5) == is_sorted


def test_a_series_and_a_change_are_judged_by_the_months_after_the_roll_out() -> None:
    drawn = simulate(SCENARIOS["B"], 1)
    assert series(drawn).truth == pytest.approx(np.log(0.85))
    assert change(drawn).truth == pytest.approx(np.log(0.85))


def test_the_engine_uses_the_jackknife_and_not_the_analytic_error() -> None:
    panel = simulate(SCENARIOS["A"], 1).panel
    rows = pl.DataFrame(
        {
            "area": np.repeat(panel.units, MONTHS),
            "month": np.tile(np.arange(MONTHS), len(panel.units)),
            "first": np.repeat(panel.first, MONTHS),
            "value": (panel.counts / panel.exposure).ravel(),
        }
    )
    keys = ValueKeys(outcome="Rate", unit="area", period="month", first="first", value="value")
    values = linear_imputation(keys, rows).values
    _, error, low, high = imputed(value_panel(keys, rows))
    assert error == values["se_jackknife"] != values["se_imputation_analytic"]
    assert high - low == pytest.approx(2 * error * stats.t.ppf(0.975, len(panel.units) - 1))
    assert analytic_error(panel) > 0


@pytest.mark.parametrize("scenario", ["carried 0.5", "carried 0.9"])
def test_a_trial_with_carry_over_shows_the_signs_and_never_says_no_effect(scenario: str) -> None:
    keys = ShiftKeys(outcome="complaints", draws=99)
    found = shift_trial(keys, table_of(shifts(scenario, 1)))
    assert WARNING in found.notes
    assert found.diagnostics["spillover"]["warning"] == WARNING
    assert "no effect" not in found.summary


def test_a_trial_with_clumped_complaints_says_so_and_one_without_does_not() -> None:
    keys = ShiftKeys(outcome="complaints", draws=99)
    notes = {
        name: " ".join(shift_trial(keys, table_of(shifts(name, 1))).notes)
        for name in ("null", "null, clumped")
    }
    assert CLUMPED in notes["null, clumped"]
    assert CLUMPED not in notes["null"]
