"""Counts and rates of events with exact limits: one rate, and the ratio of two."""

from dataclasses import dataclass
from math import inf, isfinite

from scipy import stats

from orchestration.evaluation.core import Refusal


@dataclass(frozen=True)
class Rate:
    """A rate with its limits, in the unit of its exposure."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """A ratio of two rates with exact limits; `high` is None where there is no upper limit."""

    value: float | None
    low: float
    high: float | None
    p_value: float

    @property
    def limits(self) -> tuple[float, float | None]:
        """Both limits."""
        return self.low, self.high


def check_events(count: float, exposure: float, where: str) -> None:
    """Refuse a count that is not a whole number, or an exposure that is not above zero.

    `where` opens the message. Raises Refusal.
    """
    if not isfinite(count) or count < 0 or count != int(count):
        raise Refusal(f"{where}: {count} is no count of events; give a whole number of 0 or more")
    if not isfinite(exposure) or exposure <= 0:
        raise Refusal(f"{where}: exposure {exposure} must be above zero; leave out what had none")


def count_limits(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact limits of an expected number of events (Garwood 1936, Biometrika 28:437).

    Returns (lower, upper).
    """
    tail = (1 - level) / 2
    low = float(stats.gamma.ppf(tail, count)) if count else 0.0
    return low, float(stats.gamma.isf(tail, count + 1))


def byar_limits(count: int, level: float = 0.95) -> tuple[float, float]:
    """Byar's approximate limits of an expected number of events; close to exact above 9 events.

    Breslow and Day (1987, Statistical Methods in Cancer Research, volume 2, page 69). Returns
    (lower, upper).
    """
    z = float(stats.norm.isf((1 - level) / 2))
    above = count + 1
    low = count * (1 - 1 / (9 * count) - z / (3 * count**0.5)) ** 3 if count else 0.0
    return low, above * (1 - 1 / (9 * above) + z / (3 * above**0.5)) ** 3


def rate(count: int, exposure: float, level: float = 0.95) -> Rate:
    """Events per unit of exposure with exact limits, as R's poisson.test of one sample.

    Returns a Rate. Raises Refusal for a count that is no whole number of 0 or more, and for
    exposure that is not above zero.
    """
    check_events(count, exposure, "rate")
    low, high = count_limits(count, level)
    return Rate(count / exposure, low / exposure, high / exposure)


def rate_ratio(
    events: tuple[int, int], exposure: tuple[float, float], level: float = 0.95
) -> Ratio:
    """Ratio of two rates, exact given the sum of events, as R's poisson.test of two samples.

    Given a + b events the first count is binomial with chance m1 * R / (m1 * R + m0); limits of
    that chance (Clopper and Pearson 1934, Biometrika 26:404) are limits of R, and the p-value sums
    the outcomes that are no more likely than the one found. Returns a Ratio. Raises Refusal when
    there are no events at all.
    """
    for count, size, where in zip(events, exposure, ("first rate", "second rate"), strict=True):
        check_events(count, size, where)
    total = sum(events)
    if total == 0:
        raise Refusal("no events in either group: a ratio of rates cannot be formed")
    even = exposure[0] / sum(exposure)
    test = stats.binomtest(events[0], total, even)
    limits = test.proportion_ci(confidence_level=level, method="exact")
    scale = exposure[1] / exposure[0]
    low = _odds(float(limits.low)) * scale
    high = _odds(float(limits.high)) * scale
    value = events[0] / events[1] * scale if events[1] else None
    return Ratio(value, low, high if isfinite(high) else None, float(test.pvalue))


def _odds(chance: float) -> float:
    return chance / (1 - chance) if chance < 1 else inf
