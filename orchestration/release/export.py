"""A released table as Parquet and CSV: same rows, same order, same bytes every time.

One thread and a fixed row group keep the Parquet reproducible with one version of DuckDB. The CSV
is RFC 4180 in UTF-8 with line feeds; null is an empty cell and an empty text is `""`; doubles are
printed with the digits that read back to the same number; text is escaped as in `cells`.
"""

from pathlib import Path

import duckdb

from orchestration.release.artifacts import BuildProblem, Table
from orchestration.release.cells import escaped
from orchestration.release.hashes import literal, quoted

ROW_GROUP = 122_880


def _ordered(con: duckdb.DuckDBPyConnection, relation: str, table: Table) -> str:
    key = ", ".join(quoted(column) for column in table.key)
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


def _cells(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    columns = con.sql(f"describe select * from {relation}").fetchall()
    return ", ".join(
        f"{escaped(quoted(name))} as {quoted(name)}" if kind == "VARCHAR" else quoted(name)
        for name, kind, *_ in columns
    )


def export(con: duckdb.DuckDBPyConnection, relation: str, table: Table, folder: Path) -> int:
    """Write `parquet/<table>.parquet` and `csv/<table>.csv` below `folder`; return the rows.

    `con` must use one thread. Raises BuildProblem for a table that is not there or whose key is
    not unique.
    """
    ordered = _ordered(con, relation, table)
    parquet = folder / "parquet" / f"{table.name}.parquet"
    con.execute(
        f"copy (select * {ordered}) to {literal(parquet)} "
        f"(format parquet, compression zstd, row_group_size {ROW_GROUP})"
    )
    csv = folder / "csv" / f"{table.name}.csv"
    # The Parquet file is in order already, and one thread reads it so.
    written = f"read_parquet({literal(parquet)})"
    con.execute(
        f"copy (select {_cells(con, written)} from {written}) to {literal(csv)} "
        "(format csv, header, delimiter ',', quote '\"', escape '\"', nullstr '')"
    )
    return int(con.sql(f"select count(*) from {written}").fetchall()[0][0])
