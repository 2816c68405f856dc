"""Day and month in the wrong order: in part of a file, which is refused, or in a row: flagged."""

from typing import Any, Literal

import duckdb
import numpy as np
import numpy.typing as npt

from orchestration.ingestion.contracts.column import DATED, other_order
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.validation.column_checks import Code, cell_or_text
from orchestration.ingestion.validation.rejects import Numbering
from orchestration.ingestion.validation.typed_table import MatchedColumns, TypedColumn, TypedTable

# In a file that is in order, rows are within a week of each other; if fewer than nine rows in ten
# are, the file has no order, and a row's neighbours say nothing about it.
NEAR_DAYS = 7
IN_ORDER = 0.9
# Swapping day and month moves a date by four weeks or more, except for the last days of a month.
FAR_DAYS = 20
# Four rest days in a row explain why a camera is docked late.
UPLOAD_DAYS = 4
# No month has a higher number; and this many cells and texts are the fewest that tell something
# about a sheet.
MONTHS = 12
FEWEST_OF_EACH = 3
# Rows held in memory at once; and a row with its two neighbours.
ROWS_AT_ONCE = 250_000
KEPT_ROWS = 3

Days = npt.NDArray[np.int64]
Flagged = npt.NDArray[np.bool_]


def refuse_both_orders(
    con: duckdb.DuckDBPyConnection, reader: FileReader, table: TypedTable, numbering: Numbering
) -> None:
    """Raise Refused where a date can only be read with day and month the other way round.

    If one date shows that, other dates of the file can be read both ways and would be read wrongly
    without notice. The message names a line of each kind, or two of the other kind, and no date.
    """
    for column in table.checked:
        formats = [text for text in column.contract.meta.formats if other_order(text) != text]
        if not formats:
            continue
        other = _line(con, reader, numbering, f"{column.code} = {Code.OTHER_ORDER}")
        if other is None:
            continue
        usual = None
        if column.contract.is_kept and column.contract.meta.coarsen is None:
            usual = _line(con, reader, numbering, f"day({column.value}) > 12")
        stated, turned = formats[0], other_order(formats[0])
        if usual is None:
            later = _line(con, reader, numbering, f"{column.code} = {Code.OTHER_ORDER}", "max")
            lines = other if later == other else f"{other} and {later}"
            raise Refused(
                f"{column.header} can only be read as {turned} in {lines}, and the contract says"
                f' {stated}. If the sender writes dates so, state `formats: ["{turned}"]`; if'
                f" not, write all dates as {stated}."
            )
        raise Refused(
            f"{column.header} holds days and months in two orders: {usual} only as {stated}, and"
            f" {other} only as {turned}. Days up to the 12th would be read wrongly. Write all"
            f" dates as {stated}."
        )


def refuse_converted_cells(
    con: duckdb.DuckDBPyConnection,
    reader: FileReader,
    table: TypedTable,
    columns: MatchedColumns,
    numbering: Numbering,
) -> None:
    """Raise Refused where a spreadsheet turned exactly the texts that it could read into dates.

    One that expects the month first reads 01/05/2024 as 5 January and leaves 13/05/2024 a text: all
    texts are then of days after the 12th and no date cell is, which does not happen by chance.
    """
    for column in table.columns if reader.is_typed else []:
        formats = [text for text in column.contract.meta.formats if other_order(text) != text]
        if not formats or column.is_wide or column.contract.family not in DATED:
            continue
        text, cell = cell_or_text(column.contract, "t")
        row = con.sql(
            f"select count(text), count(cell), min(day(text)), max(day(cell)),"
            " min(row) filter (where text is not null), min(row) filter (where cell is not null)"
            f" from (select {text} as text, case when {text} is null then {cell} end as cell, row"
            f" from (select c{columns.places[column.contract.name]} as t,"
            f" row_number() over () - 1 as row from ({reader.query})))"
        ).fetchall()[0]
        texts, cells, first_day, last_day, text_row, cell_row = row
        if min(texts, cells) < FEWEST_OF_EACH or first_day <= MONTHS or last_day > MONTHS:
            continue
        lines = [_place(reader, numbering, at) for at in (cell_row, text_row)]
        raise Refused(
            f"{column.header} holds days up to the 12th as cells of a date ({lines[0]}) and later"
            f" ones as text ({lines[1]}): a spreadsheet that expects day and month in another order"
            " than the export has swapped those it could read. Deliver the export as it was made,"
            " or all dates as cells."
        )


def _place(reader: FileReader, numbering: Numbering, row: int) -> str:
    """Where a row is in the file, in words."""
    records = numbering(np.array([row], dtype=np.int64))
    line = int(reader.lines(records)[0])
    return f"line {line}" if line else f"record {records[0]}"


def _line(
    con: duckdb.DuckDBPyConnection,
    reader: FileReader,
    numbering: Numbering,
    condition: str,
    which: Literal["min", "max"] = "min",
) -> str | None:
    query = f"select {which}(rowid) from typed where {condition}"
    row = con.sql(query).fetchall()[0][0]
    return None if row is None else _place(reader, numbering, row)


