"""The same units before and during the trial (A7): shown next to the arms, never alone."""

from typing import Any

import numpy as np

from orchestration.evaluation.rates.contrasts import log_rate_ratio, percent_fall
from orchestration.evaluation.rates.exact import rate_ratio
from orchestration.evaluation.trials.shift.shift_table import BeforeAfter, CountWindow

BANNER = (
    "Not randomised: this is what happened over time, not what cameras did. Other things changed "
    "too, and units often enter a trial after a bad spell."
)
#: Months of history that show what a change has to be seen against.
HISTORY = 24


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
