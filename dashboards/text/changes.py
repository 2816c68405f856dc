"""Sentences that compare: before with after as what happened, and arms of a trial."""

from collections.abc import Mapping
from typing import Any

from dashboards.text.figures import sentence
from dashboards.text.formats import between, escape, is_missing, measured, span, whole

Row = Mapping[str, Any]
SMALL = 0.05
#: A rise in per cent above this is worded as a multiple.
MANY = 900


def difference(row: Row, metric: Row) -> str:
    """The interval of the change in the unit of the rate; empty where it is not shown."""
    more, low, high = (
        row[name] for name in ("change_absolute", "interval_low_absolute", "interval_high_absolute")
    )
    if row["status"] != "final" or any(map(is_missing, (more, low, high))):
        return ""
    if low <= 0 <= high:
        return f", from {_amount(low)} to {_amount(high)} {escape(metric['unit'])}"
    near, far = sorted((abs(low), abs(high)))
    way = "fewer" if high < 0 else "more"
    return f", that is {between(near, far, '')} {way} {escape(metric['unit'])}"


def _amount(value: float) -> str:
    return f"{measured(abs(value), '')} {'fewer' if value < 0 else 'more'}"


def sure(row: Row, metric: Row) -> str:
    """How sure we are of a change, by its interval; never 'no change' when we could not tell."""
    low, high = row["interval_low_percent"], row["interval_high_percent"]
    if row["status"] != "final":
        return sentence(row["status_reason"]) or "No change is shown here, so there is no interval."
    if is_missing(low) or is_missing(high):
        return "No interval could be worked out, so nothing is said about the size of the change."
    allows = "The interval (95%) allows for chance, not for anything else that changed."
    size = difference(row, metric)
    if low <= 0 <= high:
        said = f"We could not tell: anything from a {_moved(low)} to a {_moved(high)}"
        return f"{said}{size}. {allows}"
    near, far = sorted((abs(low), abs(high)))
    if high > MANY:
        return f"The rate rose, anything from a {_moved(low)} to a {_moved(high)}{size}. {allows}"
    verb = "fell" if high < 0 else "rose"
    return f"The rate {verb} by {between(near, far, '%')}{size}. {allows}"


def _moved(percent: float) -> str:
    if percent > MANY:
        return f"rate {whole(round(percent / 100 + 1))} times as high"
    size = "less than 0.1%" if abs(percent) < SMALL else measured(abs(percent), "%")
    return f"{'fall' if percent < 0 else 'rise'} of {size}"


def periods(row: Row) -> str:
    """The period that was compared, and the baseline it was compared with."""
    first = span(row["baseline_start"], row["baseline_end"])
    second = span(row["comparison_start"], row["comparison_end"])
    return f"{second} against {first}"


def caption(row: Row, metric: Row) -> str:
    """What was compared with what."""
    return (
        f"Measure: {escape(metric['label'])}, {periods(row)}. Lines are 95% intervals. "
        "Areas are in the order of the map, not of their figures."
    )
