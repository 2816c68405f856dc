"""The design `officer_trial`: one row per officer, outcomes in families.

Every outcome by arm, and its change over time, with sentences written from the interval and never
from the p-value.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Rows, Value
from orchestration.evaluation.gates import two_arms_may_be_compared
from orchestration.evaluation.rates.contrasts import MeanDifference, difference_between_arms
from orchestration.evaluation.rates.permutation_and_multiple_tests import adjust
from orchestration.evaluation.timing import refuse_by_rows, refuse_late_units
from orchestration.evaluation.trials.officer_table import (
    OfficerKeys,
    allocation_of,
    change_of_arm,
    change_over_time,
    lin_adjusted,
    outcome_of,
    sorted_officers,
)
from orchestration.evaluation.trials.randomisation import (
    Allocation,
    RandomisationTest,
    randomisation_test,
)
from orchestration.evaluation.wording import describe_interval

EXAMPLE = """\
design: officer_trial
title: Force reports of twelve officers
question: Did officers allocated a camera report force as often?
keys:
  outcomes: [force_per_year, complaints_per_year]
  block: pair
  officer: officer
  treated: camera
  control: none
  covariates: [force_before]
  unit: a year
inline:
  officer: [a, b, c, d, e, f, g, h, i, j, k, l]
  arm: [camera, none, none, camera, camera, none, none, camera, camera, none, camera, none]
  pair: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
  force_before: [2, 1, 0, 3, 4, 2, 5, 1, 0, 2, 3, 3]
  force_per_year: [1, 2, 0, 2, 3, 4, 4, 0, 1, 2, 2, 5]
  complaints_per_year: [0, 1, 0, 1, 0, 2, 1, 0, 0, 1, 1, 1]
