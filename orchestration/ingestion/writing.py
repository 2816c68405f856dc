"""Writes the accepted rows as one Parquet file, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.ingestion import durable
from orchestration.ingestion.contract import ColumnContract, TableContract
from orchestration.ingestion.formats.reading import named, quoted
from orchestration.ingestion.loading import Table
from orchestration.ingestion.numbering import Numbering
from orchestration.ingestion.outcome import Stamp


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
        f"{quoted(stamp.programme)} as programme_id",
        f"{quoted(stamp.file_hash)} as file_hash",
        f"{quoted(stamp.file_name)} as file_name",
        f"{stamp.arrival}::bigint as arrival",
        f"({numbering.expression(con)})::bigint as record_number",
    ]
    beside = output.with_name(output.name + durable.UNFINISHED)
    try:
        con.execute(
            f"copy (select {', '.join(columns)} from accepted) to {quoted(str(beside))}"
            " (format parquet)"
        )
        still()
        durable.sync(beside)
        durable.move(beside, output)
    finally:
        beside.unlink(missing_ok=True)


def _column(table: Table, contract: TableContract, column: ColumnContract) -> str:
    value = _value(table, contract, column)
    return f"cast({value} as {column.data_type}) as {named(column.name)}"


def _value(table: Table, contract: TableContract, column: ColumnContract) -> str:
    loaded = table.named(column.name)
    if loaded is not None:
        return loaded.value
    unpivot = contract.meta.unpivot
    wide = [c for c in table.columns if c.is_wide]
    if unpivot and column.name == unpivot.name_to:
        return f"unnest([{', '.join(quoted(c.header) for c in wide)}])"
    if unpivot and column.name == unpivot.value_to:
        return f"unnest([{', '.join(c.value for c in wide)}])"
    return "null"
