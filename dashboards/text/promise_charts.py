"""The text of the charts of promises: plan against issue, days and bounds, and pounds."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.text.formats import day, escape, month, number_of, whole
from dashboards.text.promises import when

Row = Mapping[str, Any]


def issued(versions: Sequence[Row], counts: Sequence[Row], unit: str) -> str:
    """How many of those promised were reported, as a finding."""
    most = whole(max(row["target"] for row in versions))
    if not counts:
        return f"{most} {unit} promised, none reported"
    last = max(counts, key=lambda row: (row["count"], row["day"]))
    return f"{whole(last['count'])} of {most} {unit} reported by {month(last['day'])}"


def issued_alt(versions: Sequence[Row], counts: Sequence[Row], unit: str) -> str:
    """Plan against issue for those who do not see the chart."""
    plans = [
        f"{whole(row['target'])} promised on {day(row['made_on'])} for {when(row['due'])}"
        for row in versions
    ]
    found = [f"{whole(row['count'])} reported on {day(row['day'])}" for row in counts]
    return f"{unit.capitalize()}: {'; '.join([*plans, *found])}."


def rollout(known: int, areas: int) -> str:
    """For how many areas the day of their first cameras is known."""
    return f"The day is known of {known} of {areas} areas"


def rollout_alt(rows: Sequence[Row]) -> str:
    """Days and bounds of areas for those who do not see the chart."""
    said = [
        f"{row['area']}: {day(row['latest'])}"
        if row["is_known"]
        else f"{row['area']}: {day(row['earliest'])} to {day(row['latest'])}"
        for row in rows
    ]
    return f"When the cameras of each area came. {'; '.join(said)}."


def unbounded(rows: Sequence[Row]) -> str:
    """Areas whose cameras can be bounded on one side at most, in a sentence; empty for none."""
    if not rows:
        return ""
    said = [f"{escape(row['area'])}{_one_bound(row)}" for row in rows]
    return f"No start was reported for {number_of(len(rows), 'areas')}: {', '.join(said)}."


def _one_bound(row: Row) -> str:
    if row["earliest"] is not None:
        return f" (not before {day(row['earliest'])})"
    return f" (at the latest on {day(row['latest'])})" if row["latest"] is not None else ""


def spending(rows: Sequence[Row]) -> str:
    """What was paid of the budget in all, as a finding."""
    row = rows[0]
    return f"£{whole(row['spent'])} paid of £{whole(row['budget'])} by {month(row['by'])}"


def spent(row: Row) -> str:
    """What was paid of a budget, or of one funder's part of it."""
    return f"{row['of_what']}: £{whole(row['spent'])} paid of £{whole(row['budget'])}"


def against_plan_alt(rows: Sequence[Row]) -> str:
    """Cameras planned and issued for those who do not see the chart."""
    said = [
        f"{day(row['period_start'])}: {whole(row['numerator'])} of {whole(row['denominator'])}"
        for row in rows
    ]
    return f"Cameras issued of those planned. {'; '.join(said)}."
