"""XLSX: one named sheet, every cell as text; a workbook has rows but no lines."""

import io
import re
import zipfile
from pathlib import Path
from xml.parsers import expat

import duckdb
import fastexcel
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.delivery import Fault, LimitMet, Refused
from orchestration.ingestion.formats.decode import too_large_unpacked
from orchestration.ingestion.formats.file_reader import FileReader, null_or
from orchestration.ingestion.formats.workbook_parts import Relations, Sheets, Styles, Values
from orchestration.ingestion.limits import FileLimits, setting
from orchestration.ingestion.safe_names import printable

BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
# A cell that holds an error, up to its value.
ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)[^<]*""",
    re.DOTALL,
)
DAMAGED = (zipfile.BadZipFile, fastexcel.FastExcelError, expat.ExpatError, KeyError, ValueError)


def read_workbook(
    con: duckdb.DuckDBPyConnection, path: Path, contract: TableContract, limits: FileLimits
) -> FileReader:
    """Open one sheet; the last row with a value, in the sheet's XML, counts the records."""
    form, size = contract.meta.format, path.stat().st_size
    if size == 0:
        raise Refused("The file is empty.")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, size, limits)
            sheet = _sheet(Sheets().read(archive, BOOK).relations, form)
            relations = Relations().read(archive, RELATIONS)
            part = _part_of(archive, sheet, relations)
            styles = Styles().read(archive, relations.styles) if relations.styles else Styles()
            values = Values(styles.shapes).read(archive, part)
            _refuse_wide(values, size, limits)
            book = fastexcel.read_excel(_readable(path, archive, part, values))
        rows = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except DAMAGED as error:
        raise Refused("The file is not an XLSX workbook, or it is damaged.") from error
    if rows.height < form.header_row:
        raise Refused(f"The sheet has no row {form.header_row} that could be its header.")
    headers = [str(cell or "").strip() for cell in rows.row(form.header_row - 1)]
    body = _as_shown(rows, values, _text_headers(headers, contract)).slice(form.header_row)
    body.columns = [f"c{at}" for at in range(body.width)]
    faults = _error_cells(values, headers, contract)
    is_wrong = np.zeros(body.height, dtype=bool)
    is_wrong[[fault.record - 1 for fault in faults if fault.record <= body.height]] = True
    is_blank = body.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy() & ~is_wrong
    con.register("sheet", body.filter(~pl.Series(is_blank | is_wrong)).to_arrow())
    columns = ", ".join(f"{null_or(name, form.nulls)} as {name}" for name in body.columns)
    return FileReader(
        headers=headers,
        query=f"select {columns} from sheet",
        records=max(values.last - form.header_row, 0),
        blank=int(is_blank.sum()),
        skipped=np.flatnonzero(is_blank | is_wrong) + 1,
        faults=faults,
        lines=lambda records: records + form.header_row,
        is_typed=True,
    )


def _error_cells(values: Values, headers: list[str], contract: TableContract) -> list[Fault]:
    """A fault for each cell of a read column with an error or a number of too many digits."""
    first = contract.meta.format.header_row
    cells = [(place, "cell_error") for place in values.errors]
    cells += [(place, "rounded_number") for place in values.rounded]
    read = {name for column in contract.delivered if column.is_kept for name in column.headers}
    unpivot = contract.meta.unpivot
    return [
        Fault(row - first, row, headers[at - 1], reason)
        for (row, at), reason in sorted(cells)
        if row > first and at <= len(headers) and (unpivot or headers[at - 1] in read)
    ]


def _text_headers(headers: list[str], contract: TableContract) -> list[bool]:
    """Which columns of the sheet are read as text."""
    text = {name for c in contract.delivered if c.family == "string" for name in c.headers}
    return [header in text for header in headers]


def _as_shown(rows: pl.DataFrame, values: Values, is_text: list[bool]) -> pl.DataFrame:
    """The sheet with the numbers of text columns as displayed: 5 shown as 0005 becomes 0005.

    Otherwise an officer whose number the spreadsheet keeps as a number would be another one than in
    a CSV.
    """
    cells: dict[int, dict[int, str]] = {}
    for (row, at), text in values.shown.items():
        if at <= len(is_text) and is_text[at - 1]:
            cells.setdefault(at - 1, {})[row - 1] = text
    for at, shown in cells.items():
        column = rows.to_series(at)
        rows = rows.replace_column(at, column.scatter(list(shown), list(shown.values())))
    return rows


def _readable(path: Path, archive: zipfile.ZipFile, part: str, values: Values) -> Path | bytes:
    """The workbook itself, or a copy whose error values are all of kinds that the reader knows.

    Spreadsheet programs have added kinds (#SPILL!, #CALC!) on which it gives up the whole sheet.
    """
    if not values.errors:
        return path
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as out:
        for entry in archive.infolist():
            content = archive.read(entry)
            out.writestr(
                entry, ERROR_CELL.sub(rb"\1#N/A", content) if entry.filename == part else content
            )
    return copy.getvalue()


def _refuse_wide(values: Values, size: int, limits: FileLimits) -> None:
    """Raise LimitMet when the rectangle around all values has far more cells than the file can."""
    cells = values.last * values.last_column
    if values.last_column > limits.columns or cells > limits.cells + size:
        raise LimitMet(
            f"The sheet reaches down to row {values.last:,} and over {values.last_column:,}"
            " columns, far more than a file of its size should hold: is there a value far away from"
            " the table? Delete the rows and columns around it"
            f" ({setting('cells')} and {setting('columns')} allow more)."
        )


def _sheet(relations: dict[str, str], form: Format) -> str:
    names = list(relations)
    shown = ", ".join(map(printable, names))
    if form.sheet is None and len(names) > 1:
        raise Refused(
            f"The workbook has {len(names)} sheets ({shown}) and the contract names none: state"
            " `sheet` in its format."
        )
    if not names or (form.sheet is not None and form.sheet not in names):
        raise Refused(f"The workbook has no sheet {form.sheet or ''}; it has: {shown}.")
    return form.sheet or names[0]


def _refuse_bomb(archive: zipfile.ZipFile, size: int, limits: FileLimits) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > limits.unpacked(size):
        raise LimitMet(too_large_unpacked("workbook", limits))


def _part_of(archive: zipfile.ZipFile, sheet: str, relations: Relations) -> str:
    """The part of the workbook that holds a sheet."""
    return relations.targets[Sheets().read(archive, BOOK).relations[sheet]]
