"""Rows in the layout of a source: headers, order, formats and words as its contract has them."""

from pathlib import Path

import polars as pl

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract

ISO = {"timestamp": "%Y-%m-%dT%H:%M:%S", "date": "%Y-%m-%d"}
Words = dict[str, dict[str, str]]


def moments(contract: TableContract, family: str = "timestamp") -> str:
    """How the layout writes times (or dates); ISO 8601 where the contract states no format.

    Raises ValueError when the columns of one table are written in different ways.
    """
    of_family = [column for column in contract.columns if column.family == family]
    formats = {
        column.meta.formats[-1] if column.meta.formats else ISO[family] for column in of_family
    }
    if len(formats) > 1:
        raise ValueError(f"{contract.label}: one format for all of {family}, not {sorted(formats)}")
    return formats.pop() if formats else ISO[family]


def in_layout(rows: pl.DataFrame, contract: TableContract, words: Words) -> pl.DataFrame:
    """The contract's columns in its order, under the headers of a file.

    Columns nobody made are empty. Raises ValueError when one of them is required.
    """
    return rows.select(_column(rows, column, words, contract) for column in contract.columns)


def _column(
    rows: pl.DataFrame, column: ColumnContract, words: Words, contract: TableContract
) -> pl.Expr:
    if column.name not in rows.columns:
        if column.meta.required:
            raise ValueError(f"{contract.label}: nothing makes the required column {column.name}")
        return pl.lit(None, pl.String).alias(column.header)
    made = pl.col(column.name)
    if column.name in words:
        made = made.replace(words[column.name])
    return made.alias(column.header)


def stem(contract: TableContract) -> str:
    """How the names of the table's files begin."""
    return contract.meta.files[0].partition("*")[0]


def write(path: Path, rows: pl.DataFrame, contract: TableContract, words: Words) -> Path:
    """Write a file as the layout has it.

    The workforce file has a byte order mark and CRLF, as a spreadsheet writes them.
    """
    from_spreadsheet = contract.meta.feed == "officer_months"
    in_layout(rows, contract, words).write_csv(
        path,
        datetime_format=moments(contract),
        date_format=moments(contract, "date"),
        separator=contract.meta.format.separator,
        include_bom=from_spreadsheet,
        line_terminator="\r\n" if from_spreadsheet else "\n",
    )
    return path
