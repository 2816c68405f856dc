"""Validates one delivered file: what is accepted and rejected, and why. It stores nothing.

An error while reading or writing the file means that it is refused, or tried again later.
"""

import errno
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import (
    MB,
    Allowance,
    Fault,
    FileLimits,
    LimitMet,
    NotNow,
    Refused,
    limit_setting,
)
from orchestration.ingestion.formats.csv_blocks import Integers
from orchestration.ingestion.formats.decode import refuse_other_format
from orchestration.ingestion.formats.delimited import read_delimited
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.accepted_rows import (
    accepted_rows,
    event_days,
    lost_areas,
    lost_months,
    pseudonymise,
    with_pseudonyms,
)
from orchestration.ingestion.validation.day_order import (
    refuse_both_orders,
    refuse_converted_cells,
)
from orchestration.ingestion.validation.erased_rows import Erased, ErasedPeople, erase_rows
from orchestration.ingestion.validation.flags import (
    count_flags,
    refuse_other_units,
    refuse_type_drift,
)
from orchestration.ingestion.validation.rejects import (
    Numbering,
    all_rejects,
    count_kept_duplicates,
    count_unknown_areas,
    key_faults,
    rows_sharing_a_key,
    too_little_fits,
    value_faults,
)
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.ingestion.validation.typed_table import (
    TypedTable,
    create_typed_table,
    match_columns,
)

# Twenty million recordings mostly stay in memory; the rest goes to an encrypted temporary file. A
# smaller file is given less, so that there is room for what surrounds the engine.
MEMORY_MB = 2600
BESIDE_MB = 400
SPILL_MB = 300
STANDARD = FileLimits()
# How DuckDB and Polars report a full disk: they pass on no error number.
FULL_MESSAGES = ("No space left on device", "Disk quota exceeded", "File too large")
# A reader that crashes on a file is our fault, but the file has to be refused all the same.
BROKE_DOWN = "The file could not be read"


