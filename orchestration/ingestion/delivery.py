"""A delivered file: what it is, what its name says, how it may be refused, and what it may use.

These are shared by all of `ingestion`: the file, a fault in it and its refusal; the name that its
sender chose, safe to print, and the period that it states; and limits on what reading may use. A
file of half a megabyte can unpack to gigabytes, and one cell in the last corner of a worksheet can
ask for more memory than there is: every limit is a setting, and grows with the file where a larger
file needs more.
"""

import calendar
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, Self

Identity = tuple[str, str, str, str]
#: What replaces a word in a kept name that might be somebody's (`landing/shown_names.py`).
NAME_DIGEST = re.compile(r"hidden[0-9a-f]{8}")
DAY = timedelta(days=1)
_4 = r"((?:19|20)\d\d)"
_2 = r"(0[1-9]|1[0-2])"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)[^0-9]{1,7}(\d{4}-\d\d-\d\d)")
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_WORDS = "|".join(sorted(_MONTHS, key=len, reverse=True))
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
MB = 1_000_000
PREFIX = "BODYWORN_FILE_"
# What any file may use, and what each of its bytes adds. Reading takes five to ten times the size
# of a text, and packed files hold twenty times their size.
MEMORY_BASE_MB = 1000
MEMORY_TIMES = 24
PROCESSOR_SECONDS_A_MB = 2
OUTPUT_BASE_MB = 100
OUTPUT_TIMES = 20
# A file that waits for its disk, or for other work on the machine, needs more clock time than
# processor time.
PATIENCE = 4


class FileState(NamedTuple):
    """Size, two times and inode of a file: one of them changes when it is written or replaced."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True)
class Delivery:
    """A file as delivered for one table of one programme, and its place in the arrival order.

    `name` is its path below landing, so that files of the same name in two folders differ. `as_of`
    is set when a load is repeated. `state` is the state of the file when it was hashed.
    """

    programme: str
    source: str
    table: str
    path: Path
    name: str
    file_hash: str
    arrival: int = 0
    as_of: date | None = None
    state: FileState | None = None

    @property
    def identity(self) -> Identity:
        """Programme, source, table and content."""
        return self.programme, self.source, self.table, self.file_hash


@dataclass(frozen=True)
class Fault:
    """A record that cannot be used, by its place in the file; its content is never kept."""

    record: int
    line: int | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class RefusedFile:
    """A file or folder in landing that is not loaded, and what can be done about it."""

    name: str
    sentence: str


class Refused(Exception):
    """The whole file is refused; the message says why and what the sender can do.

    `kept` is the wording for ledger and pages, where the message itself may only appear on a
    terminal.
    """

    def __init__(self, message: str, kept: str | None = None) -> None:
        super().__init__(message)
        self.kept = kept


class LimitMet(Refused):
    """The whole file is refused because it exceeds a limit, which a setting may raise."""


class NotNow(Exception):
    """The file cannot be loaded in this run; the message says why, the next run tries again."""


def printable(name: str) -> str:
    """A printable form of a name: no bytes that are not UTF-8, no control characters.

    Characters that reverse the direction of writing are shown by their number too.
    """
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


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
    for part in reversed(NAME_DIGEST.sub("hidden", name.lower()).split("/")):
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


@dataclass(frozen=True)
class Allowance:
    """What reading one file may use: bytes of memory and of output, and seconds.

    `seconds` are of processor time; `wait` is clock time.
    """

    memory: int
    output: int
    seconds: float
    wait: float


@dataclass(frozen=True)
class FileLimits:
    """The limits that can be set, each by the environment variable `BODYWORN_FILE_<NAME>`.

    `memory_mb` is the most memory that reading any file may use; `seconds` of processor time are
    the least that any file is given. `columns` limits the fields of a header or of any line, and
    the member names in JSON; `blank_lines` limits consecutive blank lines; `unpacked_mb` and
    `unpacked_times` limit what a packed file may unpack to; `cells` limits the rectangle around all
    values of a worksheet, and `rows` those of a packed file, in both cases on top of one for each
    byte delivered.
    """

    memory_mb: int = 4000
    seconds: int = 45
    columns: int = 2000
    blank_lines: int = 1_100_000
    unpacked_mb: int = 2000
    unpacked_times: int = 200
    cells: int = 5_000_000
    rows: int = 1_000_000

    @classmethod
    def from_environment(cls) -> Self:
        """The limits as they are set; raises ValueError unless each is a whole number above 0."""
        found = {}
        for each in fields(cls):
            name = PREFIX + each.name.upper()
            if (text := os.environ.get(name)) is None:
                continue
            if not text.isdecimal() or int(text) == 0:
                raise ValueError(f"{name} is {text!r}, where a whole number above 0 is needed")
            found[each.name] = int(text)
        return cls(**found)

    def allowance(self, size: int) -> Allowance:
        """What reading a file of this many bytes may use."""
        memory = min(self.memory_mb * MB, MEMORY_BASE_MB * MB + MEMORY_TIMES * size)
        seconds = self.seconds + PROCESSOR_SECONDS_A_MB * size / MB
        output = OUTPUT_BASE_MB * MB + OUTPUT_TIMES * size
        return Allowance(memory, output, seconds, PATIENCE * seconds)

    def unpacked(self, size: int) -> int:
        """How many bytes a packed file of this many bytes may unpack to."""
        return min(self.unpacked_mb * MB, self.unpacked_times * size)


def limit_setting(name: str) -> str:
    """The environment variable that sets a limit."""
    return PREFIX + name.upper()
