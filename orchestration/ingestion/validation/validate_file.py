"""Validates one delivered file: what would be accepted and rejected, and why; loads it if asked."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.formats.csv_quotes import Integers
from orchestration.ingestion.formats.delimited import read_delimited
from orchestration.ingestion.formats.reading import Reading
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.pseudonyms.replace import replace_people, with_people
from orchestration.ingestion.validation.duplicates import count_repeats, rows_sharing_a_key
from orchestration.ingestion.validation.flags import count_flags, refuse_retyped
from orchestration.ingestion.validation.rejects import (
    Numbering,
    all_rejects,
    key_faults,
    value_faults,
)
from orchestration.ingestion.validation.result import Examination, Fault, Refused, Stamp, Unequal
from orchestration.ingestion.validation.typed_table import Table, load_table, match_columns
from orchestration.ingestion.write_raw import write_raw
from orchestration.storage.engine import engine_version

# Twenty million recordings stay in memory for the most part; what does not goes to an encrypted
# temporary file.
MEMORY = "2600MB"


def unchanged(path: Path) -> Callable[[], None]:
    """A check that the file is the one it was when this was called."""

    def look() -> tuple[int, int, int]:
        now = path.stat()
        return now.st_size, now.st_mtime_ns, now.st_ino

    before = look()

    def still() -> None:
        if look() != before:
            raise Refused(
                "The file changed while it was read: deliver it under its name when whole."
            )

    return still


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine in memory that downloads nothing and encrypts what it must put on disk."""
    with tempfile.TemporaryDirectory(prefix="bodyworn-") as spill, duckdb.connect() as con:
        for setting in (
            f"memory_limit = '{MEMORY}'",
            # The wheel's own cipher is the only one there is without a download. Its random numbers
            # are not of the best, which would matter for a file that is kept; this one lives as
            # long as the process, in a folder of its owner, and its key is never written.
            "force_mbedtls_unsafe = true",
            "temp_file_encryption = true",
            f"temp_directory = '{spill}'",
            "autoinstall_known_extensions = false",
            "TimeZone = 'UTC'",
        ):
            con.execute(f"set {setting}")
        yield con


