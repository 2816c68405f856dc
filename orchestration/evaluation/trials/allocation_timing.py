"""When a lot was drawn, held against when counting began: drawn later it is no lot."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

import polars as pl
from pydantic import model_validator

from orchestration.evaluation.columns import days
from orchestration.evaluation.core import Gate, Refusal
from orchestration.evaluation.data_maturity import CountedKeys

NAME = "drawn before counting began"


class DrawnKeys(CountedKeys):
    """When units were drawn: `drawn_at`, a column of days or times, or `drawn_on`, one day for all.

    It is held against `counted_from`, else against `first_counted`, else against the first day of
    the outcome window of the study. Where only a day is known, drawn on that day is in time.
    """

    drawn_at: str | None = None
    drawn_on: date | None = None
    first_counted: date | None = None

    @model_validator(mode="after")
    def _drawn_once(self) -> Self:
        if self.drawn_at is not None and self.drawn_on is not None:
            raise ValueError("drawn_at, a column, and drawn_on, one day for all: name one of them")
        return self

    def beginning(self, first: date) -> Self:
        """These keys with `first` as the first day counted, where they name none themselves."""
        return self if self.first_counted else self.model_copy(update={"first_counted": first})


@dataclass(frozen=True)
class Late:
    """How many were drawn too late, and the first of them: its row from 0, drawn, counted from."""

    count: int
    row: int
    drawn: datetime
    begun: datetime


def late_lots(drawn: pl.Series, begun: pl.Series, *, by_day: bool) -> Late | None:
    """Those drawn once counting had begun, if any; a row without either time is none of them.

    `by_day` where only the day of the beginning is known: drawn on it may have been in time.
    """
    is_late = drawn.dt.date() > begun.dt.date() if by_day else drawn >= begun
    rows = is_late.fill_null(value=False).arg_true()
    if rows.is_empty():
        return None
    first = int(rows[0])
    return Late(len(rows), first, drawn[first], begun[first])


def moments(table: pl.DataFrame, column: str) -> pl.Series:
    """Times of a column, empty ones left empty; raises Refusal with the first that is no time."""
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


def refuse_late_units(keys: DrawnKeys, table: pl.DataFrame, units: str) -> Gate:
    """Whether every row was drawn in time, or why that could not be checked.

    `units` are the rows in words (teams, officers). Raises Refusal where a row was drawn after its
    counting began, with the number of such rows and the place of the first in the table.
    """
    begun, drawn = _begun(keys, table), _drawn(keys, table)
    if drawn is None:
        return _unchecked("the study names no day of allocation (`drawn_at` or `drawn_on`)")
    if begun is None:
        return _unchecked(
            "the study names no first day of counting (`counted_from`, `first_counted` or an "
            "outcome window)"
        )
    by_day = bool((begun.dt.time() == time()).all())
    late = late_lots(drawn, begun, by_day=by_day)
    if late is not None:
        raise Refusal(
            f"{late.count} of {table.height} {units} were allocated after their counting began, "
            f"the first in row {late.row + 1}: allocated {_told(late.drawn)}, counted from "
            f"{_told(late.begun)}. An allocation made after counting began is no lot: count from "
            "the day after it, or correct the day that is wrong."
        )
    if unknown := drawn.null_count():
        return _unchecked(f"no day of allocation is recorded for {unknown} of {table.height}")
    said = f"all {table.height} {units} were drawn before it{', or on that day' * by_day}"
    return Gate(NAME, passed=True, reason=said)


def _unchecked(why: str) -> Gate:
    return Gate(NAME, passed=False, reason=f"{why}: it could not be checked")


def _drawn(keys: DrawnKeys, table: pl.DataFrame) -> pl.Series | None:
    if keys.drawn_at is not None:
        return moments(table, keys.drawn_at)
    return None if keys.drawn_on is None else _always(keys.drawn_on, table)


def _begun(keys: DrawnKeys, table: pl.DataFrame) -> pl.Series | None:
    if keys.counted_from is not None:
        days(table, keys.counted_from)
        return moments(table, keys.counted_from)
    return None if keys.first_counted is None else _always(keys.first_counted, table)


def _always(day: date, table: pl.DataFrame) -> pl.Series:
    return pl.Series([datetime.combine(day, time())] * table.height, dtype=pl.Datetime("us"))


def _told(moment: datetime) -> str:
    return f"{moment.date()}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M}"
