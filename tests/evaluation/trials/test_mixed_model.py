"""The mixed model of sites: answers known in closed form, and by integrals done another way."""

from math import exp, lgamma, log, pi, sqrt

import numpy as np
import pytest
from scipy import integrate, optimize

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.trials.shift.pooling import mixed_poisson
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from orchestration.evaluation.trials.shift.shift_trial import shift_trial
from tests.evaluation.trials.simulated_shift_trials import shifts

EVENTS = np.array([[3.0, 9], [12, 14], [0, 0], [1, 5], [7, 6], [0, 2], [22, 31]])
HOURS = np.array(
    [[900.0, 1100], [950, 700], [800, 820], [640, 600], [500, 900], [710, 690], [990, 1010]]
)


def against(at: Numbers) -> float:
    """Minus the log likelihood, every site's integral by SciPy's adaptive rule."""
    level, ratio, spread = at[0], at[1], exp(at[2])
    found = 0.0
    for (a, b), (m1, m0) in zip(EVENTS, HOURS, strict=True):
        held = (a, m1 * exp(level + ratio)), (b, m0 * exp(level))
        whole = integrate.quad(density, -9, 9, (held, spread), points=[-2, -1, 0, 1, 2])
        found += log(whole[0])
    return -found


def density(site: float, held: tuple[tuple[float, float], ...], spread: float) -> float:
    """Of two Poisson counts at a site of that log rate, times that of the normal distribution."""
    told = -(site**2) / (2 * spread**2)
    for count, mean in held:
        told += count * (log(mean) + site) - mean * exp(site) - lgamma(count + 1)
    return exp(told) / (spread * sqrt(2 * pi))


def test_arms_of_equal_hours_give_the_ratio_of_sums_and_its_error_whatever_the_sites() -> None:
    # With m1 = c m0 at every site the counts of a site, given their sum, are binomial with one
    # chance, and the sums tell nothing of it: the ratio and its error have closed forms.
    hours = np.column_stack([0.8 * HOURS[:, 1], HOURS[:, 1]])
    found = mixed_poisson(EVENTS, hours)
    treated, control = EVENTS.sum(axis=0)
    assert found.log_ratio == pytest.approx(log(treated / control / 0.8), abs=1e-7)
    assert found.error == pytest.approx(sqrt(1 / treated + 1 / control), abs=1e-6)
    assert found.spread > 0.5


def test_sites_of_one_rate_give_the_ratio_of_rates_over_all() -> None:
    events = np.array([[10.0, 20], [10, 20], [20, 40]])
    hours = np.array([[100.0, 100], [100, 100], [200, 200]])
    found = mixed_poisson(events, hours)
    assert found.spread == 0
    assert found.log_ratio == pytest.approx(log(0.5), abs=1e-8)
    assert found.error == pytest.approx(sqrt(1 / 40 + 1 / 80), abs=1e-6)


def test_it_is_the_maximum_of_the_likelihood_integrated_another_way() -> None:
    found = mixed_poisson(EVENTS, HOURS)
    start = np.array([log(0.01), found.log_ratio + 0.1, log(found.spread) + 0.1])
    best = optimize.minimize(
        against, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11}
    )
    assert found.log_ratio == pytest.approx(best.x[1], abs=1e-5)
    assert log(found.spread) == pytest.approx(best.x[2], abs=1e-4)


def test_a_site_without_events_counts_where_its_hours_are_uneven() -> None:
    kept = EVENTS.sum(axis=1) > 0
    hours = HOURS.copy()
    hours[2] = [4000, 100]
    with_it, without = mixed_poisson(EVENTS, hours), mixed_poisson(EVENTS[kept], hours[kept])
    # Hours of the treated arm without any event speak for a lower ratio.
    assert with_it.log_ratio < without.log_ratio - 0.01


def test_an_arm_without_events_has_no_ratio() -> None:
    with pytest.raises(Refusal, match="no finite value"):
        mixed_poisson(np.array([[0.0, 3], [0, 2]]), np.ones((2, 2)))


def test_a_trial_gives_it_beside_the_average_and_says_why_where_sites_are_few() -> None:
    keys = ShiftKeys(outcome="complaints", draws=99)
    three = shift_trial(keys, shifts(6, sites=("east", "north", "west"))).values
    assert 0 < float(three["mixed_rate_ratio_lo"] or 0) < float(three["mixed_rate_ratio"] or 0)
    two = shift_trial(keys, shifts(6, sites=("east", "north"))).values
    assert two["mixed_why_not"] == "studies: 2, needed 3"
    assert "mixed_rate_ratio" not in two
