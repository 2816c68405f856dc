"""Columns of a table that a study names, taken out as numbers or labels, or refused by row."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.core import Refusal

Numbers = NDArray[np.float64]


def table_of(table: pl.DataFrame | None) -> pl.DataFrame:
    """Require a table with rows.

    `table` (one row per unit of the design), or None where none was given. Returns the table (one
    row per unit of the design). Raises Refusal when there is no table or no row.
    """
    if table is None:
        raise Refusal("this design needs a table: give --data FILE, or `inline:` in the study")
    if table.is_empty():
        raise Refusal("the table has no rows")
    return table


def numbers(
    table: pl.DataFrame, column: str, *, above: float | None = None, least: float | None = None
) -> Numbers:
    """Take a column out as finite numbers, above `above` and at least `least` where given.

    `table` (one row per unit of the design). Returns the column as doubles (n,), in the order of
    the rows. Raises Refusal with the first row, counted from 1 without a header, whose entry is not
    such a number.
    """
    found = _column(table, column)
    if not (found.dtype.is_numeric() or found.dtype == pl.Boolean):
        raise Refusal(f"column {column!r} holds {found.dtype}, where numbers are needed")
    values = found.cast(pl.Float64).to_numpy()
    _every(np.isfinite(values), values, column, "a number")
    if above is not None:
        _every(values > above, values, column, f"above {above:g}")
    if least is not None:
        _every(values >= least, values, column, f"{least:g} or more")
    return np.asarray(values, dtype=np.float64)


def texts(table: pl.DataFrame, column: str) -> pl.Series:
    """Take a column out as text, with no entry empty.

    `table` (one row per unit of the design). Returns the column as text (n,). Raises Refusal with
    the first empty row.
    """
    found = _column(table, column).cast(pl.String)
    if found.null_count():
        row = int(found.is_null().arg_max() or 0) + 1
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
        row = int(found.is_null().arg_max() or 0)
        said = table[column].cast(pl.String)[row]
        raise Refusal(
            f"column {column!r}, row {row + 1}: {said!r}, where a date YYYY-MM-DD must be"
        )
    return found


def _column(table: pl.DataFrame, column: str) -> pl.Series:
    if column not in table.columns:
        raise Refusal(f"there is no column {column!r}; there are: {', '.join(table.columns)}")
    return table[column]


def _every(good: NDArray[np.bool_], values: Numbers, column: str, wanted: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        said = "empty" if np.isnan(values[row]) else f"{values[row]:g}"
        raise Refusal(f"column {column!r}, row {row + 1}: {said}, where it must be {wanted}")
