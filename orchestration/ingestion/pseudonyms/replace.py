"""Puts pseudonyms in the place of identifiers: computed once per distinct value, then joined."""

import duckdb
import polars as pl

from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms, normalised
from orchestration.ingestion.validation.typed_table import Loaded, Table


def replace_people(
    con: duckdb.DuckDBPyConnection, table: Table, pseudonyms: Pseudonyms | None
) -> None:
    """Create the view `valid`, rows without a fault, and tables of the pseudonyms.

    The view has `row` (the place in the file, from 0) and the loaded columns. Without pseudonyms,
    when nothing is written, identifiers are only put into the form in which they are compared.
    """
    con.execute(f"create view valid as select rowid as row, * from loaded where {table.sound}")
    for column in _identifiers(table):
        _people(con, f"people{column.at}", column, pseudonyms)


def with_people(table: Table, rows: str) -> str:
    """A query of some rows of `valid` with pseudonyms, joined last so that few rows cost little."""
    people = [column.at for column in _identifiers(table)]
    columns = [
        f"people{c.at}.pseudonym as {c.value}" if c.at in people else f"rows.{c.value}"
        for c in table.kept
    ]
    joins = [f"left join people{at} on rows.v{at} = people{at}.delivered" for at in people]
    return f"(select row, {', '.join(columns)} from {rows} as rows {' '.join(joins)})"


def _identifiers(table: Table) -> list[Loaded]:
    return [column for column in table.kept if column.contract.privacy == "identifier"]


def _people(
    con: duckdb.DuckDBPyConnection, name: str, column: Loaded, pseudonyms: Pseudonyms | None
) -> None:
    query = (
        f"select distinct {column.value} as delivered from loaded where {column.value} is not null"
    )
    delivered = con.sql(query).pl()["delivered"].cast(pl.String)
    kind = column.contract.meta.kind or ""
    made = pseudonyms.of(delivered, kind) if pseudonyms else normalised(delivered)
    both = pl.DataFrame({"delivered": delivered, "pseudonym": made})
    con.register("both_names", both.to_arrow())
    con.execute(f"create table {name} as select delivered, pseudonym from both_names")
    con.unregister("both_names")
