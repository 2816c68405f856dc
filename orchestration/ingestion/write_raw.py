"""Writes the accepted rows as one Parquet file, and reads it back to verify it."""

from pathlib import Path

import duckdb

from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.validation.result import AcceptedRows
from orchestration.storage import durable
from orchestration.storage.engine import engine_version
from orchestration.storage.read_back import sum_of_parquet, sum_of_query, unequal_columns
from orchestration.storage.sql import literal

# Times and numbers mostly increase within a delivery, so storing differences (version 2) takes half
# the room and is read as fast. A dictionary is tried for every column; where values hardly repeat,
# giving up early saves a fifth of the writing.
PARQUET = "format parquet, parquet_version v2, dictionary_size_limit 4000"


class Unequal(Exception):
    """The written file differs from the accepted rows; the message says where and what to do."""


def write_raw(rows: AcceptedRows, delivery: Delivery, output: Path) -> None:
    """Write the accepted rows to `output`, each with the delivery it came from.

    Raises Unequal when another reader finds that the file differs from what was accepted; the
    faulty file is left at `output`, so that it can be inspected.
    """
    columns = [
        "* exclude (record_number)",
        _constant(delivery.programme, "programme_id"),
        _constant(delivery.file_hash, "file_hash"),
        _constant(delivery.name, "file_name"),
        f"{delivery.arrival}::bigint as arrival",
        "record_number",
    ]
    query = f"select {', '.join(columns)} from ({rows.query})"
    unfinished = output.with_name(output.name + durable.UNFINISHED)
    try:
        copy_rows(rows.con, query, unfinished)
        is_equal = sum_of_query(rows.con, query) == sum_of_parquet(unfinished)
        differing = [] if is_equal else unequal_columns(rows.con, query, unfinished)
        durable.sync(unfinished)
        durable.move(unfinished, output)
    finally:
        unfinished.unlink(missing_ok=True)
    if not is_equal:
        raise Unequal(_message(differing))


def _message(columns: list[str]) -> str:
    where = f"differ in {', '.join(columns)}" if columns else "stand in other rows"
    return (
        f"What DuckDB {engine_version()} wrote is not what was accepted: values {where}. Nothing of"
        " the file was loaded, and what was written is kept in quarantine. The delivered file is"
        " not at fault: install another version of DuckDB, and the next run loads it."
    )


def copy_rows(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the rows of a query as Parquet."""
    con.execute(f"copy ({query}) to {literal(path)} ({PARQUET})")


def _constant(text: str, name: str) -> str:
    """A text that every row has, as an enumeration of it alone: hashed once, and not row by row.

    DuckDB writes a value of an enumeration that no row has into the dictionary as an empty text,
    and where there are two, readers of dictionaries (PyArrow's, and so pandas') take one value for
    another. An enumeration of one value has none that is not used.
    """
    return f"{literal(text)}::enum({literal(text)}) as {name}"
