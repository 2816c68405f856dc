"""Removes the rows of erased people from files that were loaded before, in place.

Files that lie in landing are loaded again instead, which recognises people by everything that a
sender writes. Where a file is gone, only its rows in raw or set aside are left, and people appear
in them by their pseudonyms. An interrupted purge is finished by the next one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Identity
from orchestration.ingestion.ledger import LedgerRow, append, incoming, read_ledger, unequal_file
from orchestration.ingestion.validation.erased_rows import ErasedPeople, is_needed, may_hold_words
from orchestration.ingestion.write_raw import copy_rows
from orchestration.storage import durable
from orchestration.storage.read_back import sum_of_parquet, sum_of_query
from orchestration.storage.sql import identifier, literal

Contracts = Mapping[tuple[str, str], TableContract]


class PurgeFailed(RuntimeError):
    """The written file differs from what should stay; the message names it; it is unchanged."""


@dataclass(frozen=True)
class PurgedFile:
    """Rows removed from one load that is no longer in landing, and cells emptied in it."""

    file_name: str
    rows: int
    cells: int = 0


def find(row: LedgerRow, people: ErasedPeople, contracts: Contracts) -> PurgedFile:
    """What would be removed from a load; nothing is changed."""
    path = _stored(row)
    if path is None:
        return PurgedFile(row.file_name, 0)
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        plan = _plan(con, path, people, contracts.get((row.source_name, row.table_name)))
        return PurgedFile(row.file_name, plan.rows, plan.cells)


def purge(
    people: Mapping[str, ErasedPeople],
    contracts: Sequence[TableContract],
    again: Collection[Identity] = (),
) -> list[PurgedFile]:
    """Remove erased people, by programme, from every load except those that are loaded `again`.

    Returns the files that held any. Raises PurgeFailed where what was written differs.
    """
    known = {(one.source, one.name): one for one in contracts}
    held = []
    for row in read_ledger():
        erased = people.get(row.programme_id)
        if erased is None or row.erasures >= erased.count or row.identity in again:
            continue
        done = _purge(row, erased, known)
        if done.rows + done.cells:
            held.append(done)
    return held


def settle(programme: str, held: Collection[Identity], entry: int) -> None:
    """Record for each load whether the person of an entry has still to be removed from it.

    Loads that are `held` are purged or loaded again by the next run. The others were searched and
    need nothing, provided they were checked against every entry before this one.
    """
    for row in read_ledger():
        if row.programme_id != programme:
            continue
        if row.identity in held:
            append(replace(row, erasures=min(row.erasures, entry - 1)))
        elif row.erasures == entry - 1:
            append(replace(row, erasures=entry))


@dataclass(frozen=True)
class _Plan:
    """Conditions of rows to remove, expressions of cells to empty, and how many there are."""

    goes: str
    emptied: tuple[str, ...]
    rows: int
    cells: int


def _stored(row: LedgerRow) -> Path | None:
    return next((path for path in (row.raw_file, row.set_aside_file) if path.is_file()), None)


def _purge(row: LedgerRow, people: ErasedPeople, contracts: Contracts) -> PurgedFile:
    """First the file, then its ledger row: killed in between, both are done again."""
    durable.remove(unequal_file(*row.identity))
    path = _stored(row)
    if path is None:
        append(replace(row, erasures=people.count))
        return PurgedFile(row.file_name, 0)
    contract = contracts.get((row.source_name, row.table_name))
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        plan = _plan(con, path, people, contract)
        if plan.rows + plan.cells:
            _rewrite(con, path, plan, row)
        append(replace(_counted(con, path, row, contract), erasures=people.count))
    return PurgedFile(row.file_name, plan.rows, plan.cells)


def _plan(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    people: ErasedPeople,
    contract: TableContract | None,
) -> _Plan:
    con.execute(f"create view stored as select * from read_parquet({literal(str(path))})")
    goes: list[str] = []
    emptied: list[str] = []
    cells = 0
    for at, name in enumerate(_text_columns(con)):
        column = identifier(name)
        values = _distinct(con, column)
        if hits := people.pseudonyms_in(values):
            goes.append(_among(con, column, f"people{at}", hits))
        if not _is_free(contract, name) or not (hits := people.held_in(values)):
            continue
        among = _among(con, column, f"mentions{at}", hits)
        if contract is None or is_needed(contract.column(name), contract):
            goes.append(among)
        else:
            emptied.append(f"case when {among} then null else {column} end as {column}")
            cells += _count(con, among)
    condition = f"coalesce({' or '.join(goes)}, false)" if goes else "false"
    return _Plan(condition, tuple(emptied), _count(con, condition), cells)


def _is_free(contract: TableContract | None, name: str) -> bool:
    known = {column.name: column for column in contract.columns} if contract else {}
    return may_hold_words(known[name]) if name in known else contract is None


def _text_columns(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for name, kind, *_ in con.sql("describe stored").fetchall():
        if kind == "VARCHAR" and name not in ("programme_id", "file_hash", "file_name"):
            yield name


def _distinct(con: duckdb.DuckDBPyConnection, column: str) -> pl.Series:
    query = f"select distinct {column} as value from stored where {column} is not null"
    found: pl.Series = con.sql(query).pl()["value"].cast(pl.String)
    return found


def _among(con: duckdb.DuckDBPyConnection, column: str, name: str, values: list[str]) -> str:
    con.execute(f"create table {name} (value varchar)")
    con.executemany(f"insert into {name} values (?)", [[value] for value in values])
    return f"({column} in (select value from {name}))"


def _count(con: duckdb.DuckDBPyConnection, condition: str) -> int:
    return int(con.sql(f"select count(*) from stored where {condition}").fetchall()[0][0])


def _rewrite(con: duckdb.DuckDBPyConnection, path: Path, plan: _Plan, row: LedgerRow) -> None:
    texts = f" replace ({', '.join(plan.emptied)})" if plan.emptied else ""
    query = f"select *{texts} from stored where not {plan.goes}"
    written = incoming() / f"{'.'.join(row.identity)}.purged.parquet"
    written.parent.mkdir(parents=True, exist_ok=True)
    try:
        copy_rows(con, query, written)
        if sum_of_query(con, query) != sum_of_parquet(written):
            raise PurgeFailed(
                f"{row.file_name}: what was written without an erased person is not what stays."
                " It was left as it was: install another version of DuckDB and run again."
            )
        durable.sync(written)
        durable.move(written, path)
    finally:
        written.unlink(missing_ok=True)


def _counted(
    con: duckdb.DuckDBPyConnection, path: Path, row: LedgerRow, contract: TableContract | None
) -> LedgerRow:
    """The row for the file as it now is: a record of a wide publication has several rows in it."""
    there = f"read_parquet({literal(str(path))})"
    query = f"select count(distinct record_number) from {there}"
    accepted = int(con.sql(query).fetchall()[0][0])
    gone = row.accepted - accepted
    if not gone:
        return row
    first, last = row.first_event_date, row.last_event_date
    if contract is not None and contract.meta.event_date:
        day = identifier(contract.meta.event_date)
        days = f"select min({day})::date, max({day})::date from {there}"
        first, last = con.sql(days).fetchall()[0]
    return replace(
        row,
        records=row.records - gone,
        accepted=accepted,
        erased=row.erased + gone,
        first_event_date=first,
        last_event_date=last,
    )
