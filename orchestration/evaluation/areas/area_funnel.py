"""The design `area_funnel`: areas compared with their common level, chance differences counted.

Spiegelhalter (2005, Statistics in Medicine 24:1185): each area's figure is compared with the
overall level on a scale on which its variance depends only on the area's size, and the limits are
widened for over-dispersion between areas. Z-scores are winsorised before the over-dispersion is
estimated, so that an outlying area does not widen the limits and so hide itself.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.columns import Numbers, counts, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale
from orchestration.evaluation.gates import funnel_may_be_drawn, hold_back
from orchestration.evaluation.rates.permutation_and_multiple_tests import (
    ManyComparisons,
    many_comparisons,
)

Kind = Literal["counts", "proportions", "ratios"]
#: How areas may differ beyond chance: in proportion to their standard error (multiplicative), or by
#: a variance between their true levels (additive).
Spread = Literal["multiplicative", "additive", "none"]
LIMITS = (0.95, 0.998)
#: The share of z-scores at each end that is winsorised.
WINSORISED = 0.1
FEWEST = 3
WHERE = ("within", "above", "below")
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Funnel:
    """The common level, how far areas differ beyond chance, and the limits of each area.

    `value` (n,) and `level` are in the unit of the figures; `low` and `high` (limits, n) are the
    ends at 95 and at 99.8%, widened for over-dispersion. `z` (n,) are the adjusted z-scores and
    `p` (n,) their two-sided p-values. `dispersion` is the winsorised mean square of the z-scores
    before adjustment (phi) and `tau2` the variance between areas on the transformed scale.
    """

    value: Numbers
    level: float
    low: Numbers
    high: Numbers
    z: Numbers
    p: Numbers
    dispersion: float
    tau2: float


@dataclass(frozen=True)
class _Scale:
    """Figures on the scale of the z-scores, their errors, and the inverse transformation."""

    y: Numbers
    level: float
    error: Numbers
    kind: Kind

    def back(self, y: Numbers) -> Numbers:
        if self.kind == "ratios":
            return np.exp(y)
        bounded = np.clip(y, 0, np.pi / 2 if self.kind == "proportions" else None)
        return np.sin(bounded) ** 2 if self.kind == "proportions" else bounded**2


def funnel(kind: Kind, events: Numbers, base: Numbers, spread: Spread = "additive") -> Funnel:
    """The funnel of n areas.

    `events` (n,) and `base` (n,): of counts their exposure (officers, hours, or expected events),
    of proportions the number they are among, of ratios the events of the other side. Counts are
    compared on the scale of square roots, proportions on that of arcsines, ratios of two counts on
    that of logarithms. Returns a Funnel. Raises Refusal for fewer than three areas, a base that is
    not above zero, a proportion above one, and where no area has an event.
    """
    _refuse(kind, events, base)
    scaled = {"counts": _counts, "proportions": _proportions, "ratios": _ratios}[kind](events, base)
    z = (scaled.y - scaled.level) / scaled.error
    dispersion = float((winsorised(z) ** 2).mean())
    tau2 = between_areas(dispersion, scaled.error) if spread == "additive" else 0.0
    factor = max(1.0, dispersion) if spread == "multiplicative" else 1.0
    error = np.sqrt(factor * scaled.error**2 + tau2)
    z = (scaled.y - scaled.level) / error
    reach = stats.norm.ppf((1 + np.array(LIMITS)) / 2)[:, None] * error
    return Funnel(
        value=events / base,
        level=float(scaled.back(np.array(scaled.level))),
        low=scaled.back(scaled.level - reach),
        high=scaled.back(scaled.level + reach),
        z=z,
        p=2 * stats.norm.sf(np.abs(z)),
        dispersion=dispersion,
        tau2=tau2,
    )


def winsorised(z: Numbers) -> Numbers:
    """Replace z-scores beyond the tenth and ninetieth percentiles by those percentiles.

    `z` (n,). Returns the scores (n,).
    """
    low, high = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    return np.clip(z, low, high)


def between_areas(dispersion: float, error: Numbers) -> float:
    """The variance between areas that accounts for the dispersion, by moments, zero or more.

    `error` (n,) holds the errors of the areas. DerSimonian and Laird's estimator with the
    winsorised sum of squares. Returns tau squared.
    """
    areas, weight = len(error), 1 / error**2
    inner = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((areas * dispersion - (areas - 1)) / inner)) if inner > 0 else 0.0


def _counts(events: Numbers, base: Numbers) -> _Scale:
    rate = events.sum() / base.sum()
    return _Scale(np.sqrt(events / base), sqrt(rate), 1 / (2 * np.sqrt(base)), "counts")


def _proportions(events: Numbers, base: Numbers) -> _Scale:
    share = events.sum() / base.sum()
    y = np.arcsin(np.sqrt(events / base))
    return _Scale(y, float(np.arcsin(sqrt(share))), 1 / (2 * np.sqrt(base)), "proportions")


def _ratios(events: Numbers, base: Numbers) -> _Scale:
    y = np.log((events + 0.5) / (base + 0.5))
    # At the common level the events of an area divide between its two sides as those of all areas
    # do.
    share = events.sum() / (events.sum() + base.sum())
    both = events + base + 1
    error = np.sqrt(1 / (both * share) + 1 / (both * (1 - share)))
    return _Scale(y, float(np.log(events.sum() / base.sum())), error, "ratios")


def _refuse(kind: Kind, events: Numbers, base: Numbers) -> None:
    if len(events) < FEWEST:
        raise Refusal(f"{len(events)} areas: a funnel compares {FEWEST} or more")
    if not (base > 0).all():
        raise Refusal("an area without a base cannot be compared: leave it out")
    if not events.any():
        raise Refusal("no area has an event: there is nothing to compare")
    if kind == "proportions" and (events > base).any():
        raise Refusal("an area has more events than it has to be counted among")


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
