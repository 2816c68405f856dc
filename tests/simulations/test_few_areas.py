"""Four areas carry no interval: sixty panels in which nothing happened, by every estimator.

Before the gates, 15 to 17 of the sixty intervals of some estimators did not hold zero.
"""

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.core import Result
from tests.evaluation.staged_adoption.test_refusals import RUNS

PANELS, MONTHS = 60, 24
STARTS = {"a": 14, "b": 17, "c": 20, "d": None}
#: Estimators whose own errors are too narrow with four units; the others use a jackknife.
TOO_NARROW = ("group_time", "cohorts", "two_way", "cells")


def panel(seed: int) -> pl.DataFrame:
    """Four areas by month, counts near 20 that keep some of last month's luck; no effect."""
    draw = np.random.default_rng([16, seed])
    rows = []
    for unit, first in STARTS.items():
        luck = 0.0
        for month in range(MONTHS):
            luck = 0.4 * luck + draw.normal(0, 0.15)
            mean = 20 * np.exp(luck + 0.1 * np.sin(month))
            rows.append((unit, month, first, int(draw.poisson(mean))))
    return pl.DataFrame(rows, schema=["unit", "period", "first", "count"], orient="row")


def interval_of(found: Result) -> tuple[float | None, float | None]:
    return found.interval_low, found.interval_high


@pytest.mark.parametrize("run", TOO_NARROW)
def test_no_panel_of_four_areas_without_an_effect_gets_an_interval_that_leaves_zero_out(
    run: str,
) -> None:
    results = [RUNS[run](panel(seed)) for seed in range(PANELS)]
    assert [interval_of(found) for found in results] == [(None, None)] * PANELS
    assert {found.estimate for found in results} == {None}
    assert all(found.summary.startswith("Not enough data") for found in results)


def test_what_is_held_back_would_have_missed_zero_far_more_often_than_it_says() -> None:
    """The reason for the gate: a nominal error of 5 % would leave zero out in 3 panels of 60."""
    missed = 0
    for seed in range(PANELS):
        values = RUNS["two_way"](panel(seed)).values
        estimate, error = (float(str(values[f"poisson_{name}"])) for name in ("estimate", "se"))
        missed += abs(estimate) > 1.96 * error
    assert missed >= 9
