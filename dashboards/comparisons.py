"""Sentences that compare: before with after as what happened, and arms of a trial."""

from collections.abc import Mapping
from typing import Any

from dashboards.formats import between, is_missing, measured, plain, span, whole
from dashboards.words import sentence

Row = Mapping[str, Any]


def counts(row: Row) -> str:
    """Both periods of a before-and-after comparison, counts first."""
    return "; ".join(
        f"{span(row[f'{side}_start'], row[f'{side}_end'])}: {whole(row[f'{side}_events'])} from "
        f"{whole(row[f'{side}_exposure'])} officer-months"
        for side in ("baseline", "comparison")
    )


def rates(row: Row) -> str:
    """Both rates and their difference, with its interval where there is one."""
    unit = "per 1,000 officers a year"
    said = (
        f"From {measured(row['baseline_rate'], unit)} to {measured(row['comparison_rate'], unit)}"
    )
    more = row["change_absolute"]
    if is_missing(more):
        return f"{said} {unit}."
    size = measured(abs(more), unit)
    return f"{said} {unit}: {size} {'fewer' if more < 0 else 'more'}."


def sure(row: Row) -> str:
    """A percent change in words by its interval; never 'no change' when we could not tell."""
    low, high = row["interval_low_percent"], row["interval_high_percent"]
    if is_missing(low) or is_missing(high):
        return "No interval could be worked out, so nothing is said about the size of the change."
    if low <= 0 <= high:
        return f"We could not tell: anything from a {_moved(low)} to a {_moved(high)}."
    near, far = sorted((abs(low), abs(high)))
    verb = "fell" if high < 0 else "rose"
    return f"Allowing for chance, the rate {verb} by {between(near, far, '%')} (95% interval)."


def _moved(percent: float) -> str:
    return f"{'fall' if percent < 0 else 'rise'} of {measured(abs(percent), '%')}"


def not_shown(row: Row) -> str:
    """Why a change is not shown as a percentage."""
    if row["status"] == "low":
        return (
            f"**{plain(counts(row))}.** Fewer than 20 in the first period, so the change is "
            "not shown as a percentage."
        )
    if row["status"] == "suppressed":
        return "Hidden to protect people."
    return f"Not shown. {sentence(row['status_reason'])}".strip()


def caption(row: Row, metric: Row) -> str:
    """What was compared with what."""
    first = span(row["baseline_start"], row["baseline_end"])
    second = span(row["comparison_start"], row["comparison_end"])
    return (
        f"Measure: {plain(metric['label'])}, {second} against {first}. Lines are 95% intervals. "
        "Areas are in the order of the map, not of their figures."
    )


def estimate(row: Row) -> str:
    """A randomised comparison: counts in both arms, then the difference and its interval."""
    outcome = str(row["outcome"]).replace("_", " ").capitalize()
    units = f"{whole(row['treated_units'])} with and {whole(row['control_units'])} without a camera"
    events = (row["treated_events"], row["control_events"])
    if not any(map(is_missing, events)):
        units = f"{whole(events[0])} and {whole(events[1])} events; {units}"
    return f"**{plain(outcome)}: {units}.** {sentence(row['words'])}"
