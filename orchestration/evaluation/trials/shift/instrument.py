"""Allocated first, then delivered: the lot as an instrument for recording (A8)."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.trials.randomisation_inference import Lot

#: Below this F of the first stage an instrument is weak (Staiger and Stock 1997).
WEAK = 10.0
EXCLUSION = (
    "This holds if the lot changed events only through recording: not if a camera that was not "
    "switched on changed behaviour, or if officers carried habits from one arm into the other."
)


@dataclass(frozen=True)
class Instrumented:
    """Differences of events per hour: by lot, of recording, and their quotient."""

    by_lot: float
    by_lot_error: float
    recording: float
    strength: float
    per_recording: float | None
    per_recording_error: float | None


def instrumented(rows: pl.DataFrame, lot: Lot) -> Instrumented | None:
    """Two-stage least squares of events on the share recorded, the lot as instrument.

    Rows are weighted by hours and compared within blocks; errors allow for any variance (HC1).
    None where the table has no recorded and recordable encounters. Raises Refusal where more was
    recorded than could be.
    """
    if not {"recorded", "recordable"} <= set(rows.columns):
        return None
    recorded, recordable = rows["recorded"].to_numpy(), rows["recordable"].to_numpy()
    if (recorded > recordable).any():
        row = rows.row(int(np.argmax(recorded > recordable)), named=True)
        raise Refusal(
            f"shift {row['shift']!r}: {row['recorded']:g} encounters recorded of "
            f"{row['recordable']:g} that could be; correct one of them"
        )
    seen = recordable > 0
    hours = rows["hours"].to_numpy()[seen]
    block = np.unique(lot.block[seen], return_inverse=True)[1]
    values = (
        lot.treated[seen].astype(np.float64),
        recorded[seen] / recordable[seen],
        rows["outcome"].to_numpy()[seen] / hours,
    )
    arm, share, rate = (_within(each, block, hours) for each in values)
    freedom = int(seen.sum()) - int(block.max()) - 2
    if freedom < 1 or not (hours * arm**2).sum() > 0:
        return None
    by_lot, by_lot_error = _slope(rate, arm, hours, freedom)
    recording, recording_error = _slope(share, arm, hours, freedom)
    strength = _strength(recording, recording_error)
    if strength < WEAK:
        return Instrumented(by_lot, by_lot_error, recording, strength, None, None)
    quotient = by_lot / recording
    _, error = _slope(rate - quotient * share, arm, hours, freedom, around=0.0)
    return Instrumented(by_lot, by_lot_error, recording, strength, quotient, error / abs(recording))


def told(found: Instrumented) -> dict[str, float | str | None]:
    """The figures by name, with what they rest on."""
    named: dict[str, float | str | None] = {
        "itt_difference_per_hour": found.by_lot,
        "itt_lo": found.by_lot - Z_95 * found.by_lot_error,
        "itt_hi": found.by_lot + Z_95 * found.by_lot_error,
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
