"""The design `officer_trial`: one row per officer, outcomes in families.

Every outcome by arm, and before against after beside it, with sentences written from the interval
and never from the p-value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Rows, Value
from orchestration.evaluation.data_maturity import refuse_by_rows
from orchestration.evaluation.difference import Difference, between_arms, over_time
from orchestration.evaluation.gates import two_arms_may_be_compared
from orchestration.evaluation.interval_wording import describe_interval
from orchestration.evaluation.rates.small_designs import adjust
from orchestration.evaluation.trials.allocation_timing import refuse_late_units
from orchestration.evaluation.trials.officer_table import (
    OfficerKeys,
    change_over_time,
    lin_adjusted,
    lot_of,
    outcome_of,
    sorted_officers,
)
from orchestration.evaluation.trials.randomisation_inference import Drawn, Lot, randomisation_test

EXAMPLE = """\
design: officer_trial
title: Force reports of twelve officers
question: Did officers drawn for a camera report force as often?
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
    "Officers work together: where an officer without a camera stands beside one with, the "
    "contrast of arms is that of more and of less filming."
)
DAYS_A_YEAR = 365.25
ARMS = {True: "camera", False: "control"}
SCHEMA = {
    "programme_id": pl.String,
    "study": pl.String,
    "outcome": pl.String,
    "contrast": pl.String,
    "design": pl.String,
    "measure": pl.String,
    "estimate": pl.Float64,
    "standard_error": pl.Float64,
    "interval_low": pl.Float64,
    "interval_high": pl.Float64,
    "p_value": pl.Float64,
    "treated_units": pl.Int64,
    "control_units": pl.Int64,
    "treated_events": pl.Float64,
    "control_events": pl.Float64,
    "smallest_detectable": pl.Float64,
    "method": pl.String,
    "is_randomised": pl.Boolean,
    "words": pl.String,
}


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
        scale=keys.scale,
        method=METHOD,
        values=_values(keys, table, lot, first) | {"p_randomisation": drawn.p_value},
        tables={"outcomes": _outcomes(keys, found)},
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
    keys: OfficerKeys, table: pl.DataFrame, lot: Lot, first: Difference
) -> dict[str, Value]:
    treated, control = _sizes(lot)
    values: dict[str, Value] = {"officers_treated": treated, "officers_control": control}
    values |= _told("", first)
    values |= _adjusted(keys, table, outcome_of(keys, table, keys.outcomes[0]), lot)
    if (change := change_over_time(keys, table)) is not None:
        values["before_after_log_ratio"] = change
    return values


def _outcomes(keys: OfficerKeys, found: dict[str, Difference]) -> Rows:
    """Every outcome, with its p-value adjusted where it is of the family."""
    held = _family(keys, found)
    return [
        {"outcome": name, **_told("", difference), "p_holm": held.get(name)}
        for name, difference in found.items()
    ]


def _words(keys: OfficerKeys, first: Difference) -> str:
    return describe_interval(
        keys.title,
        (first.low, first.high),
        keys.scale,
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


def _family(keys: OfficerKeys, found: dict[str, Difference]) -> dict[str, float]:
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
        ),
        tables={"outcomes": ("outcome", "estimate", "se", "ci_lo", "ci_hi", "p", "p_holm")},
        diagnostics=("blocks", "draws", "statistic", "standardised_differences"),
    ),
)


def between_arms_in_words(
    outcome: str, unit: str, difference: Difference, events: tuple[int, int], days: int
) -> str:
    """What a randomised contrast tells; `events` are those of the camera and the control arm."""
    counts = (
        f"{outcome}: {events[0]:,} by officers drawn for a camera and {events[1]:,} by the others "
        f"in {days} days."
    )
    if _tells(difference):
        return f"{counts} Officers with a camera had {_between(difference)} {unit}."
    return (
        f"{counts} We could not tell whether cameras made a difference: anything from "
        f"{_amount(difference.low)} to {_amount(difference.high)} {unit}. A difference of less "
        f"than {difference.smallest_detectable:,.0f} would have been missed more than one time in "
        "five."
    )


def over_time_in_words(
    outcome: str, unit: str, difference: Difference, events: tuple[int, int], arm: str
) -> str:
    """What happened to one arm; `events` are those after and those before the cameras came."""
    before = f"{outcome}, {arm} officers: {events[1]:,} in the window a year before"
    found = (
        f"That is {_between(difference)} {unit}."
        if _tells(difference)
        else (
            f"We could not tell which way: anything from {_amount(difference.low)} to "
            f"{_amount(difference.high)} {unit}."
        )
    )
    caution = "Not randomised: other things changed between the two windows too."
    return f"{before}, {events[0]:,} after. {found} {caution}"


def _tells(difference: Difference) -> bool:
    return difference.low > 0 or difference.high < 0


def _between(difference: Difference) -> str:
    near, far = sorted((abs(difference.low), abs(difference.high)))
    way = "more" if difference.low > 0 else "fewer"
    return f"between {near:,.0f} and {far:,.0f} {way}"