def unchanged(path: Path) -> Callable[[], None]:
    """A check that the file is still the one that it was when this was called."""

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
def engine(allowed: Allowance) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine in memory that downloads nothing and encrypts what it must put on disk."""
    memory = min(MEMORY_MB, allowed.memory // MB - BESIDE_MB)
    with tempfile.TemporaryDirectory(prefix="bodyworn-") as spill, duckdb.connect() as con:
        for setting in (
            f"memory_limit = '{memory}MB'",
            f"max_temp_directory_size = '{2 * allowed.output // MB + SPILL_MB}MB'",
            # Without a download, the wheel's own cipher is the only one there is. Its random
            # numbers are not of the best quality, which would matter for a file that is kept. This
            # one lives as long as the process, in a folder of its owner, and its key is never
            # written.
            "force_mbedtls_unsafe = true",
            "temp_file_encryption = true",
            f"temp_directory = '{spill}'",
            "autoinstall_known_extensions = false",
            "TimeZone = 'UTC'",
        ):
            con.execute(f"set {setting}")
        yield con


def open_file(
    con: duckdb.DuckDBPyConnection, path: Path, contract: TableContract, limits: FileLimits
) -> FileReader:
    """A delivered file opened for reading; raises Refused when it cannot be read at all."""
    form = contract.meta.format
    refuse_other_format(path, form)
    # Each format needs its own library; only the one in use is imported.
    if form.type == "parquet":
        from orchestration.ingestion.formats.parquet import read_columnar  # noqa: PLC0415

        return read_columnar(path, form, limits)
    if form.type == "jsonl":
        from orchestration.ingestion.formats.json_lines import read_json_lines  # noqa: PLC0415

        return read_json_lines(con, path, form, limits)
    if form.type == "xlsx":
        from orchestration.ingestion.formats.workbook import read_workbook  # noqa: PLC0415

        return read_workbook(con, path, contract, limits)
    return read_delimited(path, contract, limits)


@contextmanager
def validated(
    path: Path,
    contract: TableContract,
    *,
    as_of: date,
    time_zone: str,
    pseudonyms: Pseudonyms | None,
    limits: FileLimits = STANDARD,
    areas: Sequence[str] = (),
    erased: ErasedPeople | None = None,
) -> Iterator[ValidationResult]:
    """Validate a delivered file; `rows` of the result can be read while the context is open.

    A file that must be refused, or on which a reader crashes, gives a result whose `refused` says
    why. Nothing in the result holds a value of the file except its rows and the spellings of no
    area in `areas`; headers of columns may be named. Raises NotNow when the file may be read
    another time, and OSError when the disk fails.
    """
    found = ValidationResult()
    with ExitStack() as resources:
        try:
            raise_if_changed = unchanged(path)
            con = resources.enter_context(engine(limits.allowance(path.stat().st_size)))
            reader = resources.enter_context(open_file(con, path, contract, limits))
            found = ValidationResult(records=reader.records, physical_lines=reader.physical_lines)
            result = _validate(con, reader, contract, as_of, time_zone, pseudonyms, areas, erased)
            raise_if_changed()
        except Refused as refusal:
            is_limit = isinstance(refusal, LimitMet)
            result = replace(
                found, refused=str(refusal), kept_refusal=refusal.kept, met_limit=is_limit
            )
        except Exception as error:  # one broken file must not stop the others
            result = refused_by(error, path)
        yield result


def _validate(
    con: duckdb.DuckDBPyConnection,
    reader: FileReader,
    contract: TableContract,
    as_of: date,
    time_zone: str,
    pseudonyms: Pseudonyms | None,
    areas: Sequence[str],
    erased: ErasedPeople | None,
) -> ValidationResult:
    columns = match_columns(reader.headers, contract, as_of)
    table = create_typed_table(
        con, reader, contract, columns, as_of, areas, with_dropped=bool(erased)
    )
    structural = reader.rejected(con)
    numbering = _numbering(con, reader, structural)
    gone = erase_rows(con, table, contract, erased) if erased else Erased()
    refuse_both_orders(con, reader, table, numbering)
    refuse_converted_cells(con, reader, table, columns, numbering)
    refuse_type_drift(con, reader, table, columns)
    refuse_other_units(con, table, contract)
    pseudonymise(con, table, pseudonyms)
    by_row, duplicates = _exclude(con, table, contract)
    rejects = all_rejects(reader, structural, by_row, numbering)
    first, last = event_days(con, table, contract)
    rejected = rejects["record"].n_unique()
    lost = lost_months(con, table, contract, rejected, duplicates)
    empty = con.sql(f"select count(*) from typed where {table.empty}").fetchall()[0][0]
    flagged = count_flags(con, table, time_zone)
    added = columns.added if contract.meta.undeclared == "flag" else {}
    if added:
        flagged["added_column"] = len(added)
    result = ValidationResult(
        records=reader.records - gone.rows,
        physical_lines=reader.physical_lines,
        erased=gone.rows,
        erased_texts=gone.texts,
        accepted=con.sql("select count(*) from counted").fetchall()[0][0],
        rejected=rejected,
        blank=reader.blank + empty,
        duplicates=duplicates,
        duplicates_kept=0 if contract.key else count_kept_duplicates(con, "accepted", table.values),
        rejects=rejects,
        flagged=flagged,
        warnings=_warnings(reader),
        first_event=first,
        last_event=last,
        lost_months=lost,
        lost_areas=lost_areas(con, table, contract, rejected, areas),
        added_columns=added,
        unknown_areas=count_unknown_areas(con, table),
        areas=_areas_named(con, table, areas),
        rows=accepted_rows(con, table, contract, numbering),
    )
    if not result.reconciled:
        raise Refused(
            f"The count does not add up: {result.records} records in the file,"
            f" {result.accounted} accounted."
        )
    if sentence := too_little_fits(result, contract):
        # The rejects stay, since they are what the sender has to correct.
        return ValidationResult(
            records=result.records,
            physical_lines=result.physical_lines,
            erased=gone.rows,
            erased_texts=gone.texts,
            refused=sentence,
            rejects=rejects,
            unknown_areas=result.unknown_areas,
            areas=result.areas,
        )
    return result


def _warnings(reader: FileReader) -> list[str]:
    return [] if reader.records else ["The file holds a header and no records."]


def _numbering(
    con: duckdb.DuckDBPyConnection, reader: FileReader, structural: list[Fault]
) -> Numbering:
    """Raises Refused when the engine's rows and the independent count differ."""
    absent = np.array([fault.record for fault in structural], dtype=np.int64)
    without_row = np.unique(np.concatenate([reader.skipped, absent]))
    rows = con.sql("select count(*) from typed").fetchall()[0][0]
    if rows + len(without_row) != reader.records:
        raise Refused(
            f"The count does not add up: {reader.records} records in the file, {rows} read and"
            f" {len(without_row)} blank or unreadable. Is a quote left open?"
        )
    return Numbering(without_row)


