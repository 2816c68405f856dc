"""What is accepted and flagged, and the changes of a type or a unit that refuse a file.

Flags: zero, time unknown, the hour that autumn repeats and the hour that spring skips, day and
month swapped, unknown codes, ids that mean nobody and an id on too many rows, dates without an end,
and spans that end on the next day. A file whose dates are unreadable is refused with their likely
format; the unit of a length is recognised from the start and end of what it measures.
"""

from collections.abc import Iterable, Iterator
from itertools import product

import duckdb

from orchestration.ingestion.contracts.column import DATED, ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.validation.column_checks import (
    NO_END,
    UNMAPPED,
    UNREAD,
    next_day,
    nobody,
)
from orchestration.ingestion.validation.day_order import count_swapped
from orchestration.ingestion.validation.typed_table import (
    MatchedColumns,
    TypedColumn,
    TypedTable,
)
from orchestration.programmes.time_zones import clock_changes
from orchestration.storage.sql import literal

DAY = 86_400_000_000
# A column has changed its type when most of its filled cells cannot be read: a few bad cells are
# bad records, and fewer than three mean nothing for the column.
TYPE_DRIFT_SHARE = 0.5
TYPE_DRIFT_FEWEST = 3
# One id on more than a fifth of the rows is implausible in a file of a hundred rows and ten ids: it
# is the number of a dock, a test account, or a word for nobody that the contract does not list.
FREQUENT_SHARE = 0.2
FREQUENT_ROWS = 100
FREQUENT_IDS = 10
SAMPLE = 1000
MOST_MATCHING = 0.9
"""The share of values that has to match a format: a few are always bad."""
DAYS = (
    *("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y%m%d"),
    *("%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y"),
)
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H.%M")
# From 1954 to 2064, as spreadsheets count days.
SERIAL = r"[2-5]\d{4}(\.\d+)?"
# How many of each unit make a second. A length is taken to be in another unit when the median
# record is within a quarter of it; three records are the fewest that can show this for a column.
UNITS = {
    "microseconds": 1_000_000.0,
    "milliseconds": 1_000.0,
    "minutes": 1 / 60,
    "hours": 1 / 3_600,
}
NEAR = 1.25
FEWEST_LENGTHS = 3


def count_flags(
    con: duckdb.DuckDBPyConnection, table: TypedTable, time_zone: str
) -> dict[str, int]:
    """Accepted rows by `column.flag`, without zeroes.

    Raises Refused when more codes are unknown than the contract allows.
    """
    flags = list(_conditions(con, table, time_zone))
    found: dict[str, int] = {}
    if flags:
        counts = ", ".join(f"count(*) filter (where {condition})" for _, condition in flags)
        row = con.sql(f"select {counts} from counted").fetchall()[0]
        found = {name: count for (name, _), count in zip(flags, row, strict=True) if count}
    for column in table.kept:
        if column.contract.nobody:
            found |= _flags_of_ids(con, column)
        if "swapped" in column.contract.meta.flags and (rows := count_swapped(con, table, column)):
            found[f"{column.contract.name}.swapped"] = rows
    _refuse_unmapped(con, table, found)
    return found


def _conditions(
    con: duckdb.DuckDBPyConnection, table: TypedTable, time_zone: str
) -> Iterator[tuple[str, str]]:
    for column in table.kept:
        name, value = column.contract.name, column.value
        yield from ((f"{name}.{flag}", test) for flag, test in _of_contract(table, column))
        if "zero" in column.contract.meta.flags:
            yield f"{name}.zero", f"{value} = 0"
        if "midnight" in column.contract.meta.flags:
            yield f"{name}.midnight", f"epoch_us({value}) % {DAY} = 0"
        for flag in ("autumn_hour", "spring_hour"):
            if flag in column.contract.meta.flags:
                is_doubled = flag == "autumn_hour"
                yield f"{name}.{flag}", _in_hour(con, column, time_zone, is_doubled=is_doubled)


def _of_contract(table: TypedTable, column: TypedColumn) -> Iterator[tuple[str, str]]:
    """Flags that follow from the contract without being declared."""
    meta, value = column.contract.meta, column.value
    if meta.allowed:
        yield UNMAPPED, f"{value} = '{UNMAPPED}'"
    if meta.no_end:
        yield "no_end", f"{value} = date '{NO_END}'"
    if meta.next_day_hours and (start := table.named(meta.ends or "")):
        yield "next_day", next_day(column.contract, value, start.value)


def _flags_of_ids(con: duckdb.DuckDBPyConnection, column: TypedColumn) -> dict[str, int]:
    """Rows whose id means nobody, and rows with an id that is on implausibly many.

    Each distinct id is checked once, not each row.
    """
    is_nobody = nobody(column.contract, "id")
    of_nobody, people, rows, most = con.sql(
        f"with ids as materialized (select {column.value} as id, count(*) as rows from counted"
        f" where {column.value} is not null group by id)"
        " select coalesce(sum(rows) filter (is_nobody), 0), count(*) filter (not is_nobody),"
        " coalesce(sum(rows) filter (not is_nobody), 0),"
        " coalesce(max(rows) filter (not is_nobody), 0)"
        f" from (select rows, {is_nobody} as is_nobody from ids)"
    ).fetchall()[0]
    is_many = people >= FREQUENT_IDS and rows >= FREQUENT_ROWS and most > FREQUENT_SHARE * rows
    name = column.contract.name
    counts = {f"{name}.nobody": of_nobody, f"{name}.too_frequent": most if is_many else 0}
    return {flag: int(count) for flag, count in counts.items() if count}


