"""Exact limits of counts and rates: one rate, the ratio of two, its power, and their designs."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy import optimize, stats

from orchestration.evaluation import wording
from orchestration.evaluation.columns import counts, labels, numbers, row_as_given, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale, Value
from orchestration.evaluation.wording import plain

ALPHA = 0.05
POWER = 0.8
#: Totals this far from their mean (in chances) are left out of the sum.
TAIL = 1e-7
#: Squared standard errors that a log ratio must span, the start of the search for events.
REACH = 7.85
#: More events than any plan has; the exact sum grows with them.
MOST = 100_000
NAMED = "ratios of totals as stated"


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


class RateKeys(Keys):
    """One count over one exposure."""

    events: int
    exposure: float
    per: float = Field(default=1, gt=0)
    level: float = Field(default=0.95, gt=0, lt=1)
    unit: str = "unit of exposure"


def one_rate(keys: RateKeys, _table: pl.DataFrame | None) -> Result:
    """A rate with exact limits.

    Returns a Result in events per `per` units of exposure. Raises Refusal as `exact.rate` does.
    """
    found = rate(keys.events, keys.exposure, keys.level)
    value, low, high = (keys.per * each for each in (found.value, found.low, found.high))
    values: dict[str, Value] = {"rate": value, "ci_lo": low, "ci_hi": high, "events": keys.events}
    return Result(
        design=RATE.name,
        measure=f"events per {plain(keys.per)} {keys.unit}",
        scale=Scale.RATE,
        method="exact limits of a Poisson count (Garwood 1936)",
        values=values,
        estimate=value,
        interval_low=low,
        interval_high=high,
        is_randomised=False,
        summary=f"{wording.counted(f'{keys.events:,}', 'events')} in "
        f"{wording.counted(plain(keys.exposure, 6), keys.unit)}: {plain(value)} "
        f"per {plain(keys.per)}, and chance alone would leave anything from {plain(low)} to "
        f"{plain(high)}.",
    )


class RatiosKeys(Keys):
    """Nothing to choose: the table says it all."""


def ratios(_keys: RatiosKeys, table: pl.DataFrame | None) -> Result:
    """Numerators over denominators, times `per`, one named ratio per row.

    `table` (one row per ratio). Returns a Result with a row per ratio in its tables, without
    intervals. Raises Refusal for names that come twice.
    """
    rows = table_of(table)
    names = labels(rows, "name")
    tops = numbers(rows, "numerator", least=0)
    bottoms = numbers(rows, "denominator", above=0)
    per = numbers(rows, "per", above=0) if "per" in rows.columns else [1.0] * len(names)
    if len(set(names)) < len(names):
        raise Refusal("every ratio needs a name of its own")
    found = {n: float(a / b * p) for n, a, b, p in zip(names, tops, bottoms, per, strict=True)}
    rows_found: Rows = [{"name": name, "ratio": found[name]} for name in sorted(found)]
    listed = "; ".join(
        f"{name.replace('_', ' ')} {plain(found[name], 4)} "
        f"({plain(top, 6)} over {plain(bottom, 6)})"
        for name, top, bottom in zip(names, tops, bottoms, strict=True)
    )
    return Result(
        design=RATIOS.name,
        measure="ratio",
        scale=Scale.NONE,
        method=NAMED,
        values={},
        tables={"ratios": rows_found},
        is_randomised=False,
        summary=f"As stated, without an interval: {listed}.",
    )


class CountsKeys(Keys):
    """How limits of counts are formed."""

    method: str = Field(default="byar", pattern="^(byar|exact)$")


def limits_of_counts(keys: CountsKeys, table: pl.DataFrame | None) -> Result:
    """Limits of every count of the table, at its own `level` where it has one.

    `table` (one row per count). Returns a Result with a row per count in its tables. Raises Refusal
    for counts that are not whole numbers and for levels outside 0 and 1.
    """
    rows = table_of(table)
    given = counts(rows, "count")
    levels = numbers(rows, "level", above=0) if "level" in rows.columns else [0.95] * len(given)
    limits = {"byar": byar_limits, "exact": count_limits}[keys.method]
    limited: Rows = []
    for place, (count, level) in enumerate(zip(given, levels, strict=True)):
        if level >= 1:
            row = row_as_given(rows, place)
            raise Refusal(f"column 'level', row {row}: {plain(level)}, where it must lie below 1")
        low, high = limits(int(count), float(level))
        limited.append({"count": int(count), "level": float(level), "lo": low, "hi": high})
    return Result(
        design=COUNT_LIMITS.name,
        measure="expected number of events",
        scale=Scale.NONE,
        method="Byar's limits (Breslow and Day 1987)" if keys.method == "byar" else "exact limits",
        values={},
        tables={"limits": limited},
        is_randomised=False,
        summary=f"Limits of {len(given)} counts.",
    )


RATE = Design(
    "rate",
    RateKeys,
    one_rate,
    "One rate with exact limits: `events` over `exposure`, given per `per` units.",
    """\
design: rate
title: Complaint allegations recorded in a year
question: How many allegations were there per 1,000 employees?
keys: {events: 3569, exposure: 4305, per: 1000, unit: employees}
""",
    gives=Gives(values=("rate", "ci_lo", "ci_hi", "events")),
)
RATIOS = Design(
    "ratios",
    RatiosKeys,
    ratios,
    "Named ratios: columns `name`, `numerator`, `denominator` and, if wanted, `per`.",
    """\
design: ratios
title: How much a trial recorded
question: How many recordings did an officer make, and how long were they?
inline:
  name: [recordings_per_officer, minutes_per_recording]
  numerator: [48281, 12212]
  denominator: [814, 48281]
  per: [1, 60]
""",
    gives=Gives(tables={"ratios": ("name", "ratio")}),
)
COUNT_LIMITS = Design(
    "count_limits",
    CountsKeys,
    limits_of_counts,
    "Limits of counts: column `count` and, if wanted, `level`; `method` is byar or exact.",
    """\
design: count_limits
title: Complaints of four districts
question: Within what limits could the expected numbers lie?
inline: {count: [65, 1045, 1, 10], level: [0.95, 0.95, 0.95, 0.998]}
""",
    gives=Gives(tables={"limits": ("count", "level", "lo", "hi")}),
)
