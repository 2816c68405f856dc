"""Averages of studies that differ among themselves more or less, and how many there are."""

from itertools import product

import numpy as np

from orchestration.evaluation.meta_analysis.common_effect_and_mantel_haenszel import pooled
from orchestration.evaluation.meta_analysis.effects import Effects, FromEffects
from orchestration.evaluation.meta_analysis.random_effects import (
    RandomKeys,
    random_effects_estimate,
)
from tests.simulations.estimates import Estimate, Family
from tests.simulations.panels import seeded

COUNTS, SPREADS = (3, 5, 10), (0.0, 0.2, 0.4)
#: Variances of log rate ratios of published shift trials lie about here.
WITHIN, TRUTH = (0.01, 0.06), -0.15
CASES = {f"k={count}, tau={tau}": (count, tau) for count, tau in product(COUNTS, SPREADS)}
KEYS = RandomKeys(
    measure="log_rate_ratio",
    outcome="Complaints",
    from_effects=FromEffects(effect="effect", standard_error="error"),
)


def simulate(name: str, seed: int) -> Effects:
    """Effects of `k` studies about an average, with a spread of `tau` between them."""
    count, tau = CASES[name]
    draw = seeded(f"studies {name}", seed)
    variance = draw.uniform(*WITHIN, count)
    effect = draw.normal(TRUTH, np.sqrt(tau**2 + variance))
    return Effects(tuple(f"study {number}" for number in range(count)), effect, variance)


def random_effects(drawn: Effects) -> Estimate:
    """The engine's own average: restricted likelihood, Hartung and Knapp."""
    return _of(random_effects_estimate(drawn, KEYS))


def common_effect(drawn: Effects) -> Estimate:
    """The average as if all studies measured one and the same."""
    return _of(pooled(drawn))


def _of(found: dict[str, float]) -> Estimate:
    return Estimate(found["estimate"], TRUTH, found["se"], found["ci_lo"], found["ci_hi"])


STUDIES = Family(
    name="studies",
    scenarios={name: f"{k} studies, spread {tau} between them" for name, (k, tau) in CASES.items()},
    draw=simulate,
    methods={"random_effects": random_effects, "common_effect": common_effect},
    only={},
)
