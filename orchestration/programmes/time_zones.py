"""When the clocks of a time zone change, and how far local time is from UTC in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

# Local times outside these years are taken to be UTC; contracts refuse dates before the first.
FIRST_YEAR, LAST_YEAR = 1950, 2060
DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockChange:
    """The moment at which clocks changed (UTC), and local time less UTC before and after."""

    moment: datetime
    before: timedelta
    after: timedelta

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The local times that the change skips (spring), or shows twice (autumn)."""
        first, last = sorted((self.moment + self.before, self.moment + self.after))
        return first, last

    @property
    def doubles(self) -> bool:
        """Whether the local times of the span were shown twice."""
        return self.after < self.before


@dataclass(frozen=True)
class OffsetSpan:
    """Local times of one year and their offset from UTC; two where clocks showed them twice.

    A time that clocks skip in spring has the winter offset: the clock that wrote it was not changed
    yet.
    """

    local_from: datetime
    local_before: datetime
    offset: timedelta
    later_offset: timedelta


def clock_changes(zone: str, first: datetime, last: datetime) -> list[ClockChange]:
    """The changes from the day before one local time to the day after another, in order."""
    clock, found = ZoneInfo(zone), []
    day = datetime(first.year, first.month, first.day, tzinfo=UTC) - DAY
    before = _offset(day, clock)
    while day.replace(tzinfo=None) <= last + DAY:
        after = _offset(day + DAY, clock)
        if after != before:
            moment = _moment(day, clock, before)
            found.append(ClockChange(moment.replace(tzinfo=None), before, after))
        day, before = day + DAY, after
    return found


@cache
def offset_spans(zone: str) -> list[OffsetSpan]:
    """Spans without gap or overlap from the first year to the last, each within one year."""
    first, last = datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR + 1, 1, 1)  # noqa: DTZ001 - local
    spans = []
    start, offset = first, _offset(first.replace(tzinfo=UTC), ZoneInfo(zone))
    for change in clock_changes(zone, first, last):
        begins, ends = change.span
        if change.doubles:
            spans.append(OffsetSpan(start, begins, offset, offset))
            spans.append(OffsetSpan(begins, ends, change.before, change.after))
        else:
            spans.append(OffsetSpan(start, ends, offset, offset))
        start, offset = ends, change.after
    spans.append(OffsetSpan(start, last, offset, offset))
    return [part for span in spans for part in _by_year(span)]


def _by_year(span: OffsetSpan) -> Iterator[OffsetSpan]:
    start = span.local_from
    while start < span.local_before:
        new_year = datetime(start.year + 1, 1, 1)  # noqa: DTZ001 - local
        end = min(span.local_before, new_year)
        yield OffsetSpan(start, end, span.offset, span.later_offset)
        start = end


def _offset(moment: datetime, clock: ZoneInfo) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta()


def _moment(day: datetime, clock: ZoneInfo, before: timedelta) -> datetime:
    """The minute of a day (UTC) at which the offset changed."""
    low, high = 0, 24 * 60
    while low < high:
        middle = (low + high) // 2
        if _offset(day + timedelta(minutes=middle), clock) == before:
            low = middle + 1
        else:
            high = middle
    return day + timedelta(minutes=low)