@contextmanager
def open_delivery(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> Iterator[Reading]:
    """A reading that is closed afterwards; raises Refused when the file cannot be read at all."""
    with _open(con, path, form) as reading:
        yield reading


def _open(con: duckdb.DuckDBPyConnection, path: Path, form: Format) -> Reading:
    # Each format brings its own library; only the one in use is imported.
    if form.type == "parquet":
        from orchestration.ingestion.formats.parquet import read_columnar  # noqa: PLC0415

        return read_columnar(path, form)
    if form.type == "jsonl":
        from orchestration.ingestion.formats.json_lines import read_json_lines  # noqa: PLC0415

        return read_json_lines(con, path, form)
    if form.type == "xlsx":
        from orchestration.ingestion.formats.workbook import read_workbook  # noqa: PLC0415

        return read_workbook(con, path, form)
    return read_delimited(path, form)


@dataclass(frozen=True)
class _Order:
    contract: TableContract
    as_of: date
    time_zone: str
    output: Path | None
    stamp: Stamp
    pseudonyms: Pseudonyms | None
    still: Callable[[], None]


def examine(
    path: Path,
    contract: TableContract,
    *,
    as_of: date,
    time_zone: str,
    output: Path | None,
    stamp: Stamp,
    pseudonyms: Pseudonyms | None,
) -> Examination:
    """Count, check and, with `output`, load one delivered file.

    A file that must be refused gives an Examination whose `refused` says why; nothing is written
    then. Raises OSError when the disk fails. Nothing returned holds a value of the file; headers of
    columns may be named.
    """
    found = Examination()
    still = unchanged(path)
    order = _Order(contract, as_of, time_zone, output, stamp, pseudonyms, still)
    try:
        with engine() as con, open_delivery(con, path, contract.meta.format) as reading:
            found.records = reading.records
            _examine(con, reading, order, found)
            still()
    except Refused as refusal:
        return Examination(records=found.records, refused=str(refusal))
    except Unequal as fault:
        return Examination(records=found.records, refused=_unequal(fault), unequal=True)
    return found


def _unequal(fault: Unequal) -> str:
    where = f"differ in {', '.join(fault.columns)}" if fault.columns else "stand in other rows"
    return (
        f"What DuckDB {engine_version()} wrote is not what was accepted: values {where}. Nothing of"
        " the file was loaded, and what was written is kept in quarantine. The delivered file is"
        " not at fault: install another version of DuckDB, and the next run loads it."
    )


def _examine(
    con: duckdb.DuckDBPyConnection, reading: Reading, order: _Order, found: Examination
) -> None:
    contract = order.contract
    columns = match_columns(reading.headers, contract, order.as_of)
    table = load_table(con, reading, contract, columns, order.as_of)
    refuse_retyped(con, table)
    structural = reading.rejected(con)
    numbering = _numbering(con, reading, structural)
    replace_people(con, table, order.pseudonyms)
    by_row, duplicates = _exclude(con, table, contract)
    found.rejects = all_rejects(reading, structural, by_row, numbering)
    found.blank = reading.blank
    found.rejected = found.rejects["record"].n_unique()
    found.duplicates = duplicates
    found.accepted = con.sql("select count(*) from counted").fetchall()[0][0]
    if not contract.key:
        found.repeats = count_repeats(con, "accepted", [c.value for c in table.kept])
    found.flagged = count_flags(con, table, order.time_zone)
    _note_added(found, columns.added, contract)
    found.first_event, found.last_event = _event_days(con, table, contract)
    _reconcile(found)
    if order.output is not None:
        write_raw(con, table, contract, numbering, order.stamp, order.output, order.still)


def _numbering(
    con: duckdb.DuckDBPyConnection, reading: Reading, structural: list[Fault]
) -> Numbering:
    """Raises Refused when the engine's rows and the independent count do not add up."""
    absent = np.array([fault.record for fault in structural], dtype=np.int64)
    without_row = np.unique(np.concatenate([reading.skipped, absent]))
    rows = con.sql("select count(*) from loaded").fetchall()[0][0]
    if rows + len(without_row) != reading.records:
        raise Refused(
            f"The count does not add up: {reading.records} records in the file, {rows} read and"
            f" {len(without_row)} blank or unreadable. Is a quote left open?"
        )
    return Numbering(without_row)


def _exclude(
    con: duckdb.DuckDBPyConnection, table: Table, contract: TableContract
) -> tuple[pl.DataFrame, int]:
    """Faults by row, and the number of exact repeats of a key.

    Creates the views `accepted`, and `counted`: the same rows without the pseudonyms' joins.
    """
    faults = value_faults(con, table)
    duplicates: Integers = np.empty(0, dtype=np.int64)
    conflicts = duplicates
    key = [column for column in map(table.named, contract.key) if column is not None]
    if key:
        people = any(column.contract.privacy == "identifier" for column in key)
        repeats = rows_sharing_a_key(
            con,
            with_people(table, "valid") if people else "valid",
            partial(with_people, table),
            [column.value for column in key],
            [column.value for column in table.kept],
        )
        duplicates, conflicts = repeats.duplicates, repeats.conflicts
    excluded = np.concatenate([duplicates, conflicts])
    if len(excluded):
        con.register("excluded_rows", {"row": excluded})
        con.execute("create table excluded as select * from excluded_rows")
    rest = " anti join excluded using (row)" if len(excluded) else ""
    con.execute(f"create view counted as select * from valid{rest}")
    con.execute(f"create view accepted as select * from {with_people(table, 'counted')}")
    both = pl.concat([faults, key_faults(conflicts, contract)], how="vertical_relaxed")
    return both, len(duplicates)


def _reconcile(found: Examination) -> None:
    total = found.accepted + found.rejected + found.blank + found.duplicates
    if total != found.records:
        raise Refused(
            f"The count does not add up: {found.records} records in the file, {total} accounted."
        )
    found.reconciled = True
    if found.records == 0:
        found.warnings.append("The file holds a header and no records.")


def _note_added(found: Examination, added: list[str], contract: TableContract) -> None:
    if added and contract.meta.undeclared == "flag":
        found.added_columns = added
        found.flagged["added_column"] = len(added)
        found.warnings.append(f"Columns the contract does not declare: {', '.join(added)}.")


def _event_days(
    con: duckdb.DuckDBPyConnection, table: Table, contract: TableContract
) -> tuple[date | None, date | None]:
    event = table.named(contract.meta.event_date) if contract.meta.event_date else None
    if event is None or not event.contract.is_kept:
        return None, None
    query = f"select min({event.value})::date, max({event.value})::date from counted"
    first, last = con.sql(query).fetchall()[0]
    return first, last
