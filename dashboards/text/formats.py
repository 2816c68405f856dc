"""Numbers and dates as a reader would say them: nothing is computed here, only formatted."""

import calendar
import math
import re
from datetime import date, datetime
from typing import Any

from orchestration.evaluation import wording

MONTHS = tuple(calendar.month_name[1:])
HUNDRED, TEN, NINETY = 100, 10, 90
FINEST, CLOSE = 3, 2
SPECIAL = re.compile(r"([\\`*_\[\]$<>~#|:])")
#: A date of ISO 8601 by itself: not a part of a name of a file or release, nor of a clock.
ISO_DATE = re.compile(r"(?<![\w/.`'\"-])\d{4}-\d{2}-\d{2}(?![\w/`'\"-]|\.\w| \d\d?:)")


def escape(text: object) -> str:
    """Text from data, so that Markdown shows it character by character."""
    return SPECIAL.sub(r"\\\1", str(text))


def is_missing(value: Any) -> bool:
    """Whether there is no number to print."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def whole(value: float | None) -> str:
    """A count with thousands separators; a fraction keeps one decimal."""
    if value is None or is_missing(value):
        return "not known"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= HUNDRED else f"{value:,.1f}"


def number_of(value: float | None, words: str) -> str:
    """A count with what was counted, which is given in the plural."""
    return wording.counted(whole(value), words)


def decimals(value: float, unit: str) -> int:
    """Decimals a figure is printed with: about three figures, one at most for a share."""
    if unit == "%":
        return 0 if value == round(value) or TEN <= abs(value) <= NINETY else 1
    size = abs(value)
    return 0 if size >= HUNDRED or value == round(value) else 1 if size >= TEN else 2


def measured(value: float | None, unit: str, places: int | None = None) -> str:
    """A figure without its unit in words; shares carry their percent sign."""
    if value is None or is_missing(value):
        return "not known"
    if unit == "%" and value in {0, HUNDRED}:
        return f"{value:.0f}%"
    text = f"{value:,.{decimals(value, unit) if places is None else places}f}"
    return f"{text}%" if unit == "%" else text


def places(low: float | None, high: float | None, unit: str) -> int | None:
    """The fewest decimals at which an interval's ends differ; None when there is no interval."""
    if low is None or high is None or is_missing(low) or is_missing(high):
        return None
    found = min(decimals(low, unit), decimals(high, unit))
    if unit == "%" and high - low >= TEN and (low == 0 or abs(low) >= 1):
        return 0
    if found == 0 and high - low < CLOSE:
        found = 1
    while found < FINEST and low != high and f"{low:.{found}f}" == f"{high:.{found}f}":
        found += 1
    return found


def between(low: float | None, high: float | None, unit: str) -> str:
    """An interval in words, with as many decimals as it takes for its ends to differ."""
    found = places(low, high, unit)
    if found is None:
        return ""
    ends = measured(low, unit, found), measured(high, unit, found)
    return f"about {ends[0]}" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"


def in_unit(number: str, unit: object) -> str:
    """A number of a promise with its unit: `100`, `percent of the plan` give 100% of the plan."""
    said = str(unit or "")
    share = re.sub(r"^per ?cent\b", "%", said)
    if share.startswith("%"):
        return f"{number}{escape(share)}"
    return escape(wording.counted(number, share))


def day(value: date) -> str:
    """1 June 2016."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def with_days(said: str) -> str:
    """The words with each date in them as a page writes it."""
    return ISO_DATE.sub(_day_of, said)


def _day_of(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def month(value: date) -> str:
    """June 2016."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def moment(text: str) -> str:
    """An ISO 8601 clock as `21 November 2026, 09:41 UTC`; 'not known' when it is not one."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return "at a time not known"
    return f"{day(when.date())}, {when:%H:%M} UTC"


def period(grain: str, start: date, end: date | None) -> str:
    """A period by its name if it has one (month, quarter, calendar year), else both ends."""
    if grain == "month":
        return month(start)
    if grain == "quarter" and end is None:
        return f"quarter from {month(start)}"
    if grain == "year" and (start.month, start.day) == (1, 1):
        return str(start.year)
    return span(start, end)


def span(start: date, end: date | None) -> str:
    """June 2014 to May 2016; with days when an end is not the end of a month.

    A year is said once: 2018, or May to August 2018.
    """
    if end is None:
        return f"from {day(start)}"
    is_whole = start.day == 1 and _is_last(end)
    write = month if is_whole else day
    if write(start) == write(end):
        return write(start)
    if is_whole and start.year == end.year:
        is_year = (start.month, end.month) == (1, 12)
        return str(end.year) if is_year else f"{MONTHS[start.month - 1]} to {month(end)}"
    return f"{write(start)} to {write(end)}"


def _is_last(value: date) -> bool:
    return date.fromordinal(value.toordinal() + 1).day == 1
