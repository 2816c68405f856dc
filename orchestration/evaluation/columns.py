"""Columns of a table that a study names: as numbers, labels or periods, or refused by row.

Periods of a series or a panel are numbered by a calendar: when each begins, how many months it has.
"""

from dataclasses import dataclass
from datetime import date
from math import gcd

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.core import Refusal

Numbers = NDArray[np.float64]
#: Where a row stood in the table as it was given, kept while rows are sorted and filtered.
ROW = "row as given"
MONTHS = 12
#: The first treated period of a unit that is never treated within the panel.
NEVER = 10**6


def table_of(table: pl.DataFrame | None) -> pl.DataFrame:
    """Require a table with rows.

    `table` (one row per unit of the design), or None where none was given. Returns the table (one
    row per unit of the design) with the place of each row, so that a refusal names the row as it
    was given. Raises Refusal when there is no table or no row.
    """
    if table is None:
        raise Refusal("this design needs a table: give --data FILE, or `inline:` in the study")
    if table.is_empty():
        raise Refusal("the table has no rows")
    return table if ROW in table.columns else table.with_row_index(ROW, offset=1)


def row_as_given(table: pl.DataFrame, place: int) -> int:
    """Where a row stood in the table as it was given, counted from 1 without a header.

    `table` (one row per unit of the design); `place` is that of the row now, from 0. Returns the
    number of the row.
    """
    return int(table[ROW][place]) if ROW in table.columns else place + 1


def numbers(
    table: pl.DataFrame, column: str, *, above: float | None = None, least: float | None = None
) -> Numbers:
    """Take a column out as finite numbers, above `above` and at least `least` where given.

    `table` (one row per unit of the design). Returns the column as doubles (n,), in the order of
    the rows. Raises Refusal with the first row, counted from 1 without a header, whose entry is not
    such a number.
    """
    found = column_of(table, column)
    if not (found.dtype.is_numeric() or found.dtype in {pl.Boolean, pl.Null}):
        found = _read_words(table, found)
    values = found.cast(pl.Float64).to_numpy()
    _every(table, np.isfinite(values), values, column, "a number")
    if above is not None:
        _every(table, values > above, values, column, f"above {above:g}")
    if least is not None:
        _every(table, values >= least, values, column, f"{least:g} or more")
    return np.asarray(values, dtype=np.float64)


def counts(table: pl.DataFrame, column: str) -> Numbers:
    """Take a column out as whole numbers of events, zero or more.

    `table` (one row per unit of the design). Returns the column as doubles (n,). Raises Refusal
    with the first row that holds no such number.
    """
    values = numbers(table, column, least=0)
    _every(table, values == np.floor(values), values, column, "a whole number of events")
    return values


def _read_words(table: pl.DataFrame, found: pl.Series) -> pl.Series:
    """Read numbers from a column of text; it is text because another row of the file holds a word.

    Raises Refusal with the first entry that is not a number.
    """
    read = found.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
    wrong = (read.is_null() | ~read.is_finite()) & found.is_not_null()
    if not wrong.any():
        return read
    place = wrong.arg_max() or 0
    said = str(found[place])
    row = row_as_given(table, place)
    raise Refusal(f"column {found.name!r}, row {row}: {said!r}, where it must be a number")


def texts(table: pl.DataFrame, column: str) -> pl.Series:
    """Take a column out as text, with no entry empty.

    `table` (one row per unit of the design). Returns the column as text (n,). Raises Refusal with
    the first empty row.
    """
    found = column_of(table, column).cast(pl.String)
    if found.null_count():
        row = row_as_given(table, int(found.is_null().arg_max() or 0))
        raise Refusal(f"column {column!r}, row {row}: empty, where a label is needed")
    return found


def labels(table: pl.DataFrame, column: str) -> list[str]:
    """Take a column out as a list of text.

    `table` (one row per unit of the design). Returns n labels in the order of the rows. Raises
    Refusal as `texts` does.
    """
    return texts(table, column).to_list()


def days(table: pl.DataFrame, column: str) -> pl.Series:
    """Take a column of dates, times or text that begins YYYY-MM-DD out as days; none is empty.

    `table` (one row per unit of the design). Returns the days (n,). Raises Refusal with the first
    row that holds no date.
    """
    found = pl.Series(labels(table, column)).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if found.null_count():
        place = int(found.is_null().arg_max() or 0)
        said, row = table[column].cast(pl.String)[place], row_as_given(table, place)
        raise Refusal(f"column {column!r}, row {row}: {said!r}, where a date YYYY-MM-DD must be")
    return found


