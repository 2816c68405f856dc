"""Rejected lines of delivered files by line, column and reason: never a delivered value."""

import polars as pl

from dashboards.data.choice import Choice
from orchestration.access.reader import Level
from orchestration.ingestion.ledger import quarantine_file

COLUMNS = ("file_name", "line", "column", "reason")


def counted(choice: Choice) -> pl.DataFrame:
    """Rejected rows by file, column and reason, the most first."""
    rows = choice.release.rows("fct_rejects", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        return rows
    names = choice.release.rows("fct_load_ledger").select("file_hash", "file_name")
    named = rows.join(names.unique("file_hash"), on="file_hash", how="left")
    return named.sort("rejected_count", "file_name", descending=[True, False])


def lines(choice: Choice) -> pl.DataFrame:
    """One row per rejected line, in order of the files, where this server keeps the line numbers.

    Its columns are those of COLUMNS. Empty for readers who see the public extract alone.
    """
    programme = choice.place["programme_id"]
    rows = choice.release.rows("fct_rejects", programme_id=programme)
    if rows.is_empty() or choice.release.reader.grant(programme).level != Level.INTERNAL:
        return pl.DataFrame()
    names = dict(
        choice.release.rows("fct_load_ledger").select("file_hash", "file_name").iter_rows()
    )
    found = []
    keys = ("programme_id", "source_name", "table_name", "file_hash")
    for programme, source, table, file_hash in rows.select(keys).unique().sort(keys).iter_rows():
        kept = quarantine_file(programme, source, table, file_hash)
        if kept.is_file():
            mine = pl.read_csv(kept, infer_schema=False)
            found.append(mine.with_columns(file_name=pl.lit(names.get(file_hash, file_hash))))
    if not found:
        return pl.DataFrame()
    return pl.concat(found).with_columns(pl.col("line").cast(pl.Int64)).select(COLUMNS)
