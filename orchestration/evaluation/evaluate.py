"""A trial that drew officers by lot: every outcome by arm, and before against after beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.difference import Difference, Numbers, between_arms, over_time
from orchestration.evaluation.words import between_arms_in_words, over_time_in_words

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

    `trial_officers` has one row per officer (the columns of fct_trial_officers). Officers of an
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
