"""The script that a run is compared with writes what a run releases: in each form, in order."""

from pathlib import Path

import duckdb

from tests.benchmarks._plain_duckdb_run import export


def test_every_table_is_written_as_parquet_csv_and_in_a_database(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    with duckdb.connect() as con:
        con.execute("create table fct_made as from (values (2, 'b'), (1, 'a')) made(id, said)")
        export(con, {"fct_made": ["id"]}, folder)
    with duckdb.connect(folder / "marts.duckdb", read_only=True) as written:
        assert written.sql("from fct_made").fetchall() == [(1, "a"), (2, "b")]
        parquet = written.sql(f"from '{folder / 'fct_made.parquet'}'").fetchall()
        assert written.sql(f"from '{folder / 'fct_made.csv'}'").fetchall() == parquet
