"""`marts.duckdb`: the released Parquet files as one database that explains itself.

Its bytes carry random ids, so it is compared with the Parquet files by the content of each table.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.release.artifacts import Table
from orchestration.release.hashes import literal, of_relation, quoted

NAME = "marts.duckdb"


def parquet_of(release: Path, table: str) -> str:
    """The relation that reads a table's Parquet file."""
    return f"read_parquet({literal(release / 'parquet' / f'{table}.parquet')})"


def _create(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> None:
    columns = con.sql(f"describe select * from {relation}").fetchall()
    shape = ", ".join(f"{quoted(name)} {kind}" for name, kind, *_ in columns)
    key = ", ".join(quoted(column) for column in table.key)
    name = quoted(table.name)
    con.execute(f"create table {name} ({shape}, primary key ({key}))")
    con.execute(f"insert into {name} select * from {relation}")
    con.execute(f"comment on table {name} is {literal(table.description)}")
    for column, *_ in columns:
        words = table.columns.get(column, "")
        con.execute(f"comment on column {name}.{quoted(column)} is {literal(words)}")


def write_database(release: Path, tables: Sequence[Table]) -> None:
    """Build `marts.duckdb` in the release folder from its Parquet files, keys and meanings kept."""
    with duckdb.connect(release / NAME, config={"threads": 1}) as con:
        # One transaction: a commit for each of some hundred comments takes longer than the rows.
        con.begin()
        for table in tables:
            _create(con, table, parquet_of(release, table.name))
        con.commit()


def contents(release: Path) -> dict[str, str]:
    """Content hash of every table of the release's `marts.duckdb`, by name."""
    with duckdb.connect(release / NAME, read_only=True) as con:
        query = "select table_name from duckdb_tables() where not internal order by all"
        names = con.sql(query).fetchall()
        return {name: of_relation(con, quoted(name)) for (name,) in names}


def parquet_contents(release: Path) -> dict[str, str]:
    """Content hash of every Parquet file of the release, by table name."""
    with duckdb.connect() as con:
        return {
            path.stem: of_relation(con, parquet_of(release, path.stem))
            for path in sorted((release / "parquet").glob("*.parquet"))
        }
