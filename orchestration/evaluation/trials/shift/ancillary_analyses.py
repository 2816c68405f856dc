"""Ancillary analyses of a shift trial (A7 to A9): before and during, the instrument, spillover.

The same units before and during the trial are shown next to the arms, never alone. Randomised
allocation serves as an instrument for recording: the complier average causal effect. Spillover is
what cameras did on the shifts without them.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers, days
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates.contrasts import Z_95, log_rate_ratio, percent_fall
from orchestration.evaluation.rates.count_models import poisson
from orchestration.evaluation.rates.exact_rates import rate_ratio
from orchestration.evaluation.trials.randomisation import Allocation
from orchestration.evaluation.trials.shift.shift_table import BeforeAfter, CountWindow
from orchestration.evaluation.wording import plain

BANNER = (
    "Not randomised: this is what happened over time, not what cameras did. Other things changed "
    "too, and units often enter a trial after a bad spell."
)
#: Months of history that show what a change has to be seen against.
HISTORY = 24
#: Below this F of the first stage an instrument is weak (Staiger and Stock 1997).
WEAK = 10.0
EXCLUSION = (
    "This holds if the allocation changed events only through recording: not if a camera that was "
    "not switched on changed behaviour, or if officers carried habits from one arm to the other."
)
THIRDS = 3
# Where the share c of a log ratio is carried into the control shifts, their rate is multiplied by
# RR^c and that of the treated by RR: the arms differ by RR / RR^c = RR^(1 - c). For a halving,
# 0.5^(1 - 0.5) = 0.71 and 0.5^(1 - 0.9) = 0.93.
WARNING = (
    "Officers worked in both arms. If habits carried over, the contrast of arms shrinks towards "
    "nothing: half carried over turns a halving into a ratio of 0.71, nine tenths into 0.93. A "
    "small contrast of arms with a large fall over time is expected both when habits carried "
    "over and when cameras did nothing while other things changed; shifts alone cannot separate "
    "these."
)


def before_after(windows: BeforeAfter) -> dict[str, Any]:
    """Ratio of rates before and during, with Poisson and over-dispersed limits; other units too.

    Returns the figures by name, with a `banner` that says how they may be read.
    """
    dispersion = _dispersion(windows.history)
    panel: dict[str, Any] = {
        "banner": BANNER,
        "units_in_the_trial": _change(windows.before, windows.during, dispersion),
        "dispersion_of_the_history": dispersion,
        "history": list(windows.history),
    }
    if len(windows.history) < HISTORY:
        panel["caution"] = f"{len(windows.history)} months of history; {HISTORY} show seasons"
    if windows.others_before and windows.others_during:
        panel["other_units"] = _change(windows.others_before, windows.others_during, dispersion)
    return panel


def _change(before: CountWindow, during: CountWindow, dispersion: float | None) -> dict[str, Any]:
    events, exposure = (during.events, before.events), (during.exposure, before.exposure)
    found = rate_ratio(events, exposure)
    change: dict[str, Any] = {
        "events_before": before.events,
        "events_during": during.events,
        "rate_ratio": found.value,
        "poisson_low": found.low,
        "poisson_high": found.high,
    }
    if before.events:
        rates = before.events / before.exposure, during.events / during.exposure
        change["percent_fall"] = percent_fall(*rates)
    if dispersion is not None and min(events) > 0:
        low, high = log_rate_ratio(events, exposure, dispersion).interval()
        change |= {"overdispersed_low": low, "overdispersed_high": high}
    return change


def _dispersion(history: tuple[int, ...]) -> float | None:
    """Variance over mean of the monthly counts; None where the history is too short for it."""
    if len(history) < 12 or sum(history) == 0:  # noqa: PLR2004 - a year of months
        return None
    counts = np.array(history, dtype=np.float64)
    return max(float(counts.var(ddof=1) / counts.mean()), 1.0)


@dataclass(frozen=True)
class Instrumented:
    """Differences of events per hour: intention to treat, first stage, and the quotient (CACE)."""

    intention_to_treat: float
    intention_to_treat_error: float
    recording: float
    strength: float
    per_recording: float | None
    per_recording_error: float | None


def instrumented(rows: pl.DataFrame, allocation: Allocation) -> Instrumented | None:
    """Two-stage least squares of events on the share recorded, the allocation as instrument.

    `rows` (one row per shift counted). Rows are weighted by hours and compared within blocks;
    errors allow for any variance (HC1). Angrist, Imbens and Rubin (1996, Journal of the American
    Statistical Association 91:444). Returns Instrumented, or None where the table has no recorded
    and recordable encounters. Raises Refusal where more was recorded than could be.
    """
    if not {"recorded", "recordable"} <= set(rows.columns):
        return None
    recorded, recordable = rows["recorded"].to_numpy(), rows["recordable"].to_numpy()
    if (recorded > recordable).any():
        row = rows.row(int(np.argmax(recorded > recordable)), named=True)
        raise Refusal(
            f"shift {row['shift']!r}: {plain(row['recorded'])} encounters recorded of "
            f"{plain(row['recordable'])} that could be; correct one of them"
        )
    seen = recordable > 0
    hours = rows["hours"].to_numpy()[seen]
    block = np.unique(allocation.block[seen], return_inverse=True)[1]
    values = (
        allocation.treated[seen].astype(np.float64),
        recorded[seen] / recordable[seen],
        rows["outcome"].to_numpy()[seen] / hours,
    )
    arm, share, rate = (_within(each, block, hours) for each in values)
    freedom = int(seen.sum()) - int(block.max()) - 2
    if freedom < 1 or not (hours * arm**2).sum() > 0:
        return None
    intention_to_treat, intention_to_treat_error = _slope(rate, arm, hours, freedom)
    recording, recording_error = _slope(share, arm, hours, freedom)
    strength = _strength(recording, recording_error)
    if strength < WEAK:
        return Instrumented(
            intention_to_treat, intention_to_treat_error, recording, strength, None, None
        )
    quotient = intention_to_treat / recording
    _, error = _slope(rate - quotient * share, arm, hours, freedom, around=0.0)
    return Instrumented(
        intention_to_treat,
        intention_to_treat_error,
        recording,
        strength,
        quotient,
        error / abs(recording),
    )


def instrument_values(found: Instrumented) -> dict[str, float | str | None]:
    """The figures of the instrument, with the assumption that they rest on.

    Returns the figures by name; `cace` is None with a weak instrument.
    """
    named: dict[str, float | str | None] = {
        "itt_difference_per_hour": found.intention_to_treat,
        "itt_lo": found.intention_to_treat - Z_95 * found.intention_to_treat_error,
        "itt_hi": found.intention_to_treat + Z_95 * found.intention_to_treat_error,
        "recording_difference": found.recording,
        "first_stage_F": found.strength if np.isfinite(found.strength) else None,
        "exclusion": EXCLUSION,
    }
    if found.per_recording is None or found.per_recording_error is None:
        return named | {"cace": None, "why": "the arms recorded too much alike (F below 10)"}
    reach = Z_95 * found.per_recording_error
    return named | {
        "cace": found.per_recording,
        "cace_lo": found.per_recording - reach,
        "cace_hi": found.per_recording + reach,
    }


def _strength(recording: float, error: float) -> float:
    """F of the first stage; none at all where every shift recorded alike."""
    if error > 0:
        return (recording / error) ** 2
    return float("inf") if recording else 0.0


def _within(values: Numbers, block: np.ndarray, weight: Numbers) -> Numbers:
    mean = np.bincount(block, weight * values) / np.bincount(block, weight)
    return np.asarray(values - mean[block])


def _slope(
    outcome: Numbers, arm: Numbers, weight: Numbers, freedom: int, around: float | None = None
) -> tuple[float, float]:
    """Weighted slope on the arm and its HC1 error; residuals about `around` where given."""
    size = float((weight * arm**2).sum())
    slope = float((weight * arm * outcome).sum() / size)
    residual = outcome - (slope if around is None else around) * arm
    spread = float((weight**2 * arm**2 * residual**2).sum()) * len(outcome) / freedom
    return slope, sqrt(spread) / size


def spillover(rows: pl.DataFrame) -> dict[str, Any]:
    """Three signs of spillover: control rates over time, by earlier treatment, the ratio over time.

    `rows` (one row per shift counted). Returns ratios with their 95% limits by name; a sign that
    the table cannot give is None with the reason.
    """
    signs: dict[str, Any] = {"warning": WARNING}
    # A site whose control shifts had no events says nothing of how their rate moved.
    informative = (pl.col("outcome") * ~pl.col("treated")).sum().over("site") > 0
    rows = rows.filter(informative)
    control = rows.filter(~pl.col("treated"))
    if control.is_empty():
        return signs | {"why": "the control shifts had no events"}
    if "date" not in rows.columns:
        missing = {"ratio": None, "why": "the table has no dates"}
        signs |= {"control_rate_per_30_days": missing, "gap_by_third": missing}
    else:
        day = _days(rows)
        signs["control_rate_per_30_days"] = _trend(
            control, day.filter(~rows["treated"]).to_numpy() / 30
        )
        signs["gap_by_third"] = _gaps(rows, day)
    if "prior" in rows.columns:
        signs["control_rate_by_prior_treated_share"] = _trend(control, control["prior"].to_numpy())
    else:
        signs["control_rate_by_prior_treated_share"] = {
            "ratio": None,
            "why": "the table has no column of the treated share of officers' earlier shifts",
        }
    return signs


def _days(rows: pl.DataFrame) -> pl.Series:
    day = days(rows, "date")
    return (day - day.min()).dt.total_days().cast(pl.Float64)


def _trend(control: pl.DataFrame, along: Numbers) -> dict[str, float | str | None]:
    """Ratio of control rates for one step along, quasi-Poisson within sites."""
    sites = control.select(pl.col("site").rank("dense")).to_series().to_numpy() - 1
    dummies = np.eye(int(sites.max()) + 1)[sites.astype(int)]
    if along.std() == 0:
        return {"ratio": None, "why": "nothing varies to compare"}
    try:
        found = poisson(
            control["outcome"].to_numpy(),
            np.column_stack([along, dummies]),
            control["hours"].to_numpy(),
            quasi=True,
        )
    except Refusal as reason:
        return {"ratio": None, "why": str(reason)}
    slope, error = float(found.coefficients[0]), float(found.errors[0])
    low, high = slope - 1.96 * error, slope + 1.96 * error
    return {"ratio": float(np.exp(slope)), "low": float(np.exp(low)), "high": float(np.exp(high))}


def _gaps(rows: pl.DataFrame, day: pl.Series) -> list[dict[str, float | int | None]]:
    """The ratio of arms in each third of the trial's days."""
    third = (day * THIRDS / (float(day.max() or 0) + 1)).floor().cast(pl.Int64)  # type: ignore[arg-type]
    found = []
    for number in range(THIRDS):
        part = rows.filter(third == number)
        sides = [part.filter(pl.col("treated") == arm) for arm in (True, False)]
        events = [int(side["outcome"].sum()) for side in sides]
        hours = [float(side["hours"].sum()) for side in sides]
        row: dict[str, float | int | None] = {
            "third": number + 1,
            "treated_events": events[0],
            "control_events": events[1],
            "ratio": None,
        }
        if min(events) > 0 and min(hours) > 0:
            ratio = log_rate_ratio((events[0], events[1]), (hours[0], hours[1]))
            low, high = ratio.interval()
            row |= {"ratio": ratio.ratio, "low": low, "high": high}
        found.append(row)
    return found
