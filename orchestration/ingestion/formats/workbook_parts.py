"""The XML parts of a workbook that are read beside its values: sheets, relations, cells, styles."""

import posixpath
import re
import string
import zipfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import Self
from xml.parsers import expat

from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.decode import CHUNK

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
