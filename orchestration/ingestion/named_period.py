"""The period that the name of a delivered file states, and the months that days touch."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from orchestration.ingestion.safe_names import DIGEST

DAY = timedelta(days=1)
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))
_4 = r"((?:19|20)\d\d)"
_2 = r"(0[1-9]|1[0-2])"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)[^0-9]{1,7}(\d{4}-\d\d-\d\d)")
_MONTH = re.compile(rf"(?<!\d){_4}[-_. ]?{_2}(?!\d|[-_.]?\d\d(?!\d))")
# Not the end of a day such as 14-02-2016.
_MONTH_FIRST = re.compile(rf"(?<!\d)(?<!\d[-_. ]){_2}[-_. ]{_4}(?!\d|[-_.]\d)")
_WORD = re.compile(rf"(?<![a-z])({_WORDS})[-_. ]?{_4}(?!\d)")
_YEAR_WORD = re.compile(rf"(?<!\d){_4}[-_. ]?({_WORDS})(?![a-z])")
_PART = re.compile(rf"(?<!\d){_4}[-_. ]?(q[1-4]|h[12])(?!\d)")
_PART_FIRST = re.compile(rf"(?<![a-z])(q[1-4]|h[12])[-_. ]?{_4}(?!\d)")
_YEAR = re.compile(rf"(?<!\d){_4}(?!\d)")
# Such a file ends on the day it was made, not with the period in its name.
_UNFINISHED = re.compile(
    r"(?<![a-z])([ymq]td|(to|up)[-_. ]?(to[-_. ]?)?date|so[-_. ]?far|up[-_. ]?to|as[-_. ]?(of|at)"
    r"|until|partial|incomplete)(?![a-z])"
)


class Days(NamedTuple):
    """A first and a last day."""

    first: date
    last: date

    def holds(self, other: "Days") -> bool:
        """Whether another period lies within this one."""
        return self.first <= other.first and other.last <= self.last


def month_of(day: date) -> Days:
    """The month in which a day lies."""
    return Days(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def months(days: Days) -> Iterator[Days]:
    """Every month that the days touch, in order."""
    month = month_of(days.first)
    while month.first <= days.last:
        yield month
        month = month_of(month.last + DAY)


def named_period(name: str) -> Days | None:
    """The days that a file's name, or else its nearest folder's, states; None where neither does.

    Recognised are two dates, months (2016-02, 201602, 02-2016, feb_2016, 2016-feb), a quarter or a
    half (2016-Q1, h2_2016), and a year that is the only number in the name: beside other numbers,
    2016 may be part of the date on which the file was made, or of a financial year. A name that
    says how far the file goes (ytd, to_date, as_of) states no whole period unless it has two dates.
    """
    for part in reversed(DIGEST.sub("hidden", name.lower()).split("/")):
        if _UNFINISHED.search(part) and not _DAYS.search(part):
            return None
        if found := _period_of(part):
            return found
    return None


def _period_of(text: str) -> Days | None:
    try:
        if found := _DAYS.search(text):
            return Days(*map(date.fromisoformat, found.groups()))
    except ValueError:
        return None
    named = [(int(year), int(month)) for year, month in _MONTH.findall(text)]
    named += [(int(year), int(month)) for month, year in _MONTH_FIRST.findall(text)]
    named += [(int(year), _MONTHS[word]) for word, year in _WORD.findall(text)]
    named += [(int(year), _MONTHS[word]) for year, word in _YEAR_WORD.findall(text)]
    if named:
        ends = [month_of(date(year, month, 1)) for year, month in named]
        return Days(min(ends).first, max(ends).last)
    parts = _PART.findall(text) + [(year, part) for part, year in _PART_FIRST.findall(text)]
    if parts:
        year, part = parts[0]
        length = 3 if part[0] == "q" else 6
        last = date(int(year), length * int(part[1]), 1)
        return Days(last.replace(month=last.month - length + 1), month_of(last).last)
    numbers = re.findall(r"\d+", text)
    if len(numbers) == 1 and _YEAR.search(text):
        return Days(date(int(numbers[0]), 1, 1), date(int(numbers[0]), 12, 31))
    return None


def without_period(name: str) -> str:
    """The shared part of the names of files of one kind: the name without numbers and months."""
    last = name.rsplit("/", 1)[-1].lower()
    return re.sub(rf"(?<![a-z])({_WORDS})(?![a-z])|[0-9]+", "0", last)
