"""Writes the accepted rows as one Parquet file, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.validation.rejects import Numbering
from orchestration.ingestion.validation.result import Stamp
from orchestration.ingestion.validation.typed_table import Table
from orchestration.storage import durable
from orchestration.storage.sql import identifier, literal

# Times and numbers mostly follow one another in a delivery, so differences (version 2) take half
# the room and are read as fast. A dictionary is tried for every column; where values hardly repeat,
# giving up early saves a fifth of the writing.
PARQUET = "format parquet, parquet_version v2, dictionary_size_limit 4000"


def write_raw(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    contract: TableContract,
    numbering: Numbering,
    stamp: Stamp,
    output: Path,
    still: Callable[[], None],
) -> None:
    """Write the view `accepted` to `output`; `still` raises when the file changed meanwhile."""
    columns = [_column(table, contract, column) for column in contract.kept]
    columns += [
        *(f"{literal(text)}::stamp as {name}" for name, text in _texts(stamp).items()),
        f"{stamp.arrival}::bigint as arrival",
        f"({numbering.expression(con)})::bigint as record_number",
    ]
    texts = ", ".join(literal(text) for text in sorted({*_texts(stamp).values()}))
    con.execute(f"create type stamp as enum ({texts})")
    beside = output.with_name(output.name + durable.UNFINISHED)
    try:
        con.execute(
            f"copy (select {', '.join(columns)} from accepted) to {literal(beside)} ({PARQUET})"
        )
        still()
        durable.sync(beside)
        durable.move(beside, output)
    finally:
        beside.unlink(missing_ok=True)


def _texts(stamp: Stamp) -> dict[str, str]:
    return {
        "programme_id": stamp.programme,
        "file_hash": stamp.file_hash,
        "file_name": stamp.file_name,
    }


def _column(table: Table, contract: TableContract, column: ColumnContract) -> str:
    """Text keeps the type it was loaded as: an enumeration is written faster, and reads as text."""
    value = _value(table, contract, column)
    is_loaded_text = column.family == "string" and table.named(column.name) is not None
    typed = value if is_loaded_text else f"cast({value} as {column.data_type})"
    return f"{typed} as {identifier(column.name)}"


def _value(table: Table, contract: TableContract, column: ColumnContract) -> str:
    loaded = table.named(column.name)
    if loaded is not None:
        return loaded.value
    unpivot = contract.meta.unpivot
    wide = [c for c in table.columns if c.is_wide]
    if unpivot and column.name == unpivot.name_to:
        return f"unnest([{', '.join(literal(c.header) for c in wide)}])"
    if unpivot and column.name == unpivot.value_to:
        return f"unnest([{', '.join(c.value for c in wide)}])"
    return "null"