"""
NAME = "officer_trial"
METHOD = (
    "difference in means, weighted by one over the chance of the arm, HC2 errors, t with n - 2 "
    "degrees of freedom (Yokum, Ravishankar and Coppock 2019)"
)
CONTAMINATION = (
    "Officers work together: where an officer without a camera works with one who has it, the "
    "contrast of arms is that of more and of less filming."
)


def officer_trial(keys: OfficerKeys, given: pl.DataFrame | None) -> Result:
    """Block-weighted difference of every outcome, Lin's adjustment, randomisation inference.

    `given` (one row per officer). Returns a Result in the unit of the primary outcome. Raises
    Refusal for one arm, duplicate officers, unequal chances that are not stated, outcomes that are
    the same for everybody, an allocation made after counting began, and counts over a break or too
    recent to be complete.
    """
    rows = table_of(given)
    table = sorted_officers(keys, rows)
    notes, timed = refuse_by_rows(keys, rows), refuse_late_units(keys, rows, "officers")
    allocation = allocation_of(keys, table)
    found = {name: _difference(outcome_of(keys, table, name), allocation) for name in keys.outcomes}
    first = found[keys.outcomes[0]]
    outcome = outcome_of(keys, table, keys.outcomes[0])
    even = np.ones(len(outcome))
    test = randomisation_test(allocation, outcome, even, draws=keys.draws, seed=keys.seed)
    enough = two_arms_may_be_compared(_events(keys, table), _sizes(allocation))
    result = Result(
        design=NAME,
        measure=_measure(keys),
        scale=keys.scale,
        method=METHOD,
        values=_values(keys, table, allocation, first) | {"p_randomisation": test.p_value},
        tables={"outcomes": _outcomes(keys, found)},
        estimate=first.estimate,
        standard_error=first.standard_error,
        interval_low=first.low,
        interval_high=first.high,
        p_value=first.p_value if enough.passed else None,
        smallest_detectable=first.smallest_detectable,
        gates=(timed, enough),
        diagnostics=_diagnostics(keys, table, allocation, test),
        notes=(*notes, *_changes_in_words(keys, table, allocation), CONTAMINATION),
        is_randomised=True,
        summary=_counted(keys, table, allocation) + _words(keys, first),
    )
    if outcome[allocation.treated].any() and outcome[~allocation.treated].any():
        return result
    return _one_arm_silent(result, keys, table, allocation)


def _one_arm_silent(
    found: Result, keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation
) -> Result:
    """The result where all of one arm is zero, so that its own standard error would be zero too.

    No interval is made from the other arm alone: the p-value is that of randomisation inference.
    """
    p_value = found.values["p_randomisation"]
    said = (
        f"{_counted(keys, table, allocation)}One arm has no event at all: its officers seem not to "
        "differ, so no interval is given. Randomisation inference: "
        f"p = {float(p_value or 0):.2f}."
    )
    return replace(
        found,
        standard_error=None,
        interval_low=None,
        interval_high=None,
        p_value=float(p_value or 0) if found.p_value is not None else None,
        smallest_detectable=None,
        summary=said,
    )


def _measure(keys: OfficerKeys) -> str:
    return f"difference of means, treated minus control, {_unit(keys)}".rstrip(", ")


def _unit(keys: OfficerKeys) -> str:
    officers = "officer" if keys.per == 1 else f"{keys.per:,.0f} officers"
    return keys.unit or (f"per {officers} a year" if keys.days else "")


def _counted(keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation) -> str:
    """Counts of both arms first, where the outcomes are counts."""
    if keys.days is None:
        return ""
    sums, sizes = _counts(keys, table, allocation), _sizes(allocation)
    return (
        f"{sums[0]:,.0f} counted for {sizes[0]:,} officers allocated a camera, {sums[1]:,.0f} for "
        f"{sizes[1]:,} others. "
    )


def _values(
    keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation, first: MeanDifference
) -> dict[str, Value]:
    treated, control = _sizes(allocation)
    values: dict[str, Value] = {"officers_treated": treated, "officers_control": control}
    if keys.days is not None:
        values["events_treated"], values["events_control"] = _counts(keys, table, allocation)
    values |= _difference_values("", first)
    values |= _adjusted(keys, table, outcome_of(keys, table, keys.outcomes[0]), allocation)
    if (change := change_over_time(keys, table)) is not None:
        values["before_after_log_ratio"] = change
    for arm, change_of in _changes(keys, table, allocation).items():
        values |= _difference_values(f"_change_{arm}", change_of)
    return values


def _outcomes(keys: OfficerKeys, found: dict[str, MeanDifference]) -> Rows:
    """Every outcome, with its p-value adjusted where it is of the family."""
    held = _family(keys, found)
    return [
        {"outcome": name, **_difference_values("", difference), "p_holm": held.get(name)}
        for name, difference in found.items()
    ]


def _changes(
    keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation
) -> dict[str, MeanDifference]:
    """What happened to each arm since before the cameras, where that was counted."""
    changes = {
        "treated": change_of_arm(keys, table, allocation.treated),
        "control": change_of_arm(keys, table, ~allocation.treated),
    }
    return {arm: change for arm, change in changes.items() if change is not None}


def _changes_in_words(
    keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation
) -> tuple[str, ...]:
    """A sentence for each arm: its counts before and after, and how its rate changed."""
    said = []
    for arm, change in _changes(keys, table, allocation).items():
        officers = table.filter(
            pl.Series(allocation.treated if arm == "treated" else ~allocation.treated)
        )
        before, after = (
            numbers(officers, name).sum() for name in (str(keys.before), keys.outcomes[0])
        )
        whose = "allocated a camera" if arm == "treated" else "allocated none"
        how = describe_interval(
            keys.title,
            (change.low, change.high),
            keys.scale,
            "descriptive",
            unit=_unit(keys),
            is_change=True,
        )
        said.append(f"Officers {whose}: {before:,.0f} counted before and {after:,.0f} after. {how}")
    return tuple(said)


def _words(keys: OfficerKeys, first: MeanDifference) -> str:
    return describe_interval(
        keys.title,
        (first.low, first.high),
        keys.scale,
        "randomised",
        unit=_unit(keys),
        smallest=first.smallest_detectable,
    )


def _difference(outcome: Numbers, allocation: Allocation) -> MeanDifference:
    if outcome.std() == 0:
        raise Refusal("an outcome is the same for every officer: nothing can be compared")
    return difference_between_arms(outcome, allocation.treated, allocation.chance)


def _difference_values(suffix: str, found: MeanDifference) -> dict[str, Value]:
    return {
        f"estimate{suffix}": found.estimate,
        f"se{suffix}": found.standard_error,
        f"ci_lo{suffix}": found.low,
        f"ci_hi{suffix}": found.high,
        f"p{suffix}": found.p_value,
    }


def _adjusted(
    keys: OfficerKeys, table: pl.DataFrame, outcome: Numbers, allocation: Allocation
) -> dict[str, Value]:
    if not keys.covariates:
        return {}
    columns = np.column_stack([numbers(table, name) for name in keys.covariates])
    found = lin_adjusted(outcome, allocation.treated, allocation.chance, columns).difference
    return _difference_values("_adjusted", found)


def _family(keys: OfficerKeys, found: dict[str, MeanDifference]) -> dict[str, float]:
    """Holm's adjustment over the family, by outcome; a family of one needs none."""
    names = keys.family or keys.outcomes
    for name in names:
        if name not in found:
            raise Refusal(f"`family` names {name!r}, which is no outcome of the study")
    if len(names) == 1:
        return {}
    raw = [1.0 if (p := found[name].p_value) is None else p for name in names]
    return dict(zip(names, adjust(raw), strict=True))


