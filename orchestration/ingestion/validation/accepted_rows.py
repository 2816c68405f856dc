"""The rows that are stored: the columns of the contract, with pseudonyms instead of identifiers.

Pseudonyms are computed once per distinct value, then joined.
"""

import duckdb
import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms, normalised
from orchestration.ingestion.validation.column_checks import nobody
from orchestration.ingestion.validation.rejects import Numbering
from orchestration.ingestion.validation.result import AcceptedRows
from orchestration.ingestion.validation.typed_table import TypedColumn, TypedTable
from orchestration.storage.sql import identifier, literal


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
