"""Checks of a roll-out within bounds, at its middle days: other units, cells, days and counts."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.calendar import MONTHS
from orchestration.evaluation.core import Gate, Refusal, Rows, Value
from orchestration.evaluation.staged_adoption.bounded_dates import (
    EPOCH,
    BoundedKeys,
    BoundedPanel,
)
from orchestration.evaluation.staged_adoption.few_clusters import LEVEL
from orchestration.evaluation.staged_adoption.panel import Panel, refuse_without_comparison
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    impute,
    jackknife,
    share_as_far,
    shuffled,
)


def checks_of(keys: BoundedKeys, held: BoundedPanel, everyone: BoundedPanel) -> Rows:
    """The estimate at the middle days again, on other units, cells, days and counts.

    Returns a row per check: its name, log ratio, jackknife interval and p of shuffled days; or why
    there is none.
    """
    rows: Rows = []
    panel = held.at(held.middle)
    if keys.set_apart:
        rows.append(_check("with_units_set_apart", everyone.at(everyone.middle), keys))
    for name, units in keys.left_out.items():
        stays = held.keep(~np.isin(np.array(panel.units), units))
        rows.append(_check(f"without_{name}", stays.at(stays.middle), keys))
    if held.neighbours is not None:
        first, begun = held.places(held.neighbours)
        start = np.minimum(first, begun)[:, None]
        near = panel.untreated & (np.arange(panel.counts.shape[1]) >= start)
        rows.append(_check("without_units_beside_cameras", panel, keys, near))
    if keys.control_count:
        other = replace(panel, counts=panel.columns[keys.control_count])
        rows.append(_check("control_count", other, keys))
    if keys.placebo_months:
        rows.append(_placebo(keys, held))
    return rows


def _placebo(keys: BoundedKeys, held: BoundedPanel) -> dict[str, Value]:
    """All days some months too early, on the periods before the first cameras could have come."""
    first, begun = held.places(held.low)
    end = int(np.minimum(first, begun).min())
    name = f"placebo_{keys.placebo_months}_months_early"
    early = [_months_earlier(each, keys.placebo_months or 0) for each in held.middle]
    try:
        panel = held.at(np.array(early)).until(end)
    except Refusal as reason:
        return _no_check(name, str(reason))
    return _check(name, panel, keys)


def _months_earlier(day: int, months: int) -> int:
    at = date(EPOCH, 1, 1) + timedelta(days=int(day))
    number = at.year * MONTHS + at.month - 1 - months
    moved = date(number // MONTHS, number % MONTHS + 1, min(at.day, 28))
    return (moved - date(EPOCH, 1, 1)).days


def _check(
    name: str, panel: Panel, keys: BoundedKeys, out: NDArray[np.bool_] | None = None
) -> dict[str, Value]:
    none = np.zeros((0, *panel.counts.shape))
    try:
        refuse_without_comparison(panel)
        found = impute(panel, none, out).log_ratio
        error = jackknife(panel, none, found, out)
    except Refusal as reason:
        return _no_check(name, str(reason))
    # Shuffled days belong to whole panels; where cells are left out the jackknife alone is read.
    chance = shuffled(panel, none, keys.draws, keys.seed) if out is None else None
    return {
        "check": name,
        "log_ratio": found,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_randomisation": None if chance is None else share_as_far(chance, found),
        "reason": None,
    }


def _no_check(name: str, reason: str) -> dict[str, Value]:
    figures = dict.fromkeys(("log_ratio", "ci_lo", "ci_hi", "p_randomisation"))
    return {"check": name, **figures, "reason": reason}


def advice(keys: BoundedKeys, checks: Rows, pre_test: float | None) -> list[Gate]:
    """What speaks against an estimate without holding it back.

    `checks` are rows of `checks_of`, `pre_test` the p-value of the periods before. Returns gates.
    """
    p_values = {str(row["check"]): row["p_randomisation"] for row in checks}
    asked: list[tuple[str, Value]] = [("no trend before cameras", pre_test)]
    if keys.control_count:
        p_value = p_values["control_count"]
        asked.append(
            (
                f"no change of {keys.control_count.replace('_', ' ')}, which cameras cannot move",
                p_value,
            )
        )
    if keys.placebo_months:
        name = f"placebo_{keys.placebo_months}_months_early"
        asked.append((f"no change {keys.placebo_months} months too early", p_values[name]))
    return [
        Gate(
            name,
            passed=isinstance(p_value, float) and p_value > LEVEL,
            reason=f"p = {p_value:.2f}" if isinstance(p_value, float) else "could not be tested",
            is_advice=True,
        )
        for name, p_value in asked
    ]
