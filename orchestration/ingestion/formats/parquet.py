"""Parquet: typed columns, read as text so that every format passes the same checks."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import FileLimits, LimitMet, Refused, limit_setting
from orchestration.ingestion.formats.file_reader import FileReader, null_or
from orchestration.storage.sql import literal


def read_columnar(path: Path, form: Format, limits: FileLimits) -> FileReader:
    """Open a Parquet file; its footer counts the rows."""
    if path.stat().st_size == 0:
        raise Refused("The file is empty.")
    try:
        footer = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise Refused("The file is not Parquet, or it is truncated.") from error
    with footer:
        schema = footer.schema_arrow
        records = footer.metadata.num_rows
    _refuse_too_much(records, len(schema.names), path.stat().st_size, limits)
    stream = path.open("rb")
    # By position: to the engine two names that differ only in capitals are the same.
    places = [f"p{at}" for at in range(len(schema.names))]
    columns = ", ".join(
        f"{null_or(f'cast({place} as string)', form.nulls)} as c{at}"
        for at, place in enumerate(places)
    )
    file = literal(f"/dev/fd/{stream.fileno()}")
    reader = FileReader(
        headers=list(schema.names),
        query=f"select {columns} from read_parquet({file}) as file({', '.join(places)})",
        records=records,
        families={field.name: _families(field.type) for field in schema},
        is_typed=True,
    )
    reader.resources.enter_context(stream)
    return reader


def _refuse_too_much(records: int, columns: int, size: int, limits: FileLimits) -> None:
    """Refuse too many rows: even empty rows, which take no room in the file, cost memory."""
    if columns > limits.columns:
        raise LimitMet(
            f"It has {columns:,} columns, more than the {limits.columns:,} that a file may have"
            f" ({limit_setting('columns')} allows more)."
        )
    if records > limits.rows + size:
        raise LimitMet(
            f"Its {size:,} bytes claim {records:,} rows, more than one for each byte beside"
            f" {limits.rows:,} ({limit_setting('rows')} allows more)."
        )


def _families(kind: pa.DataType) -> set[str]:
    """The declared types that a Parquet type can hold; none for lists, structs and bytes."""
    if pa.types.is_dictionary(kind):
        return _families(kind.value_type)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if is_text or pa.types.is_string_view(kind) or pa.types.is_null(kind):
        return {
            *("string", "integer", "bigint", "double", "decimal"),
            *("date", "timestamp", "time", "boolean"),
        }
    holds = {
        pa.types.is_integer: {"string", "integer", "bigint", "double", "decimal"},
        pa.types.is_floating: {"integer", "bigint", "double", "decimal"},
        pa.types.is_decimal: {"integer", "bigint", "double", "decimal"},
        pa.types.is_date: {"date", "timestamp"},
        pa.types.is_timestamp: {"date", "timestamp"},
        pa.types.is_time: {"time"},
        pa.types.is_boolean: {"boolean"},
    }
    return next((families for test, families in holds.items() if test(kind)), set())
