"""Removes the rows of erased people from a file as it is read, before anything is counted.

A row is removed where a column of identifiers names an erased person of its kind. A column that is
dropped identifies a person by its whole value, and only where no identifier of that kind says whom
the row is about: two people may share a name. A kept text that mentions an erased person is
emptied; where the text is needed to identify the row, the row is removed.
"""

from typing import NamedTuple

import duckdb
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.erasures.erased_person import ErasedPeople
from orchestration.ingestion.validation.column_checks import nobody
from orchestration.ingestion.validation.typed_table import TypedColumn, TypedTable

READ = "delivered_rows"
"""The name of the table of all rows, once `typed` is a view of those that stay."""


class Erased(NamedTuple):
    """How many rows were removed from a file, and how many texts of other rows were emptied."""

    rows: int = 0
    texts: int = 0


def may_hold_words(column: ColumnContract) -> bool:
    """Whether a kept column may mention a person in the sender's own words."""
    meta = column.meta
    is_free = column.family == "string" and not meta.allowed and not meta.area
    return column.is_kept and column.privacy in ("none", "quasi") and is_free


def is_needed(column: ColumnContract, contract: TableContract) -> bool:
    """Whether a row cannot be kept without the column's value."""
    return column.meta.required or column.name in contract.key


def erase_rows(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> Erased:
    """Remove the rows of erased people from `typed`, and texts that mention them from other rows.

    Rows keep their `rowid`, so that records keep their numbers. Where nobody is named, the table
    stays as it is.
    """
    if not people:
        return Erased()
    goes = [f"({condition})" for condition in _conditions(con, table, contract, people)]
    emptied = _emptied(con, table, contract, people)
    if not goes and not emptied:
        return Erased()
    stays = f"not coalesce({' or '.join(goes)}, false)" if goes else "true"
    replaced = [
        f"case when {mentioned} then null else {value} end as {value}"
        for value, mentioned in emptied.items()
    ]
    texts = f" replace ({', '.join(replaced)})" if emptied else ""
    con.execute(f"alter table typed rename to {READ}")
    con.execute(f"create table erased_rows as select rowid as row from {READ} where not ({stays})")
    con.execute(
        f"create view typed as select rowid as rowid, *{texts} from {READ}"
        " where rowid not in (select row from erased_rows)"
    )
    mentions = " + ".join(f"count(*) filter (where {each})" for each in emptied.values()) or "0"
    counts = f"(select count(*) from erased_rows), {mentions}"
    rest = f"{READ} where rowid not in (select row from erased_rows)"
    return Erased(*con.sql(f"select {counts} from {rest}").fetchall()[0])


def _conditions(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> list[str]:
    found = []
    for column in table.columns:
        hits, of_whom = [], ""
        if column.contract.privacy == "identifier":
            hits = people.named_in(_distinct(con, column.value), [column.contract.meta.kind or ""])
            value = column.value
        elif column.dropped is not None:
            kinds = [column.contract.meta.kind] if column.contract.meta.kind else people.kinds
            value = column.dropped
            hits = people.named_in(_distinct(con, value), [kind for kind in kinds if kind])
            of_whom = _names_nobody(table, column)
        elif may_hold_words(column.contract) and is_needed(column.contract, contract):
            hits, value = people.held_in(_distinct(con, column.value)), column.value
        if hits:
            name = f"erased{column.at}"
            _register(con, name, hits)
            found.append(f"{value}::varchar in (select value from {name}){of_whom}")
    return found


def _names_nobody(table: TypedTable, dropped: TypedColumn) -> str:
    """The condition that no identifier of the dropped column's kind says whom a row is about."""
    kind = dropped.contract.meta.kind
    others = [
        column
        for column in table.columns
        if column.contract.privacy == "identifier" and kind in (None, column.contract.meta.kind)
    ]
    return "".join(
        f" and ({column.value} is null or {nobody(column.contract, f'{column.value}::varchar')})"
        for column in others
    )


def _emptied(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, people: ErasedPeople
) -> dict[str, str]:
    """Text columns that mention an erased person, each with the condition for such rows."""
    found: dict[str, str] = {}
    for column in table.columns:
        if column.is_wide or not may_hold_words(column.contract):
            continue
        if is_needed(column.contract, contract):
            continue
        if hits := people.held_in(_distinct(con, column.value)):
            name = f"mentions{column.at}"
            _register(con, name, hits)
            condition = f"{column.value}::varchar in (select value from {name})"
            found[column.value] = f"coalesce({condition}, false)"
    return found


def _distinct(con: duckdb.DuckDBPyConnection, value: str) -> pl.Series:
    query = f"select distinct {value}::varchar as value from typed where {value} is not null"
    found: pl.Series = con.sql(query).pl()["value"].cast(pl.String)
    return found


def _register(con: duckdb.DuckDBPyConnection, name: str, values: list[str]) -> None:
    con.execute(f"create table {name} (value varchar)")
    con.executemany(f"insert into {name} values (?)", [[value] for value in values])