def _events(keys: OfficerKeys, table: pl.DataFrame) -> float:
    """Events; where the outcome is a rate, the officers who have any."""
    outcome = numbers(table, keys.outcomes[0])
    return float(outcome.sum()) if keys.days else float((outcome != 0).sum())


def _counts(keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation) -> tuple[float, float]:
    """Events of the primary outcome in the treated and in the control arm."""
    counts = numbers(table, keys.outcomes[0])
    return float(counts[allocation.treated].sum()), float(counts[~allocation.treated].sum())


def _sizes(allocation: Allocation) -> tuple[int, int]:
    return int(allocation.treated.sum()), int((~allocation.treated).sum())


def _diagnostics(
    keys: OfficerKeys, table: pl.DataFrame, allocation: Allocation, test: RandomisationTest
) -> dict[str, Any]:
    balance = {}
    for name in keys.covariates:
        column = numbers(table, name)
        sides = column[allocation.treated], column[~allocation.treated]
        spread = float(np.sqrt(sum(side.var(ddof=1) for side in sides) / 2))
        balance[name] = float(sides[0].mean() - sides[1].mean()) / spread if spread else None
    return {
        "blocks": int(allocation.block.max()) + 1,
        "draws": test.draws,
        "statistic": test.statistic,
        "standardised_differences": balance,
    }


OFFICER_TRIAL = Design(
    NAME,
    OfficerKeys,
    officer_trial,
    "Officers randomised within blocks, one row per officer: block-weighted and Lin-adjusted "
    "differences, HC2, randomisation inference, Holm within the family of outcomes.",
    EXAMPLE,
    gives=Gives(
        values=(
            "officers_treated",
            "officers_control",
            "estimate",
            "se",
            "ci_lo",
            "ci_hi",
            "p",
            "p_randomisation",
        ),
        sometimes=(
            "estimate_adjusted",
            "se_adjusted",
            "ci_lo_adjusted",
            "ci_hi_adjusted",
            "p_adjusted",
            "before_after_log_ratio",
            "events_treated",
            "events_control",
            "estimate_change_treated",
            "se_change_treated",
            "ci_lo_change_treated",
            "ci_hi_change_treated",
            "p_change_treated",
            "estimate_change_control",
            "se_change_control",
            "ci_lo_change_control",
            "ci_hi_change_control",
            "p_change_control",
        ),
        tables={"outcomes": ("outcome", "estimate", "se", "ci_lo", "ci_hi", "p", "p_holm")},
        diagnostics=("blocks", "draws", "statistic", "standardised_differences"),
    ),
)