def _amount(value: float) -> str:
    return f"{abs(value):,.0f} {'fewer' if value < 0 else 'more'}"


@dataclass(frozen=True)
class Outcome:
    """Something counted per officer, in the windows before (where known) and after the cameras."""

    label: str
    after: str
    before: str | None = None
    officers: int = 1000
    caution: str = ""

    @property
    def unit(self) -> str:
        """The unit of its rates."""
        return (
            f"per {self.officers:,} officers a year" if self.officers > 1 else "per officer a year"
        )


OUTCOMES = {
    "use_of_force": Outcome("Uses of force", "force_after_count", "force_before_count"),
    "complaints": Outcome("Complaints", "complaints_after_count", "complaints_before_count"),
    "guilty_pleas": Outcome(
        "Charges that ended with a guilty plea",
        "pleas_after_count",
        "pleas_before_count",
        caution=" Most cases of the later window had not ended when the data were made, so the two "
        "windows cannot be compared.",
    ),
    "videos": Outcome("Videos recorded", "videos_after_count", officers=1),
}


def evaluate(trial_officers: pl.DataFrame) -> pl.DataFrame:
    """Estimates of every trial in the table, one row per outcome and contrast.

    `trial_officers` has one row per officer (the columns of int_trial_officers). Officers of an
    area without dated windows, or of one with a single arm, are left out. The result has the
    columns of SCHEMA, in a fixed order.
    """
    dated = trial_officers.filter(pl.col("after_days").is_not_null()).sort(
        "programme_id", "officer_id"
    )
    rows = [
        row
        for (programme, area), officers in sorted(
            dated.partition_by("programme_id", "area_id", as_dict=True).items()
        )
        if officers["is_camera_arm"].n_unique() == len(ARMS)
        for name, outcome in OUTCOMES.items()
        for row in _contrasts(str(programme), str(area), name, outcome, officers)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _contrasts(
    programme: str, area: str, name: str, outcome: Outcome, officers: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """The randomised contrast, and the change of each arm beside it."""
    about = {"programme_id": programme, "study": f"officers_of_{area}", "outcome": name}
    yield about | _randomised(outcome, officers)
    if outcome.before is not None:
        for is_camera, arm in ARMS.items():
            side = officers.filter(pl.col("is_camera_arm") == is_camera)
            yield about | _changed(outcome, outcome.before, side, arm)


def _randomised(outcome: Outcome, officers: pl.DataFrame) -> dict[str, Any]:
    treated = officers["is_camera_arm"].to_numpy()
    difference = between_arms(
        _rate(officers, outcome.after, "after_days", outcome.officers),
        treated,
        officers["camera_probability"].to_numpy(),
    )
    counts = officers[outcome.after].to_numpy()
    events = int(counts[treated].sum()), int(counts[~treated].sum())
    days = int(officers["after_days"].max())  # type: ignore[arg-type]
    return {
        "contrast": "camera_minus_control",
        "design": "officers drawn by lot within blocks",
        "measure": f"difference, {outcome.unit}",
        **_figures(difference, (int(treated.sum()), int((~treated).sum())), events),
        "method": "difference in means, weighted by one over the chance of the arm, HC2 errors, "
        "t with n - 2 degrees of freedom (Yokum, Ravishankar and Coppock 2019)",
        "is_randomised": True,
        "words": between_arms_in_words(outcome.label, outcome.unit, difference, events, days),
    }


def _changed(outcome: Outcome, before: str, officers: pl.DataFrame, arm: str) -> dict[str, Any]:
    difference = over_time(
        _rate(officers, before, "before_days", outcome.officers),
        _rate(officers, outcome.after, "after_days", outcome.officers),
    )
    events = int(officers[outcome.after].sum()), int(officers[before].sum())
    return {
        "contrast": f"after_minus_before_{arm}",
        "design": "the same officers before and after, not randomised",
        "measure": f"difference, {outcome.unit}",
        **_figures(difference, (len(officers), len(officers)), events),
        "method": "mean change of the same officers, t with n - 1 degrees of freedom",
        "is_randomised": False,
        "words": over_time_in_words(outcome.label, outcome.unit, difference, events, arm)
        + outcome.caution,
    }


def _figures(
    difference: Difference, units: tuple[int, int], events: tuple[int, int]
) -> dict[str, float | int | None]:
    return {
        "estimate": difference.estimate,
        "standard_error": difference.standard_error,
        "interval_low": difference.low,
        "interval_high": difference.high,
        "p_value": difference.p_value,
        "treated_units": units[0],
        "control_units": units[1],
        "treated_events": float(events[0]),
        "control_events": float(events[1]),
        "smallest_detectable": difference.smallest_detectable,
    }


def _rate(officers: pl.DataFrame, count: str, days: str, per: int) -> Numbers:
    rate = officers[count] * (per * DAYS_A_YEAR) / officers[days]
    return np.asarray(rate.to_numpy(), dtype=np.float64)
