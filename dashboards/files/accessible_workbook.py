"""Accessible workbooks: a cover, contents, notes, and one marked-up table per sheet.

The rules are those of the Government Analysis Function for spreadsheets: a title in the first cell
of every sheet, no merged, hidden or empty rows and columns, nothing shown by colour alone, headings
in one row, figures as numbers, and shorthand in square brackets where there is no figure.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from dashboards.text.figures import UNRATED
from dashboards.text.formats import is_missing
from orchestration.disclosure.policy import SHORTHAND

NO_FIGURE = "[x]"
BY_STATUS = {
    "suppressed": "[c]",
    "not_supplied": "[x]",
    "missing_months": "[x]",
    "not_applicable": "[z]",
}
WIDEST, NARROWEST, AROUND = 60, 9, 3
# How many rows decide the width of a column.
LOOKED_AT = 200
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"


def in_cell(row: Mapping[str, Any], column: str, kind: str) -> Any:
    """The number for a cell, or the mark that says why there is none.

    `kind` is that of the metric: too few events make no rate, but still a count.
    """
    status = str(row["status"])
    counted = column in {"numerator", "denominator"} or kind in UNRATED
    if status == "low" and not counted:
        return "[u]"
    number = row[column]
    return BY_STATUS.get(status, "[z]") if is_missing(number) else number


def marks_of(row: Mapping[str, Any]) -> str:
    """What else a reader must know of a figure: provisional, or over a break; empty for neither."""
    said = (("is_provisional", "[p]"), ("is_break", "[b]"))
    return "".join(mark for name, mark in said if row.get(name))


@dataclass(frozen=True)
class Sheet:
    """One table: its title, what a reader must know of it, and its rows under their headings."""

    title: str
    rows: pl.DataFrame
    about: Sequence[str] = ()


@dataclass(frozen=True)
class Book:
    """A workbook: its title, the sentences of its cover, its sheets, and when it was made."""

    title: str
    cover: Sequence[str]
    sheets: Sequence[Sheet]
    made_at: datetime


class _Writer:
    """What writes a workbook: the open file and its kinds of cells."""

    def __init__(self, held: io.BytesIO) -> None:
        self.book = xlsxwriter.Workbook(
            held,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": "Arial", "font_size": 12},
            },
        )
        plain = {"font_name": "Arial", "font_size": 12}
        self.title = self.book.add_format(plain | {"bold": True, "font_size": 16})
        self.words = self.book.add_format(plain | {"text_wrap": True, "valign": "top"})
        self.line = self.book.add_format(plain)
        self.head = self.book.add_format(
            plain | {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        )
        self.whole = self.book.add_format(plain | {"num_format": "#,##0", "valign": "top"})
        self.broken = self.book.add_format(plain | {"num_format": "#,##0.0##", "valign": "top"})
        self.day = self.book.add_format(plain | {"num_format": "yyyy-mm-dd", "valign": "top"})
        self.mark = self.book.add_format(plain | {"align": "right", "valign": "top"})

    def sheet(self, name: str, title: str, lines: Sequence[str]) -> Worksheet:
        """A new sheet with its title in the first cell and sentences below it."""
        made = self.book.add_worksheet(name)
        made.write_string(0, 0, title, self.title)
        for row, said in enumerate(lines, start=1):
            made.write_string(row, 0, said, self.line)
        return made

    def table(self, sheet: Worksheet, name: str, rows: pl.DataFrame, first: int) -> None:
        """The rows as a table that spreadsheets know by its name, headings at row `first`."""
        for row, values in enumerate(rows.iter_rows(), start=first + 1):
            for column, value in enumerate(values):
                self.cell(sheet, row, column, value, is_number=rows.dtypes[column].is_numeric())
        sheet.add_table(
            first,
            0,
            first + max(rows.height, 1),
            rows.width - 1,
            {
                "name": name,
                "style": None,
                "autofilter": False,
                "columns": [{"header": head, "header_format": self.head} for head in rows.columns],
            },
        )
        for column, head in enumerate(rows.columns):
            sheet.set_column(column, column, _width(head, rows[head]))

    def cell(self, sheet: Worksheet, row: int, column: int, value: Any, *, is_number: bool) -> None:
        """A value by its kind: a number, a day, or text that no spreadsheet takes for a formula.

        An empty value is written as the shorthand for no figure.
        """
        if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124
            sheet.write_string(row, column, NO_FIGURE, self.mark if is_number else self.words)
        elif isinstance(value, bool):
            sheet.write_string(row, column, "yes" if value else "no", self.words)
        elif isinstance(value, int | float):
            kind = self.whole if value == round(value) else self.broken
            sheet.write_number(row, column, value, kind)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        else:
            text = str(value)
            marked = is_number or text in SHORTHAND
            sheet.write_string(row, column, text, self.mark if marked else self.words)


def workbook(book: Book) -> bytes:
    """The workbook as the bytes of an XLSX file; the same book gives the same bytes."""
    held = io.BytesIO()
    writer = _Writer(held)
    writer.book.set_properties(
        {"title": book.title, "author": "Bodyworn", "created": book.made_at.replace(tzinfo=None)}
    )
    cover = writer.sheet(COVER, book.title, book.cover)
    cover.set_column(0, 0, WIDEST * 2)
    names = [f"Table_{number}" for number, _ in enumerate(book.sheets, start=1)]
    _contents(writer, book, names)
    _notes(writer)
    for name, one in zip(names, book.sheets, strict=True):
        said = [
            "This sheet holds one table. Shorthand is explained on the sheet Notes.",
            *one.about,
        ]
        sheet = writer.sheet(name, one.title, said)
        writer.table(sheet, name, one.rows, len(said) + 1)
    writer.book.close()
    return held.getvalue()


def _contents(writer: _Writer, book: Book, names: Sequence[str]) -> None:
    sheet = writer.sheet(CONTENTS, "Contents", ["This sheet holds one table, one row per sheet."])
    titles = ["Shorthand and how to read the figures", *(one.title for one in book.sheets)]
    listed = pl.DataFrame({"Sheet": [NOTES, *names], "What it holds": titles})
    writer.table(sheet, "Contents_table", listed, 2)
    for row, name in enumerate(listed["Sheet"], start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)


def _notes(writer: _Writer) -> None:
    lines = [
        "This sheet holds one table, one row per mark.",
        "A cell without a figure holds a mark in square brackets and is not zero.",
        "Intervals are 95% intervals. They allow for chance and for nothing else.",
    ]
    sheet = writer.sheet(NOTES, "Notes", lines)
    listed = pl.DataFrame({"Mark": list(SHORTHAND), "What it means": list(SHORTHAND.values())})
    writer.table(sheet, "Notes_table", listed, len(lines) + 1)


def _width(head: str, values: pl.Series) -> int:
    """Characters that a column needs: its longest word or value, up to a limit."""
    shown = [len(str(value)) for value in values.head(LOOKED_AT)]
    words = [len(word) for word in head.split()]
    return min(max(*shown, *words, NARROWEST) + AROUND, WIDEST)
