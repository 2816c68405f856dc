"""Small sound files of every contract, and every column of them mutated.

A file has a row per column more than it needs, in each of which one value is not what it should be.
Whoever loads them can say of each file how many of its rows are mutated.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract

SOUND_ROWS = 120
FIRST_DAY = datetime(2016, 1, 4, 10, 0, 7)  # noqa: DTZ001 - local, as in a file
SECONDS = 600
AREAS = tuple(f"{side} {number}" for side in ("North", "South") for number in range(1, 13))
DISTRICTS = 25
# What stands in place of a value, whatever that was.
PUT = {
    "wrong": "not a value",
    "empty": "",
    "blanks": "   ",
    "not_a_number": "NaN",
    "endless": "-inf",
    "huge": "9" * 30,
    "minus": "-1",
    "zero": "0",
    "odd_code": "9911",
    "formula": "=1+1",
    "decimal_comma": "1.234,5",
    "first_day": "1950-01-01",
    "last_day": "9999-12-31 23:59:59",
    "spreadsheet_month": "Oct-18",
    "spreadsheet_error": "#N/A",
    "day_first": "31/12/2016 10:00:00 PM",
    "override": "\u202e\u200bn\u0000",
    "quote": "O'Neil\"; drop table x --",
    "long": "é" * 1001,
}
CHANGED: dict[str, Callable[[str], str]] = {
    "padded": lambda value: f"\u00a0 {value} ",
    "lower": str.lower,
    "doubled_blank": lambda value: value.replace(" ", "  ") or "Area  ok",
    "typo": lambda value: value[1:] + value[:1],
}
MUTATIONS = (*PUT, *CHANGED, "header", "neighbour")
# Every mutation in turn, the next one in the next column.
MIXED = "mixed"


def mutate(mutation: str, row: dict[str, str], header: str) -> str:
    """The value of a row under a header, mutated: also into its header and the next value."""
    if mutation in PUT:
        return PUT[mutation]
    if mutation in CHANGED:
        return CHANGED[mutation](row[header])
    headers = list(row)
    return header if mutation == "header" else row[headers[headers.index(header) - 1]]


@dataclass(frozen=True)
class Mutated:
    """A delivered file: its name, its text, and how many of its rows differ from sound ones."""

    name: str
    text: str
    rows: int
    mutated: int


def sound_value(column: ColumnContract, row: int) -> str:
    """A value of the column that fits, and that names the same thing in every table of a source."""
    meta, name = column.meta, column.name
    if meta.allowed:
        return meta.allowed[row % len(meta.allowed)]
    if name in ("published_area", "published_region"):
        return AREAS[row % len(AREAS)]
    if column.family in ("date", "timestamp", "time"):
        return _sound_time(column, row)
    if column.family == "string":
        return f"{name.removesuffix('_id')} {row}"
    return _sound_number(column, row)


def _sound_time(column: ColumnContract, row: int) -> str:
    name = column.name
    shown = FIRST_DAY + timedelta(days=row)
    if name == "month_start":
        # All areas share a month.
        months = row // len(AREAS)
        shown = datetime(2016 + months // 12, months % 12 + 1, 1)  # noqa: DTZ001 - as in a file
    elif name.endswith(("_to", "_end_time")):
        shown += timedelta(seconds=SECONDS)
    elif name.startswith("uploaded"):
        shown += timedelta(hours=1)
    usual = {"date": "%Y-%m-%d", "time": "%H:%M:%S"}.get(column.family, "%Y-%m-%d %H:%M:%S")
    return shown.strftime(column.meta.formats[0] if column.meta.formats else usual)


def _sound_number(column: ColumnContract, row: int) -> str:
    of_name = {
        "calendar_year": 2016 + row // (12 * len(AREAS)),
        "district_number": row % DISTRICTS + 1,
        "month_number": row // len(AREAS) % 12 + 1,
        "bin_start_day": row // len(AREAS),
        "duration_seconds": SECONDS,
        "beat": 100 * (row % 12 + 1) + 11,
    }
    if column.family == "boolean":
        return ("true", "false")[row % 2]
    return str(of_name.get(column.name, int(column.meta.min or 0) + 1))


def sound_row(contract: TableContract, row: int) -> dict[str, str]:
    """A row that fits the contract, by header; its key is its own."""
    found = {column.header: sound_value(column, row) for column in contract.delivered}
    if contract.meta.unpivot:
        found |= {"201601": "3", "201602": "4"}
    return found


def sound_rows(contract: TableContract, most: int) -> list[dict[str, str]]:
    """Rows that fit and have keys of their own: so many, or fewer where no more keys there are."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    key = [contract.column(name).header for name in contract.key if name not in ("month_code",)]
    for number in range(most):
        row = sound_row(contract, number)
        found.setdefault(tuple(row[header] for header in key) if key else (str(number),), row)
    return list(found.values())


def file_name(contract: TableContract, part: str = "") -> str:
    """A name that the contract's patterns claim and that no other contract does."""
    [first, *_] = contract.meta.files
    name = first.replace("20[0-9][0-9]-[01][0-9]-", f"2016-01-{part or 'x'}")
    name = name.replace("20[0-9][0-9]_[0-9][0-9]", "2016_17")
    name = name.replace("20[0-9][0-9].csv", "2017.csv")
    name = re.sub(r"\*(?=\.csv)", f"_{part}" if part else "", name).replace(".csv*", ".csv")
    return name.replace("april*-march", "april2016-march").replace("*", part or "x")


def text_of(rows: Sequence[dict[str, str]]) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def mutated_file(contract: TableContract, mutation: str, sound: int = SOUND_ROWS) -> Mutated:
    """Sound rows, and in their midst a row per column with one value mutated.

    In the middle stands the header again where that is the mutation, or one of them.
    """
    columns = contract.delivered
    rows = sound_rows(contract, sound + len(columns))
    rows, changed = rows[: -len(columns)], rows[-len(columns) :]
    for place, (column, row) in enumerate(zip(columns, changed, strict=True)):
        kind = MUTATIONS[place % len(MUTATIONS)] if mutation == MIXED else mutation
        row[column.header] = mutate(kind, row, column.header)
    if mutation in ("header", MIXED):
        changed.append({header: header for header in rows[0]})
    half = len(rows) // 2
    every = [*rows[:half], *changed, *rows[half:]]
    return Mutated(file_name(contract), text_of(every), len(every), len(changed))
