"""Every fault of a file in one frame, by the number of its record in the delivered file.

Rows that share a key or are exact duplicates are found by hash and confirmed by comparison. A file
of which nothing, or too little, fits its contract is refused whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from duckdb.func import PythonUDFType

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Fault, printable
from orchestration.ingestion.formats.csv_blocks import Integers
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.validation.column_checks import Code, reasons_of
from orchestration.ingestion.validation.result import (
    REJECTS,
    ValidationResult,
    count_rejects,
    reject_rows,
    with_sentences,
)
from orchestration.ingestion.validation.typed_table import TypedTable

BY_ROW = {"row": pl.Int64, "column": pl.String, "reason": pl.String}
FEWEST_REJECTED = 20
"""With fewer rejected records a share means nothing: small files may have a few bad rows."""
REASONS_NAMED = 3


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


@dataclass(frozen=True)
class SharedKeys:
    """Positions of exact duplicates of an earlier row, and of rows in conflict with another."""

    duplicates: Integers
    conflicts: Integers


def rows_sharing_a_key(
    con: duckdb.DuckDBPyConnection,
    lookup: str,
    compared: Callable[[str], str],
    key: Sequence[str],
    content: Sequence[str],
) -> SharedKeys:
    """Rows of `valid` with the key of another row, with the same or with different content.

    `lookup` hashes the keys; the few rows whose hash recurs are compared with all their content by
    `compared`. Hashes (64 bits) are sorted outside the engine, in less memory than grouping needs.
    """
    suspects = _recurring(con, f"select row, hash({', '.join(key)}) as hash from {lookup}")
    if not len(suspects):
        return SharedKeys(suspects, suspects)
    con.register("suspects", {"row": suspects})
    keys, contents = ", ".join(key), ", ".join(content)
    found = con.sql(
        "select row,"
        f" row_number() over (partition by {keys}, {contents} order by row) > 1 as again,"
        f" count(*) over (partition by {keys}) as same_key,"
        f" count(*) over (partition by {keys}, {contents}) as same_content"
        f" from {compared('(select * from valid semi join suspects using (row))')} order by row"
    ).fetchnumpy()
    con.unregister("suspects")
    conflicting = found["same_key"] != found["same_content"]
    return SharedKeys(found["row"][found["again"] & ~conflicting], found["row"][conflicting])


def _recurring(con: duckdb.DuckDBPyConnection, hashed: str) -> Integers:
    """The rows whose hash occurs more than once, ascending."""
    hashes = con.sql(f"select hash from ({hashed})").fetchnumpy()["hash"]
    hashes.sort()
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    del hashes
    if not len(twice):
        return np.empty(0, dtype=np.int64)
    con.register("twice", {"hash": twice})
    rows = con.sql(f"select row from ({hashed}) semi join twice using (hash) order by row")
    found: Integers = rows.fetchnumpy()["row"]
    con.unregister("twice")
    return found


def count_kept_duplicates(
    con: duckdb.DuckDBPyConnection, relation: str, content: Sequence[str]
) -> int:
    """How many rows equal an earlier one in every column, by 64-bit hash."""
    query = f"select hash({', '.join(content)}) as hash from {relation}"
    hashes = con.sql(query).fetchnumpy()["hash"]
    hashes.sort()
    return int((hashes[1:] == hashes[:-1]).sum())


def too_little_fits(result: ValidationResult, contract: TableContract) -> str | None:
    """Why a validated file is refused as a whole; None where enough of it fits.

    A file that is mostly rejected is not what its contract describes, whatever the reason: its
    accepted rows would count as if they were all there was.
    """
    tried = result.records - result.blank
    if not result.rejected:
        return None
    reasons = _most_frequent_faults(result)
    if result.accepted == 0:
        return f"None of its {tried:,} records fits the contract ({reasons})."
    limit = contract.meta.refuse_above_rejected
    if result.rejected < FEWEST_REJECTED or result.rejected <= limit * tried:
        return None
    return (
        f"{result.rejected:,} of its {tried:,} records were rejected ({reasons}), and a file"
        f" of which more than {limit:.0%} is rejected is refused: mend it, or raise"
        " `refuse_above_rejected` in the contract."
    )


def _most_frequent_faults(result: ValidationResult) -> str:
    """The most frequent faults by column and reason; never a value."""
    found = sorted(count_rejects(result.rejects), key=lambda each: -each["rejected_count"])
    named = [
        f"{each['rejected_count']:,} in {each['column_name']}: {each['reason']}"
        for each in found[:REASONS_NAMED]
    ]
    return "; ".join(named)
