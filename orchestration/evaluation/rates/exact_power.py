"""Power of the exact comparison of two Poisson counts, and the smallest effect it can detect."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from orchestration.evaluation.core import Refusal

ALPHA = 0.05
POWER = 0.8
#: Totals this far from their mean (in chances) are left out of the sum.
TAIL = 1e-7
#: Squared standard errors that a log ratio must span, the start of the search for events.
REACH = 7.85
#: More events than any plan has; the exact sum grows with them.
MOST = 100_000


def exact_power(expected: float, ratio: float, share: float = 0.5, alpha: float = ALPHA) -> float:
    """Chance that the exact conditional test rejects equal rates.

    `expected` is the number of events expected in the control arm, `ratio` the true rate ratio,
    `share` the treated arm's share of the exposure. Given n events the treated count is binomial;
    the test rejects in both tails at alpha / 2 (Przyborowski and Wilenski 1940, Biometrika 31:313).
    Returns the power, 0 to 1. Raises Refusal for figures outside their range.
    """
    if expected <= 0 or ratio < 0 or not 0 < share < 1:
        raise Refusal(
            "power needs expected events above zero, a ratio of 0 or more, a share between 0 and 1"
        )
    treated = expected * ratio * share / (1 - share)
    total = expected + treated
    low, high = stats.poisson.ppf([TAIL, 1 - TAIL], total)
    sizes = np.arange(max(int(low), 1), int(high) + 1)
    lower, upper = _critical(sizes, share, alpha)
    chance = treated / total
    rejects = stats.binom.cdf(lower, sizes, chance) + stats.binom.sf(upper - 1, sizes, chance)
    return float((stats.poisson.pmf(sizes, total) * rejects).sum())


@lru_cache(maxsize=512)
def smallest_fall(
    expected: float, share: float = 0.5, power: float = POWER, alpha: float = ALPHA
) -> float | None:
    """The smallest fall detected with the stated power.

    Returns the fall (0 to 1), or None where even a fall of everything is not detected with it.
    """
    if exact_power(expected, 0.0, share, alpha) < power:
        return None

    def short_of(ratio: float) -> float:
        return exact_power(expected, ratio, share, alpha) - power

    return 1 - float(optimize.brentq(short_of, 0.0, 1.0, xtol=1e-6))


def events_for(
    ratio: float, share: float = 0.5, power: float = POWER, alpha: float = ALPHA
) -> float:
    """Events that the control arm must expect for `ratio` to be detected with the stated power.

    Returns the expected number of events. Raises Refusal for a ratio of 1 or below 0, and where
    more than 100,000 would be needed.
    """
    if ratio == 1 or ratio < 0:
        raise Refusal("a sample size needs a ratio of 0 or more that differs from 1")

    about = (1 + (1 - share) / share / max(ratio, 0.05)) * REACH / np.log(max(ratio, 0.05)) ** 2
    if about > MOST:
        raise Refusal(f"more than {MOST:,.0f} events would be needed: plan for a larger change")

    def short_of(expected: float) -> float:
        return exact_power(expected, ratio, share, alpha) - power

    top = float(about)
    while short_of(top) < 0:
        top *= 1.5
    return float(optimize.brentq(short_of, top / 20, top, xtol=1e-2))


def _critical(
    sizes: NDArray[np.int64], share: float, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Largest count that rejects below (-1 for none) and smallest that rejects above."""
    lower = stats.binom.ppf(alpha / 2, sizes, share)
    lower = np.where(stats.binom.cdf(lower, sizes, share) <= alpha / 2, lower, lower - 1)
    upper = stats.binom.isf(alpha / 2, sizes, share) + 1
    upper = np.where(stats.binom.sf(upper - 2, sizes, share) <= alpha / 2, upper - 1, upper)
    return lower, upper
