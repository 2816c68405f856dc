"""Writes the accepted rows as one Parquet file, and reads it back before it counts."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.validation.rejects import Numbering
from orchestration.ingestion.validation.result import Stamp, Unequal
from orchestration.ingestion.validation.typed_table import Table
from orchestration.storage import durable
from orchestration.storage.read_back import sum_of_parquet, sum_of_query, unequal_columns
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
    """Write the view `accepted` to `output`; `still` raises when the file changed meanwhile.

    Raises Unequal when another reader does not find in the file what was accepted; the faulty file
    is then at `output` all the same, for whoever looks into it.
    """
    columns = [_column(table, contract, column) for column in contract.kept]
    columns += [_constant(text, name) for name, text in _texts(stamp).items()]
    columns += [
        f"{stamp.arrival}::bigint as arrival",
        f"({numbering.expression(con)})::bigint as record_number",
    ]
    accepted = f"select {', '.join(columns)} from accepted"
    beside = output.with_name(output.name + durable.UNFINISHED)
    try:
        copy_rows(con, accepted, beside)
        still()
        is_equal = sum_of_query(con, accepted) == sum_of_parquet(beside)
        differing = [] if is_equal else unequal_columns(con, accepted, beside)
        durable.sync(beside)
        durable.move(beside, output)
    finally:
        beside.unlink(missing_ok=True)
    if not is_equal:
        raise Unequal(differing)


def copy_rows(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the rows of a query as Parquet."""
    con.execute(f"copy ({query}) to {literal(path)} ({PARQUET})")


def _texts(stamp: Stamp) -> dict[str, str]:
    return {
        "programme_id": stamp.programme,
        "file_hash": stamp.file_hash,
        "file_name": stamp.file_name,
    }


def _constant(text: str, name: str) -> str:
    """A text that every row has, as an enumeration of it alone: hashed once, and not row by row.

    DuckDB writes a value of an enumeration that no row has into the dictionary as an empty text,
    and where there are two, readers of dictionaries (PyArrow's, and so pandas') take one value for
    another. An enumeration of one value has none that is not used.
    """
    return f"{literal(text)}::enum({literal(text)}) as {name}"


def _column(table: Table, contract: TableContract, column: ColumnContract) -> str:
    """Cast, and text even where it was loaded as an enumeration: see `_constant`."""
    value = _value(table, contract, column)
    kind = "varchar" if column.family == "string" else column.data_type
    return f"cast({value} as {kind}) as {identifier(column.name)}"


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
