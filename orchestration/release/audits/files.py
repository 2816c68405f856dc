"""The candidate's files agree with each other."""

from collections.abc import Iterator

from orchestration.release.audits.evidence import Evidence, Finding
from orchestration.release.database import parquet_of
from orchestration.release.hashes import quoted

NEEDED = ("dim_area", "dim_metric", "dim_programme", "fct_load_ledger", "fct_metrics")


def tables_are_there(evidence: Evidence) -> Iterator[Finding]:
    """The tables every reader counts on are released."""
    for table in NEEDED:
        if table not in evidence.manifest["outputs"]:
            yield Finding("tables", "error", f"{table} is missing.")


def _rows(evidence: Evidence, relation: str) -> tuple[object, ...]:
    """A relation's columns, and its rows whatever their order: their number and sum of hashes."""
    columns = evidence.rows(f"describe select * from {relation}")
    values = ", ".join(quoted(name) for name, *_ in columns)
    shape = tuple((name, kind) for name, kind, *_ in columns)
    return shape, *evidence.rows(f"select count(*), sum(hash({values})) from {relation}")


def database_equals_parquet(evidence: Evidence) -> Iterator[Finding]:
    """Every table of `marts.duckdb` has the rows of the Parquet file that it was made from."""
    database = {table for table, _ in evidence.columns()}
    parquet = set(evidence.manifest["outputs"])
    for table in sorted(database | parquet):
        is_same = table in database & parquet and _rows(evidence, quoted(table)) == _rows(
            evidence, parquet_of(evidence.folder, table)
        )
        if not is_same:
            words = f"{table} differs between marts.duckdb and its Parquet file."
            yield Finding("database", "error", words)


def keys_are_declared(evidence: Evidence) -> Iterator[Finding]:
    """Every table of `marts.duckdb` has a primary key."""
    query = """
        select table_name from duckdb_tables() where not internal
        except select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'
        order by all
    """
    for (table,) in evidence.rows(query):
        yield Finding("database", "error", f"{table} has no primary key in marts.duckdb.")


def times_have_no_zone(evidence: Evidence) -> Iterator[Finding]:
    """No column's text depends on the time zone of the machine that prints it."""
    for table, column in evidence.columns("TIMESTAMP WITH TIME ZONE"):
        words = f"{table}.{column} is a timestamp with a zone: release the local clock or a date."
        yield Finding("times", "error", words)
