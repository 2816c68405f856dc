"""What the sender is told: a quarantine file per delivered file, and counts for the ledger."""

from typing import Any

import polars as pl

from orchestration.ingestion import durable
from orchestration.ingestion.deliveries import Delivery
from orchestration.ingestion.ledger import WHOLE_RECORD, quarantine_file
from orchestration.ingestion.outcome import Examination
from orchestration.release.cells import escape


def write_quarantine(delivery: Delivery, found: Examination) -> None:
    """Write where each fault is and what to do about it; no file when there is no fault.

    No value of the delivered file is in it. Cells are safe for spreadsheets, since a refusal may
    name a column as the sender did.
    """
    place = quarantine_file(*delivery.identity)
    rows = found.rejects
    if found.refused:
        whole = {"record": None, "line": None, "column": None}
        refusal = pl.DataFrame(
            [{**whole, "reason": "refused", "sentence": found.refused}], schema=rows.schema
        )
        rows = pl.concat([refusal, rows])
    if rows.is_empty():
        durable.remove(place)
    else:
        durable.write_whole(place, escape(rows).write_csv().encode())


def counted(rejects: pl.DataFrame) -> list[dict[str, Any]]:
    """How many records each column and reason turned away, in order."""
    return (
        rejects.with_columns(pl.col("column").fill_null(WHOLE_RECORD))
        .group_by(pl.col("column").alias("column_name"), "reason")
        .agg(pl.col("record").n_unique().cast(pl.Int64).alias("rejected_count"))
        .sort("column_name", "reason")
        .to_dicts()
    )
