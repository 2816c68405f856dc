"""Released tables as Parquet and CSV, and `marts.duckdb`, the one database that explains itself.

One thread and a fixed row group keep the Parquet the same, byte for byte, with one version of
DuckDB. The database's bytes hold random ids, so it is compared with the Parquet files by content.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.release import tiers
from orchestration.release.dbt_artifacts import BuildProblem, ReleasedTable
from orchestration.storage.engine import engine_version
from orchestration.storage.hashes import of_relation
from orchestration.storage.read_back import (
    sum_of_csv,
    sum_of_parquet,
    sum_of_query,
    unequal_columns,
)
from orchestration.storage.spreadsheet_safety import escaped
from orchestration.storage.sql import identifier, literal

NAME = "marts.duckdb"
ROW_GROUP = 122_880


def parquet_of(release: Path, table: str) -> str:
    """The relation that reads a table's Parquet file."""
    return f"read_parquet({literal(tiers.parquet(release, table))})"


def _create(con: duckdb.DuckDBPyConnection, table: ReleasedTable, relation: str) -> None:
    columns = con.sql(f"describe select * from {relation}").fetchall()
    shape = ", ".join(f"{identifier(name)} {kind}" for name, kind, *_ in columns)
    key = ", ".join(identifier(column) for column in table.key)
    name = identifier(table.name)
    con.execute(f"create table {name} ({shape}, primary key ({key}))")
    con.execute(f"insert into {name} select * from {relation}")
    con.execute(f"comment on table {name} is {literal(table.description)}")
    for column, *_ in columns:
        words = table.columns.get(column, "")
        con.execute(f"comment on column {name}.{identifier(column)} is {literal(words)}")


def write_database(release: Path, tables: Sequence[ReleasedTable]) -> None:
    """Build `marts.duckdb` in the release folder from its Parquet files, with keys and meanings."""
    with duckdb.connect(tiers.internal(release) / NAME, config={"threads": 1}) as con:
        # One transaction: a commit for each of some hundred comments takes longer than the rows.
        con.begin()
        for table in tables:
            _create(con, table, parquet_of(release, table.name))
        con.commit()


def contents(release: Path) -> dict[str, str]:
    """Content hash of every table of the release's `marts.duckdb`, by name."""
    with duckdb.connect(tiers.internal(release) / NAME, read_only=True) as con:
        query = "select table_name from duckdb_tables() where not internal order by all"
        names = con.sql(query).fetchall()
        return {name: of_relation(con, identifier(name)) for (name,) in names}


def parquet_contents(release: Path) -> dict[str, str]:
    """Content hash of every Parquet file of the release, by table name."""
    with duckdb.connect() as con:
        return {
            path.stem: of_relation(con, parquet_of(release, path.stem))
            for path in sorted((tiers.internal(release) / "parquet").glob("*.parquet"))
        }


def _ordered(con: duckdb.DuckDBPyConnection, relation: str, table: ReleasedTable) -> str:
    key = ", ".join(identifier(column) for column in table.key)
    query = f"select count(*), count(distinct ({key})) from {relation}"
    try:
        rows, distinct = con.sql(query).fetchall()[0]
    except duckdb.CatalogException as error:
        message = f"{table.name} is not in the warehouse: dbt did not build it"
        raise BuildProblem(message) from error
    if rows != distinct:
        message = f"{table.name} has {rows} rows but {distinct} keys ({', '.join(table.key)})"
        raise BuildProblem(message)
    return f"from {relation} order by {key}"


def _cells(con: duckdb.DuckDBPyConnection, relation: str, cast: str = "") -> str:
    columns = con.sql(f"describe select * from {relation}").fetchall()
    names = [(identifier(name), kind) for name, kind, *_ in columns]
    return ", ".join(
        f"{escaped(name) if kind == 'VARCHAR' else name}{cast} as {name}" for name, kind in names
    )


def export(
    con: duckdb.DuckDBPyConnection, relation: str, table: ReleasedTable, folder: Path
) -> int:
    """Write a table as Parquet and CSV into its tier of a release; return the rows.

    `con` must use one thread. Raises BuildProblem for a missing table, a key that is not unique,
    and files in which another reader does not find the rows of `relation`.
    """
    ordered = _ordered(con, relation, table)
    parquet = tiers.parquet(folder, table.name)
    con.execute(
        f"copy (select * {ordered}) to {literal(parquet)} "
        f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
    )
    warehouse = f"select * from {relation}"
    if sum_of_query(con, warehouse) != (found := sum_of_parquet(parquet)):
        raise _unequal(parquet.name, unequal_columns(con, warehouse, parquet))
    csv = tiers.csv(folder, table.name)
    # The Parquet file is in order already, and one thread reads it so.
    written = f"read_parquet({literal(parquet)})"
    con.execute(
        f"copy (select {_cells(con, written)} from {written}) to {literal(csv)} "
        "(format csv, header, delimiter ',', quote '\"', escape '\"', nullstr '')"
    )
    as_text = f"select {_cells(con, written, '::varchar')} from {written}"
    if sum_of_query(con, as_text) != sum_of_csv(csv):
        raise _unequal(csv.name, [])
    return found.rows


def _unequal(file: str, columns: list[str]) -> BuildProblem:
    where = f" in {', '.join(columns)}" if columns else ""
    return BuildProblem(
        f"{file} does not hold the rows of the warehouse{where}, as another reader finds: DuckDB"
        f" {engine_version()} wrote it wrongly. Install another version and run again."
    )
