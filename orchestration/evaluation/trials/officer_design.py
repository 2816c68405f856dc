"""The design `officer_trial`: one row per officer, outcomes in families."""

from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, numbers, table_of
from orchestration.evaluation.dated import refuse_by_rows
from orchestration.evaluation.difference import Difference, between_arms
from orchestration.evaluation.frame import Design, Refusal, Result, Value
from orchestration.evaluation.gates import two_arms_may_be_compared
from orchestration.evaluation.rates.multiplicity import adjust
from orchestration.evaluation.telling import tell
from orchestration.evaluation.trials.draws import Drawn, Lot, randomisation_test
from orchestration.evaluation.trials.lot_times import refuse_late_units
from orchestration.evaluation.trials.officer_example import EXAMPLE
from orchestration.evaluation.trials.officer_table import (
    OfficerKeys,
    change_over_time,
    lot_of,
    outcome_of,
    sorted_officers,
)
from orchestration.evaluation.trials.officers import lin_adjusted

NAME = "officer_trial"
METHOD = (
    "difference in means, weighted by one over the chance of the arm, HC2 errors, t with n - 2 "
    "degrees of freedom (Yokum, Ravishankar and Coppock 2019)"
)
CONTAMINATION = (
    "Officers work together: where an officer without a camera stands beside one with, the "
    "contrast of arms is that of more and of less filming."
)


def officer_trial(keys: OfficerKeys, given: pl.DataFrame | None) -> Result:
    """Block-weighted difference of every outcome, Lin's adjustment, the lot drawn again.

    Raises Refusal for one arm, duplicate officers, unequal chances that are not stated, outcomes
    that are the same for everybody, an allocation made after counting began, and counts over a
    break or too recent to be whole.
    """
    rows = table_of(given)
    table = sorted_officers(keys, rows)
    notes, timed = refuse_by_rows(keys, rows), refuse_late_units(keys, rows, "officers")
    lot = lot_of(keys, table)
    found = {name: _difference(outcome_of(keys, table, name), lot) for name in keys.outcomes}
    first = found[keys.outcomes[0]]
    outcome = outcome_of(keys, table, keys.outcomes[0])
    even = np.ones(len(outcome))
    drawn = randomisation_test(lot, outcome, even, draws=keys.draws, seed=keys.seed)
    return Result(
        design=NAME,
        measure=_measure(keys),
        method=METHOD,
        values=_values(keys, table, lot, found) | {"p_randomisation": drawn.p_value},
        estimate=first.estimate,
        standard_error=first.standard_error,
        interval_low=first.low,
        interval_high=first.high,
        p_value=first.p_value,
        smallest_detectable=first.smallest_detectable,
        gates=(timed, two_arms_may_be_compared(_events(keys, table), _sizes(lot))),
        diagnostics=_diagnostics(keys, table, lot, drawn),
        notes=(*notes, CONTAMINATION),
        is_randomised=True,
        words=_counted(keys, table, lot) + _words(keys, first),
    )


def _measure(keys: OfficerKeys) -> str:
    return f"difference of means, treated minus control, {_unit(keys)}".rstrip(", ")


def _unit(keys: OfficerKeys) -> str:
    return keys.unit or (f"per {keys.per:,.0f} officers a year" if keys.days else "")


def _counted(keys: OfficerKeys, table: pl.DataFrame, lot: Lot) -> str:
    """Counts of both arms first, where the outcomes are counts."""
    if keys.days is None:
        return ""
    counts, sizes = numbers(table, keys.outcomes[0]), _sizes(lot)
    sums = counts[lot.treated].sum(), counts[~lot.treated].sum()
    return (
        f"{sums[0]:,.0f} counted for {sizes[0]:,} officers drawn for a camera, {sums[1]:,.0f} for "
        f"{sizes[1]:,} others. "
    )


def _values(
    keys: OfficerKeys, table: pl.DataFrame, lot: Lot, found: dict[str, Difference]
) -> dict[str, Value]:
    treated, control = _sizes(lot)
    values: dict[str, Value] = {"officers_treated": treated, "officers_control": control}
    values |= _told("", found[keys.outcomes[0]])
    values |= _adjusted(keys, table, outcome_of(keys, table, keys.outcomes[0]), lot)
    if (change := change_over_time(keys, table)) is not None:
        values["before_after_log_ratio"] = change
    for name, difference in found.items():
        values |= _told(f"_{name}", difference)
    return values | _family(keys, found)


def _words(keys: OfficerKeys, first: Difference) -> str:
    return tell(
        keys.title,
        (first.low, first.high),
        "difference",
        "randomised",
        unit=_unit(keys),
        smallest=first.smallest_detectable,
    )


def _difference(outcome: Numbers, lot: Lot) -> Difference:
    if outcome.std() == 0:
        raise Refusal("an outcome is the same for every officer: nothing can be compared")
    return between_arms(outcome, lot.treated, lot.chance)


def _told(suffix: str, found: Difference) -> dict[str, Value]:
    return {
        f"estimate{suffix}": found.estimate,
        f"se{suffix}": found.standard_error,
        f"ci_lo{suffix}": found.low,
        f"ci_hi{suffix}": found.high,
        f"p{suffix}": found.p_value,
    }


def _adjusted(
    keys: OfficerKeys, table: pl.DataFrame, outcome: Numbers, lot: Lot
) -> dict[str, Value]:
    if not keys.covariates:
        return {}
    columns = np.column_stack([numbers(table, name) for name in keys.covariates])
    found = lin_adjusted(outcome, lot.treated, lot.chance, columns).difference
    return _told("_adjusted", found)


def _family(keys: OfficerKeys, found: dict[str, Difference]) -> dict[str, Value]:
    """Holm's adjustment over the family; a family of one needs none."""
    names = keys.family or keys.outcomes
    for name in names:
        if name not in found:
            raise Refusal(f"`family` names {name!r}, which is no outcome of the study")
    if len(names) == 1:
        return {}
    raw = [1.0 if (p := found[name].p_value) is None else p for name in names]
    return {f"p_holm_{name}": p for name, p in zip(names, adjust(raw), strict=True)}


def _events(keys: OfficerKeys, table: pl.DataFrame) -> float:
    """Events; where the outcome is a rate, officers with anything to count."""
    outcome = numbers(table, keys.outcomes[0])
    return float(outcome.sum()) if keys.days else float((outcome != 0).sum())


def _sizes(lot: Lot) -> tuple[int, int]:
    return int(lot.treated.sum()), int((~lot.treated).sum())


def _diagnostics(keys: OfficerKeys, table: pl.DataFrame, lot: Lot, drawn: Drawn) -> dict[str, Any]:
    balance = {}
    for name in keys.covariates:
        column = numbers(table, name)
        sides = column[lot.treated], column[~lot.treated]
        spread = float(np.sqrt(sum(side.var(ddof=1) for side in sides) / 2))
        balance[name] = float(sides[0].mean() - sides[1].mean()) / spread if spread else None
    return {
        "blocks": int(lot.block.max()) + 1,
        "draws": drawn.draws,
        "statistic": drawn.statistic,
        "standardised_differences": balance,
    }


OFFICER_TRIAL = Design(
    NAME,
    OfficerKeys,
    officer_trial,
    "Officers drawn by lot within blocks, one row per officer: block-weighted and Lin-adjusted "
    "differences, HC2, the lot drawn again, Holm within the family of outcomes.",
    EXAMPLE,
)