def column_of(table: pl.DataFrame, column: str) -> pl.Series:
    """A column as it is.

    `table` (one row per unit of the design). Returns the column (n,). Raises Refusal, with the
    names there are, where no column has that name.
    """
    if column not in table.columns:
        there = ", ".join(name for name in table.columns if name != ROW)
        raise Refusal(f"there is no column {column!r}; there are: {there}")
    return table[column]


def _entry(value: float) -> str:
    """An entry as it stands in the table."""
    return f"{value:.0f}" if value == np.floor(value) else f"{value:.15g}"


def _every(
    table: pl.DataFrame, good: NDArray[np.bool_], values: Numbers, column: str, wanted: str
) -> None:
    if not good.all():
        place = int(np.argmin(good))
        said = "empty" if np.isnan(values[place]) else _entry(values[place])
        row = row_as_given(table, place)
        raise Refusal(f"column {column!r}, row {row}: {said}, where it must be {wanted}")


@dataclass(frozen=True)
class Calendar:
    """Periods 0, 1, 2, ... of a panel: where they begin, and how many months each has."""

    start: int
    step: int
    count: int
    is_dated: bool

    def label(self, position: int) -> date | int:
        """The first day of a period, or its number.

        Returns a date where periods are dated, else a number.
        """
        return self._label(self.start + position * self.step)

    def position(self, value: date | int) -> int:
        """The place of a first treated period.

        Returns the place, counted from 0. Raises Refusal for a value that is no period of the
        table.
        """
        place, beyond = divmod(self._number(value) - self.start, self.step)
        if beyond:
            raise Refusal(f"first treated period {value} is no period of the table")
        return place

    def position_of_day(self, value: date | int) -> tuple[int, int]:
        """Positions of the first whole period from a day on, and of the period the day is within.

        Returns both positions, counted from 0; the second is NEVER where the day begins a period.
        """
        place, beyond = divmod(self._number(value) - self.start, self.step)
        began_late = isinstance(value, date) and value.day > 1
        return (place + 1, place) if beyond or began_late else (place, NEVER)

    def _number(self, value: date | int) -> int:
        if isinstance(value, date) != self.is_dated:
            raise Refusal(f"first treated period {value}: dates and numbers cannot be compared")
        return value.year * MONTHS + value.month - 1 if isinstance(value, date) else int(value)

    def _label(self, number: int) -> date | int:
        if not self.is_dated:
            return number
        return date(number // MONTHS, number % MONTHS + 1, 1)


def calendar_of(column: pl.Series) -> tuple[Calendar, NDArray[np.int64]]:
    """The calendar of a column of periods, and the place of every row in it.

    `column` (n,). Returns the Calendar and the places (n,). Raises Refusal when a period is empty,
    no date or whole number, or when there is only one.
    """
    if column.null_count():
        row = int(column.is_null().arg_max() or 0) + 1
        raise Refusal(f"column {column.name!r}, row {row}: empty, where a period is needed")
    is_dated = column.dtype in {pl.Date, pl.Datetime}
    if not (is_dated or column.dtype.is_integer()):
        raise Refusal(_no_period(column))
    if is_dated:
        months = column.dt.year().cast(pl.Int64) * MONTHS + column.dt.month().cast(pl.Int64) - 1
        numbers = months.to_numpy()
    else:
        numbers = column.cast(pl.Int64).to_numpy()
    found = np.unique(numbers)
    if len(found) < 2:  # noqa: PLR2004 - nothing comes before and after in one period
        raise Refusal(f"column {column.name!r} holds one period; before and after need two or more")
    step = gcd(*map(int, np.diff(found)))
    count = int(found[-1] - found[0]) // step + 1
    return Calendar(int(found[0]), step, count, is_dated), (numbers - found[0]) // step


def _no_period(column: pl.Series) -> str:
    """What a column holds instead of periods, with the first row that holds no period."""
    said = column.cast(pl.String)
    is_period = said.str.contains(r"^-?\d+(\.0)?$|^\d{4}-\d{2}-\d{2}")
    row = int(is_period.arg_min() or 0)
    return (
        f"column {column.name!r}, row {row + 1}: {said[row]!r}; periods are dates YYYY-MM-DD or "
        "whole numbers, the same kind in every row"
    )
