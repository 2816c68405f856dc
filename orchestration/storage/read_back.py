"""Whether a written file holds the rows it was written from: read back by another reader.

DuckDB writes the files; Polars and PyArrow read them here, so that no library has to be trusted
about its own work. Both sides are summed up as a `RowSum`, which reveals a value that was lost,
changed or moved to another row. The order of rows does not matter.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from os import SEEK_END
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from orchestration.storage.sql import identifier

# Two of DuckDB's row groups.
ROWS_AT_ONCE = 2 * 122_880
MAGIC, FOOTER_SIZE = b"PAR1", 4
# Types that mean the same and that a reader may name otherwise.
SAME_TYPE = {"TIME_NS": "TIME"}


@dataclass(frozen=True)
class RowSum:
    """Some rows whatever their order: columns with types, their number, the sum of row hashes.

    A row's hash (DuckDB's, 64 bits) covers all its columns. The chance that different rows have the
    same sum is one in 2**64.
    """

    columns: tuple[tuple[str, str], ...]
    rows: int
    hashes: int


def sum_of_query(con: duckdb.DuckDBPyConnection, query: str) -> RowSum:
    """The rows a query gives. Enumerations count as the text they stand for."""
    return _sum(con, f"({query})", _columns(con, f"({query})"))


def sum_of_parquet(path: Path) -> RowSum:
    """The rows of a Parquet file as Polars reads them, a few at a time."""
    with duckdb.connect() as con:
        columns = _open_parquet(con, path)
        return _sum(con, "read_back", columns)


def is_whole_parquet(path: Path) -> bool:
    """Whether a file exists and begins and ends as Parquet does: a truncated one does not.

    The end states its own length, which has to fit into the file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
            size = file.seek(0, SEEK_END)
            if size < 2 * len(MAGIC) + FOOTER_SIZE:
                return False
            file.seek(-len(MAGIC) - FOOTER_SIZE, SEEK_END)
            footer = int.from_bytes(file.read(FOOTER_SIZE), "little")
            return start == file.read(len(MAGIC)) == MAGIC and footer < size
    except OSError:
        return False


def sum_of_csv(path: Path) -> RowSum:
    """The rows of a CSV file as PyArrow reads them: text alone, an empty cell as null."""
    with duckdb.connect() as con:
        con.register("read_back", _read_csv(path))
        return _sum(con, "read_back", _columns(con, "read_back"))


def unequal_columns(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> list[str]:
    """The columns whose values differ between a query and a Parquet file, to name them to people.

    Columns that only one of them has are included. Empty when every column has the same values and
    they are only in other rows.
    """
    written = dict(_columns(con, f"({query})"))
    with duckdb.connect() as other:
        read = dict(_open_parquet(other, path))
    unequal = [name for name in {**written, **read} if written.get(name) != read.get(name)]
    for name in (name for name in written if name not in unequal):
        one = ((name, written[name]),)
        with duckdb.connect() as other:
            _open_parquet(other, path)
            if _sum(other, "read_back", one) != _sum(con, f"({query})", one):
                unequal.append(name)
    return unequal


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[tuple[str, str], ...]:
    described = con.sql(f"describe select * from {relation}").fetchall()
    return tuple((name, _type(kind)) for name, kind, *_ in described)


def _type(kind: str) -> str:
    return "VARCHAR" if kind.startswith("ENUM") else SAME_TYPE.get(kind, kind)


def _sum(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> RowSum:
    values = ", ".join(f"{identifier(name)}::{kind}" for name, kind in columns)
    query = f"select count(*), coalesce(sum(hash({values})), 0) from {relation}"
    rows, hashes = con.sql(query).fetchall()[0]
    return RowSum(tuple(columns), rows, int(hashes))


def _open_parquet(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[str, str], ...]:
    """Register the file as `read_back`, which can be read once, and return its columns."""
    file = pl.scan_parquet(path, glob=False)
    empty = _arrow(file.collect_schema().to_frame())
    con.register("empty", empty)
    columns = _columns(con, "empty")
    count = file.select(pl.len()).collect().item()
    # Slice by slice: Polars' own batches accumulate in memory while the engine works on the first.
    parts = (file.slice(start, ROWS_AT_ONCE).collect() for start in range(0, count, ROWS_AT_ONCE))
    rows = chain.from_iterable(_arrow(part).to_batches() for part in parts)
    con.register("read_back", pa.RecordBatchReader.from_batches(empty.schema, rows))
    return columns


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _read_csv(path: Path) -> pa.Table:
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    text = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    return pa_csv.read_csv(
        path, convert_options=text, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    )
