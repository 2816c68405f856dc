"""The days of which the accepted rows of a file speak, and months of which none was accepted."""

from datetime import date

import duckdb

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.named_period import Days, months
from orchestration.ingestion.validation.typed_table import TypedTable

USUAL = 3
"""Rows a month below which a month without one says nothing."""


def event_days(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract
) -> tuple[date | None, date | None]:
    """The first and the last day of the accepted rows, by the contract's `event_date`."""
    value = _event(table, contract)
    if value is None:
        return None, None
    query = f"select min({value})::date, max({value})::date from counted"
    first, last = con.sql(query).fetchall()[0]
    return first, last


def lost_months(
    con: duckdb.DuckDBPyConnection,
    table: TypedTable,
    contract: TableContract,
    rejected: int,
    duplicates: int,
) -> list[date]:
    """First days of months of which the file holds rows and none was accepted, in order.

    A rejected row whose date cannot be read may be of any month. Where there are as many as half of
    the rows of a usual month, every month between the first and the last without a row is lost too.
    """
    value = _event(table, contract)
    if value is None or not rejected:
        return []
    month = f"select distinct date_trunc('month', {value})::date as month from"
    where = f"where {value} is not null"
    held = {day for (day,) in con.sql(f"{month} typed {where}").fetchall()}
    kept = {day for (day,) in con.sql(f"{month} counted {where}").fetchall()}
    lost = held - kept
    counts = f"select (select count({value}) from typed), (select count({value}) from counted)"
    dated, accepted = con.sql(counts).fetchall()[0]
    undated = rejected - (dated - accepted - duplicates)
    if kept and accepted >= USUAL * len(kept) and undated >= accepted / len(kept) / 2:
        lost |= {each.first for each in months(Days(min(kept), max(kept)))} - kept
    return sorted(lost)


def _event(table: TypedTable, contract: TableContract) -> str | None:
    event = table.named(contract.meta.event_date) if contract.meta.event_date else None
    return event.value if event and event.contract.is_kept else None
