"""Refuses a file with a column that was delivered as another type, or in another format."""

from collections.abc import Iterable

import duckdb

from orchestration.ingestion.checks import UNREAD
from orchestration.ingestion.contract import ColumnContract
from orchestration.ingestion.loading import Loaded, Table
from orchestration.ingestion.outcome import Refused

# A column is taken for retyped when most of its filled cells cannot be read: a few bad cells are
# bad records, and three is the fewest that can speak for a column.
RETYPED_SHARE = 0.5
RETYPED_FEWEST = 3


def refuse_retyped(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Raise Refused when most filled cells of a loaded column cannot be read as its type."""
    typed = [column for column in table.checked if column.contract.family != "string"]
    if not typed:
        return
    at_fault = f"(from loaded where not ({table.sound}))"
    suspects = []
    for column, unread in zip(typed, _counts(con, at_fault, map(_unread, typed)), strict=True):
        if unread >= RETYPED_FEWEST:
            suspects.append((column, unread))
    conditions = (f"{column.code} > 0 or {_filled(column)}" for column, _ in suspects)
    filled = _counts(con, "loaded", conditions)
    for (column, unread), count in zip(suspects, filled, strict=True):
        if unread > RETYPED_SHARE * count:
            raise Refused(
                f"{column.header} cannot be read as {_expected(column.contract)} in {unread} of"
                f" {count} records: it was delivered as another type or in another format."
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


def _unread(column: Loaded) -> str:
    return f"{column.code} between 1 and {UNREAD}"


def _filled(column: Loaded) -> str:
    return f"{column.value} is not null" if column.contract.is_kept else "false"


def _expected(column: ColumnContract) -> str:
    formats = " or ".join(column.meta.formats)
    return f"{column.data_type} ({formats})" if formats else column.data_type
