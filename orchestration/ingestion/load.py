"""Loads the new files of a table: raw first, then quarantine, then the ledger row that says so."""

import errno
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration import paths
from orchestration.ingestion import durable
from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.deliveries import Delivery
from orchestration.ingestion.examine import examine
from orchestration.ingestion.keys import Key, keyring
from orchestration.ingestion.ledger import WHOLE_RECORD, LedgerRow, append, raw_file
from orchestration.ingestion.outcome import Examination, Stamp
from orchestration.ingestion.pseudonyms import Pseudonyms
from orchestration.ingestion.version import load_version
from orchestration.programme import Programme


# What readers raise about a file; a mistake of ours (a binder or parser error) is not among them.
UNREADABLE = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.IOException,
    duckdb.OutOfRangeException,
    pl.exceptions.ComputeError,
    UnicodeError,
)


class DiskFull(OSError):
    """No room to write; nothing half-written is left and the next run loads the file."""


def load_table(
    deliveries: Sequence[Delivery],
    contract: TableContract,
    *,
    as_of: date,
    programmes: Sequence[Programme],
) -> list[LedgerRow]:
    """Load files of one table, one after the other; a file that is refused stops no other.

    Raises DiskFull, and KeyProblem before anything is read when a key is missing.
    """
    keys = keyring(programmes, [contract])
    zones = {programme.programme: programme.time_zone for programme in programmes}
    return [_load(each, contract, as_of=as_of, zones=zones, keys=keys) for each in deliveries]


def _load(
    delivery: Delivery,
    contract: TableContract,
    *,
    as_of: date,
    zones: Mapping[str, str],
    keys: Mapping[str, Key],
) -> LedgerRow:
    key = keys.get(delivery.programme)
    output = raw_file(*delivery.identity)
    day = delivery.as_of or as_of
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        found = _examined(delivery, contract, day, zones[delivery.programme], output, key)
        row = _row(delivery, contract, found, as_of=day, version=load_version(contract, key))
        if found.refused:
            durable.remove(output)
        _write_quarantine(delivery, found)
        append(row)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            room = f"No room left while loading {delivery.name}. Free space in {paths.home()}."
            raise DiskFull(error.errno, room) from error
        raise
    return row


def _examined(
    delivery: Delivery,
    contract: TableContract,
    as_of: date,
    time_zone: str,
    output: Path,
    key: Key | None,
) -> Examination:
    """Examine, and turn a reader's breakdown into a refusal that quotes nothing of the file."""
    stamp = Stamp(delivery.programme, delivery.file_hash, delivery.name, delivery.arrival)
    try:
        return examine(
            delivery.path,
            contract,
            as_of=as_of,
            time_zone=time_zone,
            output=output,
            stamp=stamp,
            pseudonyms=Pseudonyms(key) if key else None,
        )
    except UNREADABLE as error:
        if "No space left" in str(error):
            raise OSError(errno.ENOSPC, "No space left on device") from None
        sentence = f"The file could not be read ({type(error).__name__})."
        return Examination(refused=sentence)


def _row(
    delivery: Delivery, contract: TableContract, found: Examination, *, as_of: date, version: str
) -> LedgerRow:
    is_refused = found.refused is not None
    return LedgerRow(
        programme_id=delivery.programme,
        source_name=delivery.source,
        table_name=delivery.table,
        file_hash=delivery.file_hash,
        file_name=delivery.name,
        arrival=delivery.arrival,
        as_of=as_of,
        contract_version=contract.meta.version,
        fate="refused" if is_refused else "accepted",
        reconciled=found.reconciled,
        load_version=version,
        loaded_at=datetime.now(UTC),
        records=found.records,
        accepted=0 if is_refused else found.accepted,
        rejected=found.rejected,
        blank=found.blank,
        duplicates=found.duplicates,
        repeats=found.repeats,
        first_event_date=found.first_event,
        last_event_date=found.last_event,
        reason=found.refused,
        flagged=found.flagged,
        rejects=_counted(found.rejects),
        warnings=found.warnings,
        added_columns=found.added_columns,
    )


def _counted(rejects: pl.DataFrame) -> list[dict[str, Any]]:
    """How many records each column and reason turned away."""
    return (
        rejects.with_columns(pl.col("column").fill_null(WHOLE_RECORD))
        .group_by(pl.col("column").alias("column_name"), "reason")
        .agg(pl.col("record").n_unique().cast(pl.Int64).alias("rejected_count"))
        .sort("column_name", "reason")
        .to_dicts()
    )


def _write_quarantine(delivery: Delivery, found: Examination) -> None:
    """A file for the sender: where each fault is and what to do; no value of the file is in it."""
    place = paths.quarantine().joinpath(*delivery.identity[:3], f"{delivery.file_hash}.csv")
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
        durable.write_whole(place, rows.write_csv().encode())
