"""What is accepted and flagged, and the change of a column's type that refuses a file.

Flags: zero, time unknown, the hour that autumn repeats and the hour that spring skips, day and
month swapped, unknown codes, ids that mean nobody and an id on too many rows, dates without an end,
and spans that end on the next day.
"""

from collections.abc import Iterable, Iterator

import duckdb

from orchestration.ingestion.contracts.column import ColumnContract
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
from orchestration.ingestion.validation.format_hints import format_hint
from orchestration.ingestion.validation.typed_table import (
    MatchedColumns,
    TypedColumn,
    TypedTable,
)
from orchestration.programmes.time_zones import clock_changes

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
