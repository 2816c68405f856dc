"""The likely format of a column of unreadable dates, for the sentence that refuses its file."""

from itertools import product

import duckdb

from orchestration.ingestion.contracts.column import DATED, ColumnContract
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.storage.sql import literal

SAMPLE = 1000
MOST = 0.9
"""The share of values that has to match a format: a few are always bad."""
DAYS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y%m%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y"),
)
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H.%M")
TIMES = (*(" ".join(both) for both in product(DAYS, CLOCKS)), "%Y%m%dT%H%M%S")
# From 1954 to 2064, as spreadsheets count days.
SERIAL = r"[2-5]\d{4}(\.\d+)?"


def format_hint(
    con: duckdb.DuckDBPyConnection, reader: FileReader, column: ColumnContract, place: int | None
) -> str:
    """A sentence on the likely format of a column of dates or times; empty where unknown.

    `place` is the column's position in the file, from 0. No value is shown.
    """
    if column.family not in (*DATED, "time") or reader.is_typed or place is None:
        return ""
    clocks, times = list(CLOCKS), [*TIMES, *DAYS]
    formats = {"date": [*DAYS, *TIMES], "timestamp": times, "time": clocks}[column.family]
    fits = [f"avg((try_strptime(t, {literal(text)}) is not null)::int)" for text in formats]
    values = f"select trim(c{place}) as t from ({reader.query}) where trim(c{place}) <> ''"
    serial = f"avg(regexp_full_match(t, '{SERIAL}')::int)"
    query = f"select {serial}, {', '.join(fits)} from ({values} limit {SAMPLE})"
    is_serial, *shares = con.sql(query).fetchall()[0]
    if (is_serial or 0) >= MOST:
        return (
            " Its values look like the numbers by which spreadsheets count days: give the column a"
            " format of dates, such as yyyy-mm-dd, before it is saved."
        )
    found = [text for text, share in zip(formats, shares, strict=True) if (share or 0) >= MOST]
    found = [text for text in found if text not in column.meta.formats]
    if not found:
        return ""
    named = " or ".join(f'`formats: ["{text}"]`' for text in found[:2])
    which = ", whichever the sender means" if len(found) > 1 else ""
    return f" Its values fit {named}{which}: state it in the contract."
