"""The rows that are stored: the columns of the contract, with pseudonyms instead of identifiers.

Pseudonyms are computed once per distinct value, then joined. The days that the accepted rows cover
follow, and months and areas whose rows are all lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

import duckdb
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Days, months
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms, normalised
from orchestration.ingestion.validation.column_checks import nobody
from orchestration.ingestion.validation.rejects import Numbering
from orchestration.ingestion.validation.result import AcceptedRows
from orchestration.ingestion.validation.typed_table import TypedColumn, TypedTable
from orchestration.storage.sql import identifier, literal

USUAL = 3
"""With fewer rows a month, a month without any means nothing."""
LostArea = tuple[str, date | None]
"""The spelling of an area and the first day of a month; None where no column dates the rows."""
ROWS = ("typed", "counted")


def pseudonymise(
    con: duckdb.DuckDBPyConnection, table: TypedTable, pseudonyms: Pseudonyms | None
) -> None:
    """Create the view `valid`, filled rows without a fault, and tables of the pseudonyms.

    The view has `row` (the position in the file, from 0) and the typed columns. Without pseudonyms,
    identifiers are only normalised and must then not be stored.
    """
    con.execute(f"create view valid as select rowid as row, * from typed where {table.sound}")
    for column in _identifiers(table):
        _create_pseudonyms(con, f"pseudonyms{column.at}", column, pseudonyms)


def with_pseudonyms(table: TypedTable, rows: str) -> str:
    """A query of rows of `valid` with pseudonyms, joined last so that few rows cost little."""
    private = [column.at for column in _identifiers(table)]
    columns = [_stored(column, is_private=column.at in private) for column in table.kept]
    joins = [f"left join pseudonyms{at} on rows.v{at} = pseudonyms{at}.delivered" for at in private]
    return f"(select row, {', '.join(columns)} from {rows} as rows {' '.join(joins)})"


def _stored(column: TypedColumn, *, is_private: bool) -> str:
    """What is stored of a column: a pseudonym, null where it names nobody, or its value."""
    if is_private:
        return f"pseudonyms{column.at}.pseudonym as {column.value}"
    value = f"rows.{column.value}"
    if column.contract.nobody:
        return f"case when not {nobody(column.contract, value)} then {value} end as {column.value}"
    return value


def _identifiers(table: TypedTable) -> list[TypedColumn]:
    return [column for column in table.kept if column.contract.privacy == "identifier"]


def _create_pseudonyms(
    con: duckdb.DuckDBPyConnection, name: str, column: TypedColumn, pseudonyms: Pseudonyms | None
) -> None:
    # Distinct first: an id is on many rows, and the engine would process each of them.
    query = (
        f"with ids as materialized (select distinct {column.value} as delivered from typed"
        f" where {column.value} is not null) select delivered from ids"
    )
    if column.contract.nobody:
        query += f" where not {nobody(column.contract, 'delivered')}"
    delivered = con.sql(query).pl()["delivered"].cast(pl.String)
    kind = column.contract.meta.kind or ""
    made = pseudonyms.of(delivered, kind) if pseudonyms else normalised(delivered)
    pairs = pl.DataFrame({"delivered": delivered, "pseudonym": made})
    con.register("pairs", pairs.to_arrow())
    con.execute(f"create table {name} as select delivered, pseudonym from pairs")
    con.unregister("pairs")


def accepted_rows(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract, numbering: Numbering
) -> AcceptedRows:
    """The view `accepted` as columns of the contract, with the number of each record."""
    columns = [_column(table, contract, column) for column in contract.kept]
    columns.append(f"({numbering.expression(con)})::bigint as record_number")
    return AcceptedRows(con, f"select {', '.join(columns)} from accepted")


def _column(table: TypedTable, contract: TableContract, column: ColumnContract) -> str:
    """Cast; also to text where the table holds an enumeration: see `write_raw`."""
    value = _value(table, contract, column)
    kind = "varchar" if column.family == "string" else column.data_type
    return f"cast({value} as {kind}) as {identifier(column.name)}"


def _value(table: TypedTable, contract: TableContract, column: ColumnContract) -> str:
    typed = table.named(column.name)
    if typed is not None:
        return typed.value
    unpivot = contract.meta.unpivot
    wide = [c for c in table.columns if c.is_wide]
    if unpivot and column.name == unpivot.name_to:
        return f"unnest([{', '.join(literal(c.header) for c in wide)}])"
    if unpivot and column.name == unpivot.value_to:
        return f"unnest([{', '.join(c.value for c in wide)}])"
    return "null"


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
