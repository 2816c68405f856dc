"""Every fault of a file in one frame: those of its reader, its values and its keys."""

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.checks import REASONS
from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.formats.quotes import Integers
from orchestration.ingestion.formats.reading import Reading
from orchestration.ingestion.loading import Table
from orchestration.ingestion.numbering import Numbering
from orchestration.ingestion.outcome import REJECTS, Fault, reject_rows, with_sentences

BY_ROW = {"row": pl.Int64, "column": pl.String, "reason": pl.String}


def value_faults(con: duckdb.DuckDBPyConnection, table: Table) -> pl.DataFrame:
    """Rows with a value that cannot be used (row, column, reason), one per row and column."""
    if not table.checked:
        return pl.DataFrame(schema=BY_ROW)
    headers = {column.value: column.header for column in table.checked}
    codes = ", ".join(f"{column.code} as {column.value}" for column in table.checked)
    wide = con.sql(f"select rowid as row, {codes} from loaded where not ({table.sound})").pl()
    reasons = dict(enumerate(REASONS))
    found: pl.DataFrame = (
        wide.unpivot(on=list(headers), index="row", variable_name="column", value_name="reason")
        .filter(pl.col("reason") > 0)
        .with_columns(
            pl.col("column").replace_strict(headers, return_dtype=pl.String),
            pl.col("reason").replace_strict(reasons, return_dtype=pl.String),
        )
    )
    return found


def key_faults(rows: Integers, contract: TableContract) -> pl.DataFrame:
    """Rows whose key has several contents (row, column, reason)."""
    key = ", ".join(contract.column(name).header for name in contract.key)
    return pl.DataFrame({"row": rows}).with_columns(
        pl.lit(key).alias("column"), pl.lit("conflicting_key").alias("reason")
    )


def all_rejects(
    reading: Reading, structural: list[Fault], by_row: pl.DataFrame, numbering: Numbering
) -> pl.DataFrame:
    """Faults by record and line of the delivered file, with their sentences."""
    records = np.unique(numbering(by_row["row"].cast(pl.Int64).to_numpy()))
    lines = pl.DataFrame({"record": records, "line": reading.lines(records)})
    numbered = (
        by_row.with_columns(pl.Series("record", numbering(by_row["row"].cast(pl.Int64).to_numpy())))
        .join(lines, on="record", how="left")
        .with_columns(pl.col("line").replace(0, None))
        .select(pl.col(name).cast(kind) for name, kind in REJECTS.items())
    )
    whole = reject_rows([*reading.faults, *structural]).select(*REJECTS)
    return with_sentences(pl.concat([whole, numbered]))
