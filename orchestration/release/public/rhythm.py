"""When a programme's figures are published: with every release, or a month after the last time.

A reader who has every night's figures sees single complaints come, and with them who is new in a
small count. A programme that is neither open data nor synthetic is therefore published by month.
"""

import calendar
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Rhythm = Literal["month", "release"]


@dataclass(frozen=True)
class Publication:
    """Whether a release publishes figures of a programme, and why.

    `next_on` is the day (ISO 8601) from which it does if this release does not, else None.
    """

    is_published: bool
    why: str
    next_on: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def decide(rhythm: Rhythm, last: date | None, as_of: date, correction: str | None) -> Publication:
    """Whether a release as of a day publishes, when `last` is the as-of day of the last one."""
    if last is None:
        return Publication(is_published=True, why="first publication")
    if rhythm == "release":
        return Publication(is_published=True, why="published with every release")
    due = a_month_after(last)
    if as_of >= due:
        return Publication(is_published=True, why="due")
    if correction:
        return Publication(is_published=True, why=f"correction: {correction}")
    return Publication(is_published=False, why=f"last published as of {last}", next_on=f"{due}")
