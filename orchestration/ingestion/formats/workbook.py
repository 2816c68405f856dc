"""XLSX: one named sheet, every cell as text; a workbook holds no lines but rows."""

import io
import posixpath
import re
import string
import zipfile
from abc import ABC, abstractmethod
from functools import cache
from pathlib import Path
from typing import Self
from xml.parsers import expat

import duckdb
import fastexcel
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.delivery import Fault, LimitMet, Refused
from orchestration.ingestion.formats.decode import CHUNK, too_large_unpacked
from orchestration.ingestion.formats.file_reader import FileReader, null_or
from orchestration.ingestion.limits import FileLimits, setting
from orchestration.ingestion.safe_names import printable

DIGITS = string.digits
BOOK = "xl/workbook.xml"
# A cell that holds an error, up to its value.
ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)[^<]*""",
    re.DOTALL,
)
# Spreadsheets keep fifteen digits of a number: of a longer one the last are gone.
FEWEST_ROUNDED = 10**15
# Types of cells that hold a text even when it is empty.
TEXT_IN_CELL = ("str", "inlineStr")
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
            sheet = _sheet(_Sheets().read(archive, BOOK).relations, form)
            part = _part_of(archive, sheet)
            values = _Values().read(archive, part)
            _refuse_wide(values, size, limits)
            book = fastexcel.read_excel(_readable(path, archive, part, values))
        rows = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except DAMAGED as error:
        raise Refused("The file is not an XLSX workbook, or it is damaged.") from error
    if rows.height < form.header_row:
        raise Refused(f"The sheet has no row {form.header_row} that could be its header.")
    headers = [str(cell or "").strip() for cell in rows.row(form.header_row - 1)]
    body = rows.slice(form.header_row)
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


def _error_cells(values: "_Values", headers: list[str], contract: TableContract) -> list[Fault]:
    """A fault for each cell of a column that is read with an error or a number too long for it."""
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


def _readable(path: Path, archive: zipfile.ZipFile, part: str, values: "_Values") -> Path | bytes:
    """The workbook itself, or a copy whose errors are all of the kinds the reader knows.

    Spreadsheet programs have added kinds (#SPILL!, #CALC!) over which it gives up the sheet.
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


def _refuse_wide(values: "_Values", size: int, limits: FileLimits) -> None:
    """Raise LimitMet when a rectangle around all values holds far more cells than the file can."""
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


class _Part(ABC):
    """One XML part of a workbook, read as a stream by a parser that knows namespaces.

    Names of elements are compared without their namespace, so that it does not matter under which
    prefix or edition of the standard (transitional or strict) a workbook was written.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._element
        # No workbook declares a document type, and entities that unfold stand in one.
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def read(self, archive: zipfile.ZipFile, name: str) -> Self:
        """Read the part to its end; raises ExpatError where it is not XML, KeyError without it."""
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                self._parser.Parse(chunk)
        self._parser.Parse(b"", True)  # noqa: FBT003 - the parser takes no keywords
        return self

    @abstractmethod
    def _element(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; `name` and attributes with a prefix follow their namespace."""


def _refuse_doctype(*_: object) -> None:
    raise Refused("The workbook declares a document type, which no spreadsheet program writes.")


class _Sheets(_Part):
    """`relations`: the id of the relationship that leads to each sheet, by the sheet's name."""

    def __init__(self) -> None:
        super().__init__()
        self.relations: dict[str, str] = {}

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" sheet"):
            ids = (value for key, value in attributes.items() if key.endswith(" id"))
            self.relations[attributes["name"]] = next(ids, "")


class _Relations(_Part):
    """`targets`: the part each relationship of the workbook leads to, by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        """Note a relationship; its target stands below `xl` or begins with a slash."""
        if name.endswith(" Relationship"):
            target = posixpath.join("/xl", attributes["Target"])
            self.targets[attributes["Id"]] = posixpath.normpath(target).lstrip("/")


class _Values(_Part):
    """`last` and `last_column`: the numbers of the last row and column with a value; 0 when none.

    `errors` are the row and column of each cell that holds an error, `rounded` of each that holds a
    number of more digits than a spreadsheet keeps. Numbers of rows and cells may
    be left out: each then follows the one before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last = 0
        self.last_column = 0
        self.errors: list[tuple[int, int]] = []
        self.rounded: list[tuple[int, int]] = []
        self._is_number = False
        self._number = ""
        self._row = 0
        self._column = 0

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" row"):
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name.endswith(" c"):
            self._cell(attributes)
        elif name.endswith(" v"):
            self._parser.CharacterDataHandler = self._has_value
            self._parser.EndElementHandler = self._value_ends

    def _cell(self, attributes: dict[str, str]) -> None:
        """A cell says where it is, and so which row this is where the row does not."""
        place, kind = attributes.get("r"), attributes.get("t")
        self._is_number, self._number = kind in (None, "n"), ""
        if place is None:
            self._column += 1
        else:
            letters = place.rstrip(DIGITS)
            self._column = _column_number(letters)
            self._row = int(place[len(letters) :])
        if kind in TEXT_IN_CELL:
            self._has_value()
        elif kind == "e":
            self._has_value()
            self.errors.append((self._row, self._column))

    def _has_value(self, text: str = "") -> None:
        """The cell holds a value: a `v` with something in it, a text, or an error."""
        self._number += text
        self.last = max(self.last, self._row)
        self.last_column = max(self.last_column, self._column)

    def _value_ends(self, _: str) -> None:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        if self._is_number and _is_long(self._number):
            self.rounded.append((self._row, self._column))


def _is_long(number: str) -> bool:
    try:
        return abs(float(number)) >= FEWEST_ROUNDED
    except ValueError:
        return False


@cache
def _column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the workbook that holds a sheet."""
    relation = _Sheets().read(archive, BOOK).relations[sheet]
    return _Relations().read(archive, "xl/_rels/workbook.xml.rels").targets[relation]