def _in_hour(
    con: duckdb.DuckDBPyConnection, column: TypedColumn, time_zone: str, *, is_doubled: bool
) -> str:
    query = f"select min({column.value}), max({column.value}) from counted"
    first, last = con.sql(query).fetchall()[0]
    if first is None:
        return "false"
    spans = [
        f"({column.value} >= timestamp '{start}' and {column.value} < timestamp '{end}')"
        for change in clock_changes(time_zone, first, last)
        if change.doubles == is_doubled
        for start, end in [change.span]
    ]
    return " or ".join(spans) or "false"


def _refuse_unmapped(
    con: duckdb.DuckDBPyConnection, table: TypedTable, flags: dict[str, int]
) -> None:
    rows = con.sql("select count(*) from counted").fetchall()[0][0]
    for column in table.kept:
        unknown = flags.get(f"{column.contract.name}.{UNMAPPED}", 0)
        limit = column.contract.meta.unmapped_limit
        if unknown > limit * rows:
            raise Refused(
                f"{unknown} of {rows} codes in {column.header} are not in the contract's list, more"
                f" than {limit:.1%}: has the list of codes changed?"
            )


def refuse_type_drift(
    con: duckdb.DuckDBPyConnection, reader: FileReader, table: TypedTable, columns: MatchedColumns
) -> None:
    """Raise Refused when most filled cells of a typed column cannot be read as its type.

    The message says what dates look like, where that can be recognised.
    """
    typed = [column for column in table.checked if column.contract.family != "string"]
    if not typed:
        return
    at_fault = f"(from typed where not ({table.sound}))"
    suspects = []
    for column, unread in zip(typed, _counts(con, at_fault, map(_unread, typed)), strict=True):
        if unread >= TYPE_DRIFT_FEWEST:
            suspects.append((column, unread))
    conditions = (f"{column.code} > 0 or {_filled(column)}" for column, _ in suspects)
    filled = _counts(con, "typed", conditions)
    for (column, unread), count in zip(suspects, filled, strict=True):
        if unread > TYPE_DRIFT_SHARE * count:
            place = columns.places.get(column.contract.name)
            raise Refused(
                f"{column.header} cannot be read as {_expected(column.contract)} in {unread} of"
                f" {count} records: it was delivered as another type or in another format."
                f"{format_hint(con, reader, column.contract, place)}"
            )


def _counts(
    con: duckdb.DuckDBPyConnection, rows: str, conditions: Iterable[str]
) -> tuple[int, ...]:
    """How many rows meet each condition, in one pass."""
    counts = [f"count(*) filter (where {condition})" for condition in conditions]
    if not counts:
        return ()
    found: tuple[int, ...] = con.sql(f"select {', '.join(counts)} from {rows}").fetchall()[0]
    return found


def _unread(column: TypedColumn) -> str:
    return f"{column.code} between 1 and {UNREAD}"


def _filled(column: TypedColumn) -> str:
    return f"{column.value} is not null" if column.contract.is_kept else "false"


def _expected(column: ColumnContract) -> str:
    formats = " or ".join(column.meta.formats)
    return f"{column.data_type} ({formats})" if formats else column.data_type


TIMES = (*(" ".join(both) for both in product(DAYS, CLOCKS)), "%Y%m%dT%H%M%S")


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
    if (is_serial or 0) >= MOST_MATCHING:
        return (
            " Its values look like the numbers by which spreadsheets count days: give the column a"
            " format of dates, such as yyyy-mm-dd, before it is saved."
        )
    found = [
        text for text, share in zip(formats, shares, strict=True) if (share or 0) >= MOST_MATCHING
    ]
    found = [text for text in found if text not in column.meta.formats]
    if not found:
        return ""
    named = " or ".join(f'`formats: ["{text}"]`' for text in found[:2])
    which = ", whichever the sender means" if len(found) > 1 else ""
    return f" Its values fit {named}{which}: state it in the contract."


def refuse_other_units(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract
) -> None:
    """Raise Refused where lengths in seconds are a thousand times, or a sixtieth of, their spans.

    Rows rejected for their length count too: most lengths in milliseconds exceed any limit, and the
    remaining ones would be loaded as hours.
    """
    for column in contract.kept:
        named = [table.named(name) for name in (column.name, *(column.meta.length_of or ()))]
        if column.meta.length_of is None or None in named:
            continue
        length, start, end = (each for each in named if each is not None)
        span = f"(epoch({end.value}) - epoch({start.value}))"
        ratio, count = con.sql(
            f"select median({length.value} / {span}), count(*) from typed"
            f" where {length.value} > 0 and {span} > 0"
        ).fetchall()[0]
        unit = next(
            (
                name
                for name, size in UNITS.items()
                if count >= FEWEST_LENGTHS and size / NEAR <= ratio <= size * NEAR
            ),
            None,
        )
        if unit:
            raise Refused(
                f"{length.header} holds {unit} and not seconds: in the middle record it is"
                f" {ratio:,.4g} times the seconds from {start.header} to {end.header}. Deliver it"
                " in seconds."
            )
