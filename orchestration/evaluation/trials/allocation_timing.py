"""When units were allocated and when counting began: an allocation made later is not random."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

import polars as pl
from pydantic import model_validator

from orchestration.evaluation.columns import days
from orchestration.evaluation.core import Gate, Refusal
from orchestration.evaluation.data_maturity import CountedKeys

NAME = "allocated before counting began"


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
    return Gate(NAME, passed=True, reason=said)


def _unchecked(why: str) -> Gate:
    return Gate(NAME, passed=False, reason=f"{why}: it could not be checked")


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
