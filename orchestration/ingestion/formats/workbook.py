"""XLSX: one named sheet, every cell as text; a workbook has rows but no lines.

The XML parts that are read beside its values come first: sheets, relations, cells, styles.
"""

import io
import posixpath
import re
import string
import zipfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self
from xml.parsers import expat

import duckdb
import fastexcel
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.delivery import (
    Fault,
    FileLimits,
    LimitMet,
    Refused,
    limit_setting,
    printable,
)
from orchestration.ingestion.formats.decode import CHUNK, too_large_unpacked
from orchestration.ingestion.formats.file_reader import FileReader, null_or

BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
# A cell that holds an error, up to its value.
ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\bt=["']e["'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)[^<]*""",
    re.DOTALL,
)
DAMAGED = (zipfile.BadZipFile, fastexcel.FastExcelError, expat.ExpatError, KeyError, ValueError)
DIGITS = string.digits
# Spreadsheets keep fifteen digits of a number: any further ones are lost.
FEWEST_ROUNDED = 10**15
# Types of cells that hold a text even when it is empty.
TEXT_IN_CELL = ("str", "inlineStr")
# The parts of a number format: a quoted text, an escaped character, a digit, a literal character,
# anything else.
TOKENS = re.compile(r'"([^"]*)"|\\(.)|(0)|([-() ])|(.)', re.DOTALL)
# What has no effect on how whole numbers look: a colour, and the sections for other numbers.
BESIDE_SHAPE = re.compile(r"\[[A-Za-z]+\]|;.*", re.DOTALL)


class Part(ABC):
    """One XML part of a workbook, read as a stream by a parser that knows namespaces.

    Names of elements are compared without their namespace, so that it does not matter under which
    prefix or edition of the standard (transitional or strict) a workbook was written.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._element
        # No workbook declares a document type, and a declaration can hold entities that expand
        # without limit.
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


class Sheets(Part):
    """`relations`: the id of the relationship that leads to each sheet, by the sheet's name."""

    def __init__(self) -> None:
        super().__init__()
        self.relations: dict[str, str] = {}

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" sheet"):
            ids = (value for key, value in attributes.items() if key.endswith(" id"))
            self.relations[attributes["name"]] = next(ids, "")


class Relations(Part):
    """`targets`: the part each relationship of the workbook leads to, by its id.

    `styles` is the part that holds the styles of cells; empty where the workbook has none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.styles = ""

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        """Note a relationship; its target stands below `xl` or begins with a slash."""
        if name.endswith(" Relationship"):
            target = posixpath.join("/xl", attributes["Target"])
            part = posixpath.normpath(target).lstrip("/")
            self.targets[attributes["Id"]] = part
            if attributes.get("Type", "").endswith("/styles"):
                self.styles = part


@dataclass(frozen=True)
class Shape:
    """How a number format writes whole numbers: `0` stands for a digit, all else for itself."""

    places: tuple[str | None, ...]

    @classmethod
    def of(cls, code: str) -> "Shape | None":
        """The shape of a format of zeros and fixed text alone; None of every other format."""
        places: list[str | None] = []
        for quoted, escaped, zero, sign, other in TOKENS.findall(BESIDE_SHAPE.sub("", code)):
            if other:
                return None
            places += [None] if zero else list(quoted or escaped or sign)
        digits = places.count(None)
        return cls(tuple(places)) if digits > 1 or 0 < digits < len(places) else None

    def write(self, number: str) -> str | None:
        """The number as the sheet shows it; None unless it is whole and not below zero."""
        try:
            value = float(number)
        except ValueError:
            return None
        if value < 0 or not value.is_integer() or value >= FEWEST_ROUNDED:
            return None
        count = self.places.count(None)
        digits = str(int(value)).zfill(count)
        left = iter([digits[: len(digits) - count + 1], *digits[len(digits) - count + 1 :]])
        return "".join(next(left) if place is None else place for place in self.places)


class Styles(Part):
    """`shapes`: by the number of a cell's style, its shape where that is not a plain number's."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[int, Shape] = {}
        self._codes: dict[str, str] = {}
        self._is_of_cells = False
        self._number = 0

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        """Formats come first, then styles that others build on, then those of cells."""
        if name.endswith(" numFmt"):
            self._codes[attributes["numFmtId"]] = attributes["formatCode"]
        elif name.endswith((" cellStyleXfs", " cellXfs")):
            self._is_of_cells = name.endswith(" cellXfs")
        elif name.endswith(" xf") and self._is_of_cells:
            if shape := Shape.of(self._codes.get(attributes.get("numFmtId", ""), "")):
                self.shapes[self._number] = shape
            self._number += 1


class Values(Part):
    """`last` and `last_column`: numbers of the last row and column with a value; 0 without any.

    `errors` are the row and column of each cell that holds an error, `rounded` of each that holds a
    number of more digits than a spreadsheet keeps. `shown` are the displayed texts of numbers whose
    format displays them differently from a plain number, by row and column. Numbers of rows and
    cells may be missing in the file: each then follows the one before it.
    """

    def __init__(self, shapes: dict[int, Shape]) -> None:
        super().__init__()
        self.shown: dict[tuple[int, int], str] = {}
        self._shapes = shapes
        self._shape: Shape | None = None
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
        """A cell names its position, and so its row where the row itself has no number."""
        place, kind = attributes.get("r"), attributes.get("t")
        self._is_number, self._number = kind in (None, "n"), ""
        self._shape = self._shapes.get(int(attributes.get("s", 0)))
        self._shape = self._shapes.get(int(attributes.get("s", 0)))
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
        elif self._is_number and self._shape and (text := self._shape.write(self._number)):
            self.shown[self._row, self._column] = text


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
            f" ({limit_setting('cells')} and {limit_setting('columns')} allow more)."
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
