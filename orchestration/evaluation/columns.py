"""Columns of a table that a study names, taken out as numbers or labels, or refused by row."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.core import Refusal

Numbers = NDArray[np.float64]
#: Where a row stood in the table as it was given, kept while rows are sorted and filtered.
ROW = "row as given"


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
