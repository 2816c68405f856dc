"""What one interrupted series says (item 11)."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation.before_after.interrupted_time_series import (
    SeriesKeys,
    interrupted_series,
)
from orchestration.evaluation.core import Refusal, Result

MONTHS = 48
BASE: dict[str, Any] = {"outcome": "Complaints", "count": "count", "period": "month", "after": "on"}


def series(mean: Any, seed: int | None = 4) -> pl.DataFrame:
    """Forty-eight months with cameras from the thirty-first; without a seed there is no noise."""
    month = np.arange(1, MONTHS + 1)
    expected = np.array([mean(each) for each in month])
    count = np.random.default_rng(seed).poisson(expected) if seed is not None else expected.round()
    return pl.DataFrame({"month": month, "count": count, "on": (month > 30).astype(int)})


def run(rows: pl.DataFrame, **more: Any) -> Result:
    return interrupted_series(SeriesKeys(**BASE, **more), rows)


def test_the_dispersion_is_never_below_one() -> None:
    smooth = run(series(lambda at: 200 + at + (10 if at > 30 else 0), seed=None))
    assert smooth.values["dispersion"] == 1
    by_chance = (1 / 215 / 30 + 1 / 250 / 18) ** 0.5
    assert smooth.standard_error is not None
    assert smooth.standard_error > by_chance


def test_a_fall_against_a_rising_trend_says_that_the_mean_rose() -> None:
    found = run(series(lambda at: 100 * np.exp(0.03 * at) * (0.8 if at > 30 else 1)))
    assert "The mean of a period rose: " in found.summary
    assert "Complaints, against their earlier trend: between" in found.summary
    assert "fell by" not in found.summary


def test_a_series_that_never_varies_is_refused() -> None:
    with pytest.raises(Refusal, match="column 'count' is the same in every period"):
        run(series(lambda _: 50, seed=None))


def test_a_change_of_slope_is_reported_with_the_period_of_the_level() -> None:
    found = run(series(lambda at: 300 * np.exp(-0.03 * max(0, at - 31))), slope=True)
    slope = float(str(found.values["slope_change_per_period"]))
    assert slope == pytest.approx(-0.03, abs=0.01)
    assert float(str(found.values["slope_change_hi"])) < 0
    assert found.values["level_read_at"] == "31"
    assert "read at 31" in found.summary
    assert "the trend bent downwards" in found.summary


def test_a_slope_that_is_kept_is_not_reported() -> None:
    assert "slope_change_per_period" not in run(series(lambda _: 100)).values