def count_swapped(con: duckdb.DuckDBPyConnection, table: TypedTable, column: TypedColumn) -> int:
    """Rows whose date would fit with day and month swapped, and does not fit as it is written.

    It is compared with the rows before and after it, where the file is in order, and with the time
    that soon follows it where the contract names one (the upload of a recording).
    """
    later = table.named(column.contract.meta.soon_before or "")
    value = later.value if later else "null"
    query = (
        f"select {column.value}::date as day, {value}::date as later from valid"
        f" where {column.value} is not null and row >= ? and row < ? order by row"
    )
    last = con.sql("select max(row) from valid").fetchall()[0][0]
    tally = _Tally()
    for start in range(0, 0 if last is None else last + 1, ROWS_AT_ONCE):
        found = con.execute(query, [start, start + ROWS_AT_ONCE]).fetchnumpy()
        absent = np.ma.getmaskarray(found["later"])
        tally.add(_days(found["day"]), _days(found["later"]), ~absent)
    return tally.odd_rows()


class _Tally:
    """Counts odd rows of a file that is read in parts, each row compared with its neighbours.

    The last rows of a part wait for the next part, which has their neighbours. Whether the file is
    in order is known only at its end, so findings from neighbours are counted separately.
    """

    def __init__(self) -> None:
        nothing: Days = np.empty(0, dtype=np.int64)
        self._days, self._later = nothing, nothing
        self._has_later: Flagged = np.empty(0, dtype=np.bool_)
        self._rows, self._near = 0, 0
        self._by_upload, self._by_either = 0, 0

    def add(self, days: Days, later: Days, has_later: Flagged) -> None:
        """Take the next rows, in the order of the file."""
        near = np.abs(np.diff(np.concatenate([self._days[-1:], days]))) <= NEAR_DAYS
        self._near += int(np.count_nonzero(near))
        self._days = np.concatenate([self._days, days])
        self._later = np.concatenate([self._later, later])
        self._has_later = np.concatenate([self._has_later, has_later])
        whole = len(self._days)
        if whole <= KEPT_ROWS:
            return
        # Of the rows kept from the previous part, the last was not judged yet.
        first = 0 if self._rows == 0 else KEPT_ROWS - 1
        self._judge(slice(first, whole - 1))
        self._rows += whole - 1 - first
        self._forget(whole - KEPT_ROWS)

    def odd_rows(self) -> int:
        """How many rows are odd, once all rows were added."""
        if self._rows == 0 and len(self._days) < KEPT_ROWS:
            return 0
        first = 0 if self._rows == 0 else len(self._days) - 1
        self._judge(slice(first, len(self._days)))
        rows = self._rows + len(self._days) - first
        is_in_order = self._near >= IN_ORDER * (rows - 1)
        return self._by_either if is_in_order else self._by_upload

    def _judge(self, which: slice) -> None:
        days = self._days
        by_neighbours = _against_neighbours(days)[which]
        by_upload = (self._has_later & _against_upload(days, self._later))[which]
        self._by_upload += int(np.count_nonzero(by_upload))
        self._by_either += int(np.count_nonzero(by_upload | by_neighbours))

    def _forget(self, count: int) -> None:
        self._days, self._later = self._days[count:], self._later[count:]
        self._has_later = self._has_later[count:]


def _days(column: Any) -> Days:
    """Days since 1970."""
    values = np.ma.getdata(column).astype("datetime64[D]")
    whole: Days = values.astype(np.int64)
    return whole


def _swapped(days: Days) -> Days:
    """The same dates with day and month swapped; a date that can be read only one way stays."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = dates.astype("datetime64[Y]")
    day, month = (dates - months).astype(np.int64), (months - years).astype(np.int64)
    other = (years.astype("datetime64[M]") + day).astype("datetime64[D]") + month
    moved: Days = np.where(day < 12, other.astype(np.int64), days)  # noqa: PLR2004 - months
    return moved


def _against_neighbours(days: Days) -> Flagged:
    """Compare rows with their neighbours; the first and last have two on one side."""
    before = np.concatenate([days[1:2], days[:-1]])
    after = np.concatenate([days[1:], days[-2:-1]])
    before[0], after[0] = days[1], days[2]
    before[-1], after[-1] = days[-3], days[-2]
    low, high = np.minimum(before, after), np.maximum(before, after)
    is_far = (days < low - FAR_DAYS) | (days > high + FAR_DAYS)
    odd: Flagged = (high - low <= NEAR_DAYS) & is_far
    # Few rows are as far away as this: the others need not be swapped.
    at = np.flatnonzero(odd)
    other = _swapped(days[at])
    odd[at] = (other >= low[at] - NEAR_DAYS) & (other <= high[at] + NEAR_DAYS)
    return odd


def _against_upload(days: Days, later: Days) -> Flagged:
    wait = later - days
    odd: Flagged = (wait < 0) | (wait > FAR_DAYS)
    at = np.flatnonzero(odd)
    other = later[at] - _swapped(days[at])
    odd[at] = (other >= 0) & (other <= UPLOAD_DAYS)
    return odd
