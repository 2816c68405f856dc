"""Designs of one rate and of ratios formed from totals."""

import polars as pl
from pydantic import Field

from orchestration.evaluation import singular
from orchestration.evaluation.columns import counts, labels, numbers, row_as_given, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Value
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.rates import exact
from orchestration.evaluation.scale import Scale

NAMED = "ratios of totals as stated"


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
    found = exact.rate(keys.events, keys.exposure, keys.level)
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
        summary=f"{singular.of(f'{keys.events:,}', 'events')} in "
        f"{singular.of(plain(keys.exposure, 6), keys.unit)}: {plain(value)} "
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


def count_limits(keys: CountsKeys, table: pl.DataFrame | None) -> Result:
    """Limits of every count of the table, at its own `level` where it has one.

    `table` (one row per count). Returns a Result with a row per count in its tables. Raises Refusal
    for counts that are not whole numbers and for levels outside 0 and 1.
    """
    rows = table_of(table)
    given = counts(rows, "count")
    levels = numbers(rows, "level", above=0) if "level" in rows.columns else [0.95] * len(given)
    limits = {"byar": exact.byar_limits, "exact": exact.count_limits}[keys.method]
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
    count_limits,
    "Limits of counts: column `count` and, if wanted, `level`; `method` is byar or exact.",
    """\
design: count_limits
title: Complaints of four districts
question: Within what limits could the expected numbers lie?
inline: {count: [65, 1045, 1, 10], level: [0.95, 0.95, 0.95, 0.998]}
""",
    gives=Gives(tables={"limits": ("count", "level", "lo", "hi")}),
)
