"""Over-dispersion of rates and shares is about a smooth trend: not a fall, not a flat rate."""

from datetime import date

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from tests.rollup.rendered_models import run_model

Numbers = NDArray[np.float64]
MODEL = "rollup/roll_dispersion.sql"
MONTHS = [date(2012 + place // 12, place % 12 + 1, 1) for place in range(72)]
DAYS = np.array([(month - MONTHS[0]).days for month in MONTHS], dtype=float)
SERIES = ("metric_id", "programme_id", "breakdown", "breakdown_value")


def found(kind: str, events: Numbers, exposure: Numbers) -> Numbers:
    """Dispersion of every series of `events` (series, months), in their order; 0 where none."""
    count, months = events.shape
    area = np.repeat(np.arange(count), months)
    periods = pl.DataFrame(
        {
            **{name: ["x"] * area.size for name in SERIES},
            "area_id": area,
            "period_grain": ["month"] * area.size,
            "period_start": MONTHS[:months] * count,
            "numerator": events.ravel(),
            "denominator": np.broadcast_to(exposure, events.shape).ravel(),
        }
    )
    metrics = pl.DataFrame({"metric_id": ["x"], "kind": [kind]})
    rows = run_model(MODEL, roll_periods=periods, roll_metric_definitions=metrics)
    known = dict(rows.select("area_id", "dispersion").iter_rows())
    return np.array([known.get(place, 0.0) for place in range(count)])


def by_hand(kind: str, events: Numbers, exposure: Numbers) -> float:
    """The same, one period at a time: a weighted straight line and the variance by chance."""
    terms = []
    for here in range(len(events)):
        near = slice(max(0, here - 6), here + 7)
        line = sm.add_constant(DAYS[: len(events)][near] - DAYS[here])
        rate = events[near] / exposure[near]
        fitted = sm.WLS(rate, line, weights=exposure[near]).fit()
        bread = np.linalg.inv(line.T @ (exposure[near][:, None] * line))
        level = events[near].sum() / exposure[near].sum()
        chance = exposure[here] * level * ((1 - level) if kind == "share" else 1)
        chance *= 1 - exposure[here] * bread[0, 0]
        if chance > 1e-6:
            terms.append((events[here] - exposure[here] * fitted.params[0]) ** 2 / chance)
    return max(1.0, float(np.mean(terms)))


@pytest.mark.parametrize("kind", ["rate", "share"])
def test_it_is_the_chi_squared_about_a_local_line_worked_out_by_hand(kind: str) -> None:
    rng = np.random.default_rng(16)
    exposure = rng.integers(80, 400, (1, 40)).astype(float)
    level = np.clip(0.3 + 0.1 * np.sin(np.arange(40) / 9) + rng.normal(0, 0.05, (3, 40)), 0.05, 0.9)
    events = rng.binomial(exposure.astype(int), level).astype(float)
    expected = [by_hand(kind, each, exposure[0]) for each in events]
    assert max(expected) > 1
    assert found(kind, events, exposure) == pytest.approx(expected, rel=1e-6)


def test_a_steady_fall_is_not_taken_for_scatter() -> None:
    """Poisson counts that halve over six years: about one flat rate the dispersion is above 4."""
    rng = np.random.default_rng(5)
    mean = 200 * 0.5 ** (np.arange(72) / 72)
    events = rng.poisson(mean, (200, 72)).astype(float)
    flat = ((events - events.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    flat = flat / events.mean(axis=1) / 71
    assert np.median(flat) > 4
    about_trend = found("rate", events, np.full((1, 72), 1000.0))
    assert about_trend.mean() == pytest.approx(1.08, abs=0.06)
    assert (about_trend >= 1).all()


@pytest.mark.parametrize(("kind", "true"), [("rate", 4.0), ("share", 4.0), ("rate", 1.0)])
def test_scatter_beyond_chance_about_a_trend_is_recovered(kind: str, true: float) -> None:
    rng = np.random.default_rng(7)
    level = 0.3 * 0.7 ** (np.arange(72) / 72)
    exposure = np.full((1, 72), 2000.0)
    mean = exposure[0] * level
    if true == 1:
        events = rng.poisson(mean, (200, 72))
    elif kind == "rate":
        events = rng.poisson(rng.gamma(mean / (true - 1), true - 1, (200, 72)))
    else:
        # A beta-binomial whose variance is four times that of chance.
        size = (2000 - true) / (true - 1)
        events = rng.binomial(2000, rng.beta(level * size, (1 - level) * size, (200, 72)))
    dispersion = found(kind, events.astype(float), exposure)
    assert np.median(dispersion) == pytest.approx(true, rel=0.1)


@pytest.mark.parametrize("kind", ["rate", "share"])
def test_a_straight_line_has_none_and_few_periods_say_nothing(kind: str) -> None:
    line = (200 - 2.0 * DAYS[:24] / 30)[None, :]
    assert found(kind, line, np.full((1, 24), 1000.0)).tolist() == [1.0]
    assert found(kind, line[:, :11], np.full((1, 11), 1000.0)).tolist() == [0.0]


@pytest.mark.parametrize("kind", ["rate", "share"])
def test_series_without_events_or_without_a_miss_say_nothing(kind: str) -> None:
    never = np.zeros((1, 24))
    assert found(kind, never, np.full((1, 24), 50.0)).tolist() == [0.0]
    always = found("share", never + 50, np.full((1, 24), 50.0))
    assert always.tolist() == [0.0]


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    events = rng.poisson(40, (1, 48)).astype(float)
    exposure = rng.integers(900, 1100, (1, 48)).astype(float)
    once = found("rate", events, exposure)
    assert once.tolist() == found("rate", events.copy(), exposure.copy()).tolist()
