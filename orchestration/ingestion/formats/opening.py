"""Opens a delivered file in the format its contract states."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.ingestion.contract_tables import Format
from orchestration.ingestion.formats.delimited import read_delimited
from orchestration.ingestion.formats.reading import Reading


@contextmanager
def open_delivery(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> Iterator[Reading]:
    """A reading that is closed afterwards; raises Refused when the file cannot be read at all."""
    with _open(con, path, form) as reading:
        yield reading


def _open(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> Reading:
    # Each format brings its own library; only the one in use is imported.
    if form.type == "parquet":
        from orchestration.ingestion.formats.columnar import read_columnar  # noqa: PLC0415

        return read_columnar(path, form)
    if form.type == "jsonl":
        from orchestration.ingestion.formats.json_lines import read_json_lines  # noqa: PLC0415

        return read_json_lines(con, path, form)
    if form.type == "xlsx":
        from orchestration.ingestion.formats.workbook import read_workbook  # noqa: PLC0415

        return read_workbook(con, path, form)
    return read_delimited(path, form)
