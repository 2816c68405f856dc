"""What the days of a table forbid: breaks in recording, late records, and late allocations.

An outcome whose records may still arrive is not complete, and an allocation made after counting
began is not a random one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.evaluation.columns import days
from orchestration.evaluation.core import Gate, Keys, Refusal

MONTHS = 12
ALLOCATED_BEFORE = "allocated before counting began"


class RecordingBreak(BaseModel):
    """A change of definition, form, system or area, and the first period that it touches."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    # Numbers first: read as a date, period 0 would be the first of January 1970.
    at: int | date = Field(union_mode="left_to_right")
    what: str


def refuse_to_span(
    breaks: tuple[RecordingBreak, ...], first: date | int, last: date | int, *, is_allowed: bool
) -> tuple[str, ...]:
    """Refuse a table that runs over a break, unless the study allows it.

    A break counts when it lies after `first` and not after `last`. Returns a note for each such
    break. Raises Refusal with the first of them where `is_allowed` is false.
    """
    inside = [each for each in breaks if _is_within(each.at, first, last)]
    if inside and not is_allowed:
        raise Refusal(
            f"the table runs over a break of {inside[0].at}: {inside[0].what} End or begin it "
            "there, or say `spans_breaks: true` and carry the doubt."
        )
    return tuple(f"Runs over the break of {each.at}: {each.what}" for each in inside)


def _is_within(at: date | int, first: date | int, last: date | int) -> bool:
    if isinstance(at, date) != isinstance(first, date):
        raise Refusal(f"break {at}: dates and numbered periods cannot be compared")
    return first < at <= last  # type: ignore[operator]


class DatedKeys(Keys):
    """`breaks` are dated changes of what is recorded; `spans_breaks` runs over them by choice.

    `data_cut` is the last day that the data hold, and records may come `matures_after` months late.
    """

    breaks: tuple[RecordingBreak, ...] = ()
    spans_breaks: bool = False
    data_cut: date | None = None
    matures_after: int = Field(default=0, ge=0, le=600)

    @model_validator(mode="after")
    def _lag_has_a_cut(self) -> Self:
        if self.matures_after and self.data_cut is None:
            raise ValueError("matures_after needs data_cut: the day on which the data were cut")
        return self

    @property
    def needs_days(self) -> bool:
        """Whether the study names a break or a data cut: these need dates in the table."""
        return bool(self.breaks) or self.data_cut is not None


class CountedKeys(DatedKeys):
    """Columns `counted_from` and `counted_to`: first and last day on which a row was counted."""

    counted_from: str | None = None
    counted_to: str | None = None

    @model_validator(mode="after")
    def _days_are_named(self) -> Self:
        if (self.counted_from is None) != (self.counted_to is None):
            raise ValueError("counted_from and counted_to belong together")
        if self.needs_days and self.counted_from is None:
            raise ValueError(
                "breaks and data_cut need counted_from and counted_to, columns of days"
            )
        return self


def refuse_by_days(keys: DatedKeys, first: date, last: date) -> tuple[str, ...]:
    """Check breaks and maturity for days counted from `first` to `last`, both included.

    Returns the notes on breaks. Raises Refusal for a break that the study does not allow, and for
    an outcome that is not yet complete.
    """
    refuse_unripe(keys, last + timedelta(days=1))
    return refuse_to_span(keys.breaks, first, last, is_allowed=keys.spans_breaks)


def refuse_by_rows(keys: CountedKeys, table: pl.DataFrame) -> tuple[str, ...]:
    """Check breaks and maturity from the first to the last day on which any row was counted.

    `table` (one row per unit, with the columns `counted_from` and `counted_to`). Returns the notes
    on breaks, none where the study does not name these columns. Raises Refusal as `refuse_by_days`
    does, and for a row whose days end before they begin.
    """
    if keys.counted_from is None or keys.counted_to is None:
        return ()
    begun, ended = days(table, keys.counted_from), days(table, keys.counted_to)
    if (ended < begun).any():
        row = int((ended < begun).arg_max() or 0)
        raise Refusal(f"row {row + 1}: counted from {begun[row]} to {ended[row]}, which is earlier")
    return refuse_by_days(keys, begun.min(), ended.max())  # type: ignore[arg-type]


def refuse_by_periods(
    keys: DatedKeys, first: date | int, ended: date | int, column: str
) -> tuple[str, ...]:
    """Check breaks and maturity for periods that begin with `first` and end before `ended`.

    `column` is the name of the column of periods. Returns the notes on breaks. Raises Refusal as
    `refuse_by_days` does, and for numbered periods in a study that gives the day of its data cut.
    """
    refuse_unripe(keys, ended, column)
    last = ended - timedelta(days=1) if isinstance(ended, date) else ended - 1
    return refuse_to_span(keys.breaks, first, last, is_allowed=keys.spans_breaks)


