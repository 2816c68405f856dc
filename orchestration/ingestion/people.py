"""Puts pseudonyms in the place of identifiers: computed once per distinct value, then joined."""

import duckdb
import polars as pl

from orchestration.ingestion.loading import Loaded, Table
from orchestration.ingestion.pseudonyms import Pseudonyms, normalised

# A column with more people than this has hardly a person twice, and a dictionary only costs.
MOST_NAMED = 1_000_000


def replace_people(
    con: duckdb.DuckDBPyConnection, table: Table, pseudonyms: Pseudonyms | None
) -> None:
    """Create the views `valid` (rows without a fault) and `people` (the same with pseudonyms).

    Both have `row` (the place in the file, from 0) and the loaded columns. Without pseudonyms, when
    nothing is written, identifiers are only put into the form in which they are compared.
    """
    sound = " and ".join(f"{column.code} = 0" for column in table.checked) or "true"
    con.execute(f"create view valid as select rowid as row, * from loaded where {sound}")
    joins = ""
    replaced = []
    for column in table.kept:
        if column.contract.privacy == "identifier":
            name = f"people{column.at}"
            _people(con, name, column, pseudonyms)
            joins += f" left join {name} on valid.{column.value} = {name}.delivered"
            replaced.append(f"{name}.pseudonym as {column.value}")
        else:
            replaced.append(f"valid.{column.value}")
    con.execute(f"create view people as select row, {', '.join(replaced)} from valid{joins}")


def _people(
    con: duckdb.DuckDBPyConnection, name: str, column: Loaded, pseudonyms: Pseudonyms | None
) -> None:
    query = (
        f"select distinct {column.value} as delivered from valid where {column.value} is not null"
    )
    delivered = con.sql(query).pl()["delivered"].cast(pl.String)
    kind = column.contract.meta.kind or ""
    made = pseudonyms.of(delivered, kind) if pseudonyms else normalised(delivered)
    both = pl.DataFrame({"delivered": delivered, "pseudonym": made})
    con.register("both_names", both.to_arrow())
    named_type = _type_of(con, f"{name}_type", made)
    con.execute(
        f"create table {name} as select delivered, pseudonym::{named_type} as pseudonym"
        " from both_names"
    )
    con.unregister("both_names")


def _type_of(con: duckdb.DuckDBPyConnection, name: str, pseudonyms: pl.Series) -> str:
    """A type that names each pseudonym once, which spares hashing them again for every row."""
    distinct = pseudonyms.drop_nulls().unique().sort()
    if not 0 < len(distinct) <= MOST_NAMED:
        return "string"
    con.register("distinct_names", pl.DataFrame({"name": distinct}).to_arrow())
    con.execute(f"create type {name} as enum (select name from distinct_names)")
    con.unregister("distinct_names")
    return name
