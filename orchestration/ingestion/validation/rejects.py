"""Every fault of a file in one frame, by the number of its record in the delivered file."""

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from duckdb.func import PythonUDFType

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Fault
from orchestration.ingestion.formats.csv_quotes import Integers
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.safe_names import printable
from orchestration.ingestion.validation.column_checks import Code, reasons_of
from orchestration.ingestion.validation.result import REJECTS, reject_rows, with_sentences
from orchestration.ingestion.validation.typed_table import TypedTable

BY_ROW = {"row": pl.Int64, "column": pl.String, "reason": pl.String}


class Numbering:
    """Numbers records from 1, counting those without a row: blank, isolated or rejected."""

    def __init__(self, without_row: Integers) -> None:
        self.is_plain = len(without_row) == 0
        # The row (from 1) before which each absent record comes.
        self._thresholds = without_row - np.arange(len(without_row))

    def __call__(self, rows: Integers) -> Integers:
        """Record numbers of rows counted from 0."""
        ordinals = rows + 1
        return ordinals + np.searchsorted(self._thresholds, ordinals, side="right")

    def expression(self, con: duckdb.DuckDBPyConnection) -> str:
        """The number as SQL over `row`; a vectorised function where some records have no row."""
        if self.is_plain:
            return "row + 1"
        con.create_function(
            "record_number_of", self._of_arrow, ["bigint"], "bigint", type=PythonUDFType.ARROW
        )
        return "record_number_of(row)"

    def _of_arrow(self, rows: pa.ChunkedArray) -> pa.Array:
        return pa.array(self(rows.to_numpy()))


def value_faults(con: duckdb.DuckDBPyConnection, table: TypedTable) -> pl.DataFrame:
    """Rows with a value that cannot be used (row, column, reason), one per row and column.

    A row without any value is blank, as an empty line is.
    """
    if not table.checked:
        return pl.DataFrame(schema=BY_ROW)
    headers = {column.value: printable(column.header) for column in table.checked}
    reasons = pl.DataFrame(
        [
            (column.value, code, reason)
            for column in table.checked
            for code, reason in reasons_of(column.contract).items()
        ],
        schema={"column": pl.String, "code": pl.Int64, "reason": pl.String},
        orient="row",
    )
    codes = ", ".join(f"{column.code} as {column.value}" for column in table.checked)
    at_fault = f"not ({table.sound}) and not {table.empty}"
    wide = con.sql(f"select rowid as row, {codes} from typed where {at_fault}").pl()
    found: pl.DataFrame = (
        wide.unpivot(on=list(headers), index="row", variable_name="column", value_name="code")
        .filter(pl.col("code") > 0)
        .with_columns(pl.col("code").cast(pl.Int64))
        .join(reasons, on=["column", "code"], how="left", maintain_order="left")
        .select("row", pl.col("column").replace_strict(headers, return_dtype=pl.String), "reason")
    )
    return found


def count_unknown_areas(con: duckdb.DuckDBPyConnection, table: TypedTable) -> dict[str, int]:
    """Spellings that match no area of the programme, with their rows; the most frequent first."""
    found: dict[str, int] = {}
    for column in table.checked:
        if column.contract.meta.area:
            rows = con.sql(
                f"select {column.value}, count(*) from typed where {column.code} ="
                f" {Code.UNKNOWN_AREA} group by all order by all desc"
            ).fetchall()
            for spelling, count in rows:
                name = printable(spelling)
                found[name] = found.get(name, 0) + count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def key_faults(rows: Integers, contract: TableContract) -> pl.DataFrame:
    """Rows whose key occurs with different contents (row, column, reason)."""
    key = ", ".join(contract.column(name).header for name in contract.key)
    return pl.DataFrame({"row": rows}).with_columns(
        pl.lit(key).alias("column"), pl.lit("conflicting_key").alias("reason")
    )


def all_rejects(
    reader: FileReader, structural: list[Fault], by_row: pl.DataFrame, numbering: Numbering
) -> pl.DataFrame:
    """Faults by record and line of the delivered file, with their sentences."""
    records = np.unique(numbering(by_row["row"].cast(pl.Int64).to_numpy()))
    lines = pl.DataFrame({"record": records, "line": reader.lines(records)})
    numbered = (
        by_row.with_columns(pl.Series("record", numbering(by_row["row"].cast(pl.Int64).to_numpy())))
        .join(lines, on="record", how="left")
        .with_columns(pl.col("line").replace(0, None))
        .select(pl.col(name).cast(kind) for name, kind in REJECTS.items())
    )
    whole = reject_rows([*reader.faults, *structural]).select(*REJECTS)
    return with_sentences(pl.concat([whole, numbered]))
