"""Randomised allocation as an instrument for recording (A8): the complier average causal effect."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.trials.randomisation_inference import Allocation

#: Below this F of the first stage an instrument is weak (Staiger and Stock 1997).
WEAK = 10.0
EXCLUSION = (
    "This holds if the allocation changed events only through recording: not if a camera that was "
    "not switched on changed behaviour, or if officers carried habits from one arm to the other."
)


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
