"""XLSX: one named sheet, every cell as text; a workbook holds no lines but rows."""

import posixpath
import string
import zipfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self
from xml.parsers import expat

import duckdb
import fastexcel
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.decode import CHUNK, LARGEST_UNPACKED, MOST_TIMES
from orchestration.ingestion.formats.file_reader import FileReader, null_or

LETTERS = string.ascii_letters
# Types of cells that hold a text even when it is empty.
TEXT_IN_CELL = ("str", "inlineStr")
DAMAGED = (zipfile.BadZipFile, fastexcel.FastExcelError, expat.ExpatError, KeyError, ValueError)


def read_workbook(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> FileReader:
    """Open one sheet; the last row with a value, in the sheet's XML, counts the records."""
    if path.stat().st_size == 0:
        raise Refused("The file is empty.")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, path.stat().st_size)
            book = fastexcel.read_excel(path)
            sheet = _sheet(book.sheet_names, form)
            last = _last_row(archive, sheet)
        rows = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except DAMAGED as error:
        raise Refused("The file is not an XLSX workbook, or it is damaged.") from error
    if rows.height < form.header_row:
        raise Refused(f"The sheet has no row {form.header_row} that could be its header.")
    headers = [str(cell or "").strip() for cell in rows.row(form.header_row - 1)]
    body = rows.slice(form.header_row)
    body.columns = [f"c{at}" for at in range(body.width)]
    blank = body.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    con.register("sheet", body.filter(~pl.Series(blank)).to_arrow())
    columns = ", ".join(f"{null_or(name, form.nulls)} as {name}" for name in body.columns)
    return FileReader(
        headers=headers,
        query=f"select {columns} from sheet",
        records=max(last - form.header_row, 0),
        blank=int(blank.sum()),
        skipped=np.flatnonzero(blank) + 1,
        lines=lambda records: records + form.header_row,
        is_typed=True,
    )


def _sheet(names: list[str], form: Format) -> str:
    if form.sheet is None and len(names) > 1:
        raise Refused(
            f"The workbook has {len(names)} sheets ({', '.join(names)}) and the contract names"
            " none: state `sheet` in its format."
        )
    if form.sheet is not None and form.sheet not in names:
        raise Refused(f"The workbook has no sheet {form.sheet}; it has: {', '.join(names)}.")
    return form.sheet or names[0]


def _refuse_bomb(archive: zipfile.ZipFile, size: int) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > min(LARGEST_UNPACKED, MOST_TIMES * size):
        raise Refused(
            f"The workbook unpacks to more than {LARGEST_UNPACKED >> 30} GiB or {MOST_TIMES} times"
            " its size."
        )


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


class _Rows(_Part):
    """`last`: the number of the last row that holds a value; 0 when none does.

    Numbers of rows and cells may be left out: a row then follows the one before it. Once a row is
    known to hold a value, its other cells are passed over: a sheet may have millions.
    """

    def __init__(self) -> None:
        super().__init__()
        self.last = 0
        self._row = 0
        self._is_numbered = False
        self._has_one = False

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" row"):
            self._has_one, self._is_numbered = False, "r" in attributes
            self._row = int(attributes.get("r", self._row + 1))
        elif not self._has_one:
            if name.endswith(" c"):
                self._cell(attributes)
            elif name.endswith(" v"):
                self._parser.CharacterDataHandler = self._has_value
                self._parser.EndElementHandler = self._value_ends

    def _cell(self, attributes: dict[str, str]) -> None:
        """The first cell says which row it is, where the row does not."""
        if not self._is_numbered and "r" in attributes:
            self._row = int(attributes["r"].lstrip(LETTERS))
            self._is_numbered = True
        if attributes.get("t") in TEXT_IN_CELL:
            self._has_value()

    def _has_value(self, _: str = "") -> None:
        """The row holds a value: a `v` with something in it, or a cell of text."""
        self.last = max(self.last, self._row)
        self._has_one = True

    def _value_ends(self, _: str) -> None:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None


def _last_row(archive: zipfile.ZipFile, sheet: str) -> int:
    """The number of the last row that holds a value, from the XML alone."""
    relation = _Sheets().read(archive, "xl/workbook.xml").relations[sheet]
    target = _Relations().read(archive, "xl/_rels/workbook.xml.rels").targets[relation]
    return _Rows().read(archive, target).last
