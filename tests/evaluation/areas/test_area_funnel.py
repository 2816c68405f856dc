"""Funnels of areas: limits, over-dispersion, and comparisons due to chance (items 15 and 16)."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from orchestration.evaluation.areas.area_funnel import (
    FunnelKeys,
    area_funnel,
    between_areas,
    funnel,
    winsorised,
)
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates.permutation_and_multiple_tests import many_comparisons

BASE = np.array([400.0, 520, 390, 560, 480, 510, 470, 430, 610, 350])


def drawn(seed: int, spread: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Forty areas of 200 to 2,000 officers, rates about 0.1 that vary by `spread`."""
    source = np.random.default_rng(seed)
    base = source.uniform(200, 2000, 40)
    level = 0.1 * np.exp(source.normal(0, spread, 40)) if spread else np.full(40, 0.1)
    return source.poisson(level * base).astype(float), base


def test_limits_of_counts_are_those_of_the_square_root() -> None:
    events = np.round(0.1 * BASE)
    found = funnel("counts", events, BASE, "none")
    level = np.sqrt(events.sum() / BASE.sum())
    reach = stats.norm.ppf([0.975, 0.999])[:, None] / (2 * np.sqrt(BASE))
    assert found.low == pytest.approx((level - reach) ** 2)
    assert found.high == pytest.approx((level + reach) ** 2)
    assert found.level == pytest.approx(level**2)


def test_limits_of_proportions_are_those_of_the_arcsine_and_stay_within_zero_and_one() -> None:
    among = np.array([12.0, 20, 400, 90])
    found = funnel("proportions", np.array([11.0, 19, 390, 88]), among, "none")
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()
    assert found.level == pytest.approx(508 / 522)
    width = found.high[0] - found.low[0]
    assert width[0] > width[2]


def test_ratios_of_two_counts_are_compared_on_the_scale_of_logarithms() -> None:
    tops, bottoms = np.array([30.0, 60, 90, 120]), np.array([20.0, 40, 60, 80])
    found = funnel("ratios", tops, bottoms, "none")
    assert found.level == pytest.approx(1.5)
    assert np.log(found.high[0] / found.level) == pytest.approx(np.log(found.level / found.low[0]))
    error = np.sqrt(1 / 30 + 1 / 20)
    assert np.log(found.high[0, 0] / 1.5) == pytest.approx(1.96 * error, rel=0.02)


def test_an_area_far_out_is_drawn_in_before_the_dispersion_is_estimated() -> None:
    z = np.array([-1.0, -0.5, 0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 40.0])
    assert winsorised(z).max() == pytest.approx(np.quantile(z, 0.9))
    events, base = drawn(4)
    worse = events.copy()
    worse[0] *= 4
    ours, chance = funnel("counts", worse, base), funnel("counts", worse, base, "none")
    assert ours.dispersion < 0.5 * float((chance.z**2).mean())
    assert worse[0] / base[0] > ours.high[1, 0]


def test_both_kinds_of_spread_are_spiegelhalter_s() -> None:
    events, base = drawn(7, spread=0.3)
    error = 1 / (2 * np.sqrt(base))
    z = (np.sqrt(events / base) - np.sqrt(events.sum() / base.sum())) / error
    phi = float((winsorised(z) ** 2).mean())
    weight = 1 / error**2
    tau2 = (40 * phi - 39) / (weight.sum() - (weight**2).sum() / weight.sum())
    additive = funnel("counts", events, base, "additive")
    multiplied = funnel("counts", events, base, "multiplicative")
    assert additive.dispersion == multiplied.dispersion == pytest.approx(phi)
    assert additive.tau2 == pytest.approx(tau2)
    assert additive.z == pytest.approx(z * error / np.sqrt(error**2 + tau2))
    assert multiplied.z == pytest.approx(z / np.sqrt(phi))
    assert between_areas(0.5, error) == 0


def test_widened_limits_hold_nearly_all_areas_that_merely_differ_as_areas_do() -> None:
    plain, widened = [], []
    for seed in range(20):
        events, base = drawn(seed, spread=0.3)
        plain.append((np.abs(funnel("counts", events, base, "none").z) > 1.96).mean())
        widened.append((np.abs(funnel("counts", events, base).z) > 1.96).mean())
    assert np.mean(plain) > 0.3
    # Winsorising leaves the spread a little too small where no area is far out.
    assert 0.02 < np.mean(widened) < 0.13


def table(events: np.ndarray, base: np.ndarray) -> pl.DataFrame:
    names = [f"area {place}" for place in range(len(base))]
    return pl.DataFrame({"area": names, "events": events, "base": base})


def test_luck_is_said_and_what_survives_it_is_marked() -> None:
    events, base = drawn(11)
    events[5] = 3 * events[5]
    found = area_funnel(FunnelKeys(outcome="Complaints"), table(events, base))
    assert found.values["n_expected_by_luck"] == pytest.approx(2)
    assert "about 2 would stand out by luck alone" in found.summary
    marked = [row["area"] for row in found.tables["areas"] if float(str(row["adjusted"])) <= 0.05]
    assert marked == ["area 5"]
    assert found.tables["areas"][5]["outer_place"] == "above"
    assert found.estimate is None


def test_sixty_areas_that_do_not_differ_leave_none_that_survives() -> None:
    source = np.random.default_rng(3)
    many = many_comparisons(source.uniform(0, 1, 60))
    assert many.by_luck == pytest.approx(3)
    assert many.count == 0


def test_marks_are_those_of_benjamini_and_hochberg() -> None:
    many = many_comparisons([0.0001, 0.012, 0.04, 0.2, 0.9])
    assert many.adjusted == pytest.approx([0.0005, 0.03, 0.0666667, 0.25, 0.9], abs=1e-6)
    assert many.survives.tolist() == [True, True, False, False, False]
    assert many.in_words("areas") == (
        "Of 5 areas, fewer than one would stand out by luck alone; 3 do. 2 stay once so many "
        "comparisons are allowed for."
    )


def test_areas_that_expect_too_little_are_held_back() -> None:
    few = table(np.array([1.0, 0, 2, 1]), np.array([10.0, 10, 10, 10]))
    summary = area_funnel(FunnelKeys(outcome="Complaints"), few).summary
    assert summary.startswith("Not enough data for an estimate (share of areas that expect 5: 0")


@pytest.mark.parametrize(
    ("events", "base", "kind", "reason"),
    [
        ([1.0, 2], [10.0, 10], "counts", "a funnel compares 3 or more"),
        ([0.0, 0, 0], [10.0, 10, 10], "counts", "no area has an event"),
        ([12.0, 1, 2], [10.0, 10, 10], "proportions", "more events than it has"),
        ([1.5, 1, 2], [10.0, 10, 10], "counts", "row 1: 1.5, where it must be a whole number"),
    ],
)
def test_what_is_no_funnel_is_refused(
    events: list[float], base: list[float], kind: str, reason: str
) -> None:
    keys = FunnelKeys.model_validate({"outcome": "Complaints", "kind": kind})
    with pytest.raises(Refusal, match=reason):
        area_funnel(keys, table(np.array(events), np.array(base)))


def test_the_order_of_rows_changes_nothing() -> None:
    rows = table(*drawn(2))
    keys = FunnelKeys(outcome="Complaints")
    ours = area_funnel(keys, rows)
    other = area_funnel(keys, rows.sample(fraction=1, shuffle=True, seed=1))
    assert other.values == pytest.approx(ours.values)
