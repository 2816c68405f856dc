"""The days that the accepted rows of a file cover, and months and areas whose rows are all lost."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

import duckdb

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.named_period import Days, months
from orchestration.ingestion.validation.typed_table import TypedTable

USUAL = 3
"""With fewer rows a month, a month without any means nothing."""
LostArea = tuple[str, date | None]
"""The spelling of an area and the first day of a month; None where no column dates the rows."""


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
    """First days of months that have rows in the file, of which none was accepted; in order.

    A rejected row whose date cannot be read may be of any month. If there are at least half as many
    of those as a usual month has rows, every month without a row between the first and the last
    counts as lost too.
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


def lost_areas(
    con: duckdb.DuckDBPyConnection,
    table: TypedTable,
    contract: TableContract,
    rejected: int,
    spellings: Collection[str],
) -> list[LostArea]:
    """Areas and months that have rows in the file, of which none was accepted; in order.

    A year without a row is lost with its twelve months; where no column dates the rows, an area is
    lost as a whole. Rows whose date cannot be read may be of any month, as in `lost_months`. Where
    rows of statistics name their months themselves, a month without a row is missing anyway.
    """
    area = next((each for each in table.kept if each.contract.meta.area and not each.is_wide), None)
    is_of_rows = contract.meta.periods in ("rows", "register")
    if area is None or not rejected or is_of_rows:
        return []
    held, kept = (_by_area(con, rows, area.value, _month(table, contract)) for rows in ROWS)
    lost: list[LostArea] = []
    for name in held.keys() & set(spellings):
        lost += [(name, month) for month in _lost(held[name], kept.get(name, {}))]
    is_yearly = _year(table) is not None and _event(table, contract) is None
    found = _months_of_years(lost) if is_yearly else lost
    return sorted(found, key=lambda each: (each[0], each[1] or date.min))


ROWS = ("typed", "counted")


def _by_area(
    con: duckdb.DuckDBPyConnection, rows: str, area: str, month: str
) -> dict[str, dict[date | None, int]]:
    """How many rows each area has in each month; None holds rows without a month."""
    query = f"select {area}, {month} as month, count(*) from {rows} group by all"
    found: dict[str, dict[date | None, int]] = defaultdict(dict)
    for name, day, count in con.sql(query).fetchall():
        found[name][day] = count
    return found


def _lost(held: dict[date | None, int], kept: dict[date | None, int]) -> set[date | None]:
    """The months of one area that are lost."""
    lost = held.keys() - kept.keys()
    undated = held.get(None, 0) - kept.get(None, 0)
    dated = {month: count for month, count in kept.items() if month is not None}
    is_dated = any(month is not None for month in held)
    if not is_dated:
        return lost
    accepted = sum(dated.values())
    if dated and accepted >= USUAL * len(dated) and undated >= accepted / len(dated) / 2:
        lost |= {each.first for each in months(Days(min(dated), max(dated)))} - dated.keys()
    return lost - {None}


def _months_of_years(lost: list[LostArea]) -> Iterator[LostArea]:
    for name, year in lost:
        for month in range(1, 13) if year else ():
            yield name, year.replace(month=month) if year else None


def _month(table: TypedTable, contract: TableContract) -> str:
    """SQL for the first day of the month, or of the year, of a row; null where it has none."""
    if (event := _event(table, contract)) is not None:
        return f"date_trunc('month', {event})::date"
    year = _year(table)
    return (
        f"case when {year} between 1900 and 9999 then make_date({year}, 1, 1) end"
        if year
        else ("null::date")
    )


def _year(table: TypedTable) -> str | None:
    year = table.named("calendar_year")
    return year.value if year is not None else None


def _event(table: TypedTable, contract: TableContract) -> str | None:
    event = table.named(contract.meta.event_date) if contract.meta.event_date else None
    return event.value if event and event.contract.is_kept else None