def refuse_unripe(keys: DatedKeys, ended: date | int, column: str = "") -> None:
    """Refuse an outcome whose records may still be arriving.

    `ended` is the first day, or the first period of `column`, that is no longer counted. The day of
    the data cut is part of the data: 31 March is three months after the end of December. Raises
    Refusal where fewer than `matures_after` months lie between `ended` and the cut, and where
    periods are numbered and not dated.
    """
    if keys.data_cut is None:
        return
    if not isinstance(ended, date):
        raise Refusal(f"column {column!r}: numbered periods cannot be compared with `data_cut`")
    known = keys.data_cut + timedelta(days=1)
    months = (known.year - ended.year) * MONTHS + known.month - ended.month
    if months - (known.day < ended.day) < keys.matures_after:
        raise Refusal(
            f"the outcome of {ended - timedelta(days=1)} has not matured: the data were cut on "
            f"{keys.data_cut} and records may come for {keys.matures_after} months. End the table "
            "earlier."
        )


class AllocationKeys(CountedKeys):
    """When units were allocated: `allocated_at`, a column, or `allocated_on`, one day for all.

    It is compared with `counted_from`, else with `first_counted`, else with the first day of the
    outcome window of the study. Where only a day is known, an allocation on that day is in time.
    """

    allocated_at: str | None = None
    allocated_on: date | None = None
    first_counted: date | None = None

    @model_validator(mode="after")
    def _allocated_once(self) -> Self:
        if self.allocated_at is not None and self.allocated_on is not None:
            raise ValueError(
                "allocated_at, a column, and allocated_on, one day for all: name one of them"
            )
        return self

    def beginning(self, first: date) -> Self:
        """These keys with `first` as the first day counted, where they name none themselves.

        Returns the keys.
        """
        return self if self.first_counted else self.model_copy(update={"first_counted": first})


@dataclass(frozen=True)
class LateAllocations:
    """How many were allocated too late, and the first of them: its row from 0 and its two times."""

    count: int
    row: int
    allocated: datetime
    begun: datetime


def late_allocations(
    allocated: pl.Series, begun: pl.Series, *, by_day: bool
) -> LateAllocations | None:
    """Find units allocated once counting had begun; a row without either time is none of them.

    `allocated` (n,) and `begun` (n,) are times. `by_day` where only the day of the beginning is
    known: an allocation on that day may have been in time. Returns LateAllocations, or None where
    there is none.
    """
    is_late = allocated.dt.date() > begun.dt.date() if by_day else allocated >= begun
    rows = is_late.fill_null(value=False).arg_true()
    if rows.is_empty():
        return None
    first = int(rows[0])
    return LateAllocations(len(rows), first, allocated[first], begun[first])


def date_times(table: pl.DataFrame, column: str) -> pl.Series:
    """Times of a column, empty ones left empty.

    `table` (one row per unit). Returns the times (n,). Raises Refusal with a column that does not
    exist or holds what is no time.
    """
    if column not in table.columns:
        raise Refusal(f"there is no column {column!r}; there are: {', '.join(table.columns)}")
    given = table[column]
    if given.dtype.is_temporal():
        return given.cast(pl.Datetime("us"))
    try:
        return given.cast(pl.String).str.to_datetime(strict=True)
    except pl.exceptions.PolarsError as error:
        raise Refusal(
            f"column {column!r} holds what is no time: write YYYY-MM-DDTHH:MM, all alike"
        ) from error


def refuse_late_units(keys: AllocationKeys, table: pl.DataFrame, units: str) -> Gate:
    """Check that every row was allocated in time.

    `table` (one row per unit); `units` are the rows in words (teams, officers). Returns a Gate:
    passed, or why it could not be checked. Raises Refusal where a row was allocated after its
    counting began, with the number of such rows and the place of the first in the table.
    """
    begun, allocated = _begun(keys, table), _allocated(keys, table)
    if allocated is None:
        return _unchecked("the study names no day of allocation (`allocated_at` or `allocated_on`)")
    if begun is None:
        return _unchecked(
            "the study names no first day of counting (`counted_from`, `first_counted` or an "
            "outcome window)"
        )
    by_day = bool((begun.dt.time() == time()).all())
    late = late_allocations(allocated, begun, by_day=by_day)
    if late is not None:
        raise Refusal(
            f"{late.count} of {table.height} {units} were allocated after their counting began, "
            f"the first in row {late.row + 1}: allocated {_written(late.allocated)}, counted from "
            f"{_written(late.begun)}. An allocation made after counting began is not a random "
            "one: count from the day after it, or correct the day that is wrong."
        )
    if unknown := allocated.null_count():
        return _unchecked(f"no day of allocation is recorded for {unknown} of {table.height}")
    said = f"all {table.height} {units} were allocated before it{', or on that day' * by_day}"
    return Gate(ALLOCATED_BEFORE, passed=True, reason=said)


def _unchecked(why: str) -> Gate:
    return Gate(ALLOCATED_BEFORE, passed=False, reason=f"{why}: it could not be checked")


def _allocated(keys: AllocationKeys, table: pl.DataFrame) -> pl.Series | None:
    if keys.allocated_at is not None:
        return date_times(table, keys.allocated_at)
    return None if keys.allocated_on is None else _always(keys.allocated_on, table)


def _begun(keys: AllocationKeys, table: pl.DataFrame) -> pl.Series | None:
    if keys.counted_from is not None:
        days(table, keys.counted_from)
        return date_times(table, keys.counted_from)
    return None if keys.first_counted is None else _always(keys.first_counted, table)


def _always(day: date, table: pl.DataFrame) -> pl.Series:
    return pl.Series([datetime.combine(day, time())] * table.height, dtype=pl.Datetime("us"))


def _written(moment: datetime) -> str:
    return f"{moment.date()}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M}"
