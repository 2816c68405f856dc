"""The design `area_funnel`: areas compared with their common level, chance differences counted."""

from typing import Literal

import numpy as np
import polars as pl

from orchestration.evaluation.areas.funnel import Funnel, Kind, Spread, funnel
from orchestration.evaluation.areas.many_comparisons import ManyComparisons, many_comparisons
from orchestration.evaluation.columns import Numbers, counts, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows
from orchestration.evaluation.gates import funnel_may_be_drawn, hold_back
from orchestration.evaluation.scale import Scale

WHERE = ("within", "above", "below")


class FunnelKeys(Keys):
    """Columns of a table with one row per area.

    `base` is the exposure of counts, the number that proportions are among, or the events of the
    other side of ratios. `spread` says how areas may differ beyond chance.
    """

    outcome: str
    kind: Kind = "counts"
    area: str = "area"
    events: str = "events"
    base: str = "base"
    spread: Spread = "additive"


def area_funnel(keys: FunnelKeys, table: pl.DataFrame | None) -> Result:
    """Place each area in the funnel of all, and count differences that chance alone would give.

    `table` (one row per area). Spiegelhalter (2005, Statistics in Medicine 24:1185). Returns a
    Result with a row per area in its tables and no single estimate. Raises Refusal as `funnel`
    does, and for an area that is listed twice.
    """
    rows = table_of(table)
    names = labels(rows, keys.area)
    if len(set(names)) < len(names):
        double = next(name for name in sorted(names) if names.count(name) > 1)
        raise Refusal(f"area {double!r} stands in the table twice: one row per area")
    events, base = counts(rows, keys.events), numbers(rows, keys.base, above=0)
    found = funnel(keys.kind, events, base, keys.spread)
    many = many_comparisons(found.p)
    result = Result(
        design="area_funnel",
        measure="events over base, by area",
        scale=Scale.NONE,
        method=f"funnel limits, winsorised {keys.spread} over-dispersion (Spiegelhalter 2005)",
        values={
            "areas": len(names),
            "common_level": found.level,
            "dispersion": found.dispersion,
            "tau2": found.tau2,
            "n_outside_limits": int((np.abs(found.z) > Z_95).sum()),
            "n_expected_by_luck": many.by_luck,
            "n_rejected": many.count,
        },
        tables={"areas": _rows(names, found, many)},
        is_randomised=False,
        summary=_words(keys, names, found, many),
    )
    return hold_back(result, funnel_may_be_drawn(_expected(keys.kind, events, base).tolist()))


Z_95 = 1.959963984540054


def place_of(value: float, low: float, high: float) -> Literal["within", "above", "below"]:
    """Where a value lies relative to two limits.

    Returns "within", "above" or "below".
    """
    if value > high:
        return "above"
    return "below" if value < low else "within"


def _expected(kind: Kind, events: Numbers, base: Numbers) -> Numbers:
    """Events of each area at the common level."""
    whole = base if kind != "ratios" else events + base
    return np.asarray(whole * events.sum() / whole.sum())


def _rows(names: list[str], found: Funnel, many: ManyComparisons) -> Rows:
    rows: Rows = []
    for place, name in enumerate(names):
        ends = [float(found.low[1, place]), float(found.low[0, place])]
        ends += [float(found.high[0, place]), float(found.high[1, place])]
        value = float(found.value[place])
        rows.append(
            {
                "area": name,
                "area_value": value,
                "outer_limit_lo": ends[0],
                "inner_limit_lo": ends[1],
                "inner_limit_hi": ends[2],
                "outer_limit_hi": ends[3],
                "inner_place": place_of(value, ends[1], ends[2]),
                "outer_place": place_of(value, ends[0], ends[3]),
                "p": float(found.p[place]),
                "adjusted": float(many.adjusted[place]),
            }
        )
    return rows


def _words(keys: FunnelKeys, names: list[str], found: Funnel, many: ManyComparisons) -> str:
    far = int((np.abs(found.z) > Z_95).sum())
    more = (
        f" Areas differ {found.dispersion:.1f} times as much as chance alone would make them, and "
        "the limits are widened by that."
        if found.dispersion > 1 and keys.spread != "none"
        else ""
    )
    return (
        f"{keys.outcome}: {far} of {len(names)} areas lie outside the 95% limits. "
        f"{many.in_words('areas')}{more} This ranks nobody: it says which areas to ask about."
    )


AREA_FUNNEL = Design(
    name="area_funnel",
    keys=FunnelKeys,
    run=area_funnel,
    about="Areas of one period against the level of all: funnel limits at 95 and 99.8%, widened "
    "for over-dispersion between areas.",
    example="""\
design: area_funnel
title: Complaints of eight areas in one year
question: Which areas differ from the others by more than chance and the usual spread?
keys: {outcome: Complaints, kind: counts, base: officers}
inline:
  area: [a, b, c, d, e, f, g, h]
  events: [42, 55, 38, 61, 47, 120, 50, 44]
  officers: [400, 520, 390, 560, 480, 510, 470, 430]
""",
    gives=Gives(
        values=(
            "areas",
            "common_level",
            "dispersion",
            "tau2",
            "n_outside_limits",
            "n_expected_by_luck",
            "n_rejected",
        ),
        tables={
            "areas": (
                "area",
                "area_value",
                "outer_limit_lo",
                "inner_limit_lo",
                "inner_limit_hi",
                "outer_limit_hi",
                "inner_place",
                "outer_place",
                "p",
                "adjusted",
            )
        },
    ),
)