def _exclude(
    con: duckdb.DuckDBPyConnection, table: TypedTable, contract: TableContract
) -> tuple[pl.DataFrame, int]:
    """Faults by row, and the number of exact duplicates of a key.

    Creates the views `accepted`, and `counted`: the same rows without the pseudonyms' joins.
    """
    faults = value_faults(con, table)
    duplicates: Integers = np.empty(0, dtype=np.int64)
    conflicts = duplicates
    key = [column for column in map(table.named, contract.key) if column is not None]
    if key:
        is_private = any(column.contract.privacy == "identifier" for column in key)
        shared = rows_sharing_a_key(
            con,
            with_pseudonyms(table, "valid") if is_private else "valid",
            partial(with_pseudonyms, table),
            [column.value for column in key],
            table.values,
        )
        duplicates, conflicts = shared.duplicates, shared.conflicts
    excluded = np.concatenate([duplicates, conflicts])
    if len(excluded):
        con.register("excluded_rows", {"row": excluded})
        con.execute("create table excluded as select * from excluded_rows")
    rest = " anti join excluded using (row)" if len(excluded) else ""
    con.execute(f"create view counted as select * from valid{rest}")
    con.execute(f"create view accepted as select * from {with_pseudonyms(table, 'counted')}")
    both = pl.concat([faults, key_faults(conflicts, contract)], how="vertical_relaxed")
    return both, len(duplicates)


def _areas_named(
    con: duckdb.DuckDBPyConnection, table: TypedTable, spellings: Sequence[str]
) -> list[str]:
    """The areas that the rows of the file name, rejected rows too, as the programme spells them.

    None where a row names no area or an unknown one: which areas the file covers is then unknown.
    """
    column = next((each for each in table.columns if each.contract.meta.area), None)
    if column is None or not spellings:
        return []
    query = f"select distinct {column.value} from typed limit {len(spellings) + 1}"
    found = {spelling for (spelling,) in con.sql(query).fetchall()}
    return sorted(found) if found <= set(spellings) else []


def refused_by(error: Exception, file: Path) -> ValidationResult:
    """The result for a file on which a reader crashed; it quotes nothing of the file.

    Raises NotNow where the same file may load another time, and OSError where the machine and not
    the file is at fault.
    """
    if isinstance(error, NotNow):
        raise error
    if any(message in str(error) for message in FULL_MESSAGES):
        raise OSError(errno.ENOSPC, "No space left on device") from None
    if isinstance(error, duckdb.OutOfMemoryException):
        return ValidationResult(
            refused="Reading it takes more memory than a file of its size should, on disk too."
            f" Deliver it in parts, or allow more ({limit_setting('memory_mb')}).",
            met_limit=True,
        )
    if isinstance(error, MemoryError):
        raise NotNow("There was not enough memory to read it. The next run tries again.") from None
    if isinstance(error, OSError):
        if error.filename is not None and Path(error.filename) == file:
            raise NotNow(
                f"It cannot be read ({error.strerror}). The next run tries again."
            ) from None
        raise error
    said = f"{BROKE_DOWN} ({type(error).__name__}): please report it."
    return ValidationResult(refused=said)
