"""Loads the new files of a table: raw first, then quarantine, then the ledger row that says so.

Here too: the version of a load (contract, key and code), and what its errors mean.
"""

import errno
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import duckdb

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.landing.delivery import Delivery
from orchestration.ingestion.landing.files import GROWING, state_of
from orchestration.ingestion.ledger import (
    LedgerRow,
    append,
    counted,
    forget,
    incoming,
    raw_file,
    unequal_file,
    write_quarantine,
)
from orchestration.ingestion.pseudonyms.keys import Key, keyring
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.result import Examination, Stamp
from orchestration.ingestion.validation.validate_file import examine
from orchestration.programmes.programme import Programme
from orchestration.storage import durable
from orchestration.storage.engine import engine_version

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How DuckDB and Polars say the same; they pass no error number on.
FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")
# What a contract says to people, not to the reader.
WORDS = {"description": True, "source_meta": True, "columns": {"__all__": {"description"}}}
NOT_RECONCILED = (
    "Its records do not add up: those accepted, rejected, blank and duplicate are not as many as"
    " the file holds. Nothing of it was loaded; please report the file."
)


class DiskFull(OSError):
    """No room to write; nothing half-written is left and the next run loads the file."""


class NotNow(Exception):
    """The file cannot be loaded in this run; the message says why, the next run tries again."""


def is_disk_full(error: OSError) -> bool:
    """Whether an error says that nothing more can be written."""
    return error.errno in FULL


def trouble(error: Exception, file: Path) -> str:
    """A sentence for a file that a reader broke down on; it quotes nothing of the file.

    Raises NotNow where the same file may load another time, and OSError where the machine and not
    the file is at fault.
    """
    if any(words in str(error) for words in FULL_WORDS):
        raise OSError(errno.ENOSPC, "No space left on device") from None
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        raise NotNow("There was not enough memory to read it. The next run tries again.") from None
    if isinstance(error, OSError):
        if error.filename is not None and Path(error.filename) == file:
            raise NotNow(
                f"It cannot be read ({error.strerror}). The next run tries again."
            ) from None
        raise error
    return f"The file could not be read ({type(error).__name__}): please report it."


def load_version(contract: TableContract, key: Key | None, time_zone: str) -> str:
    """A hash that changes when a file would be read or written otherwise than before.

    The engine's version is part of it: a later one has mended what an earlier one got wrong, and a
    release is only made again by the engine that made it.
    """
    said = contract.model_dump_json(exclude=WORDS)  # type: ignore[arg-type]
    is_private = any(column.meta.privacy == "identifier" for column in contract.columns)
    fingerprint = key.fingerprint if key and is_private else ""
    parts = (said, _code(), engine_version(), fingerprint, time_zone)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _code() -> str:
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class _Terms:
    """What a file is loaded under."""

    contract: TableContract
    as_of: date
    time_zone: str
    key: Key | None

    @property
    def version(self) -> str:
        return load_version(self.contract, self.key, self.time_zone)


def load_table(
    deliveries: Sequence[Delivery],
    contract: TableContract,
    *,
    as_of: date,
    programmes: Sequence[Programme],
) -> list[LedgerRow]:
    """Load files of one table, one after the other; a file that is refused stops no other.

    A file that changed since it was hashed, or cannot be read now, comes back as refused but stays
    out of the ledger: the next run tries it again. Raises DiskFull, and KeyProblem before anything
    is read when a key is missing.
    """
    keys = keyring(programmes, [contract])
    zones = {programme.programme: programme.time_zone for programme in programmes}
    return [
        _load(
            each,
            _Terms(contract, each.as_of or as_of, zones[each.programme], keys.get(each.programme)),
        )
        for each in deliveries
    ]


def _load(delivery: Delivery, terms: _Terms) -> LedgerRow:
    """Every step is whole or not at all, and only the last one makes the load count."""
    written = incoming() / f"{'.'.join(delivery.identity)}.parquet"
    loaded = raw_file(*delivery.identity)
    try:
        written.parent.mkdir(parents=True, exist_ok=True)
        found = _examined(delivery, terms)
        forget(delivery.identity)
        if found.refused:
            durable.remove(loaded)
        write_quarantine(delivery, found)
        if found.unequal:
            durable.move(written, unequal_file(*delivery.identity))
        else:
            durable.remove(unequal_file(*delivery.identity))
        if not found.refused:
            durable.move(written, loaded)
        row = _row(delivery, found, terms)
        append(row)
    except NotNow as problem:
        return _row(delivery, Examination(refused=str(problem)), terms)
    except OSError as error:
        if is_disk_full(error):
            room = f"No room left while loading {delivery.name}. Free space in {paths.home()}."
            raise DiskFull(room) from error
        raise
    finally:
        written.unlink(missing_ok=True)
    return row


def _examined(delivery: Delivery, terms: _Terms) -> Examination:
    """Examine, and turn a reader's breakdown into a refusal that quotes nothing of the file.

    Raises NotNow when the file changed meanwhile, and OSError when the disk is full.
    """
    stamp = Stamp(delivery.programme, delivery.file_hash, delivery.name, delivery.arrival)
    try:
        found = examine(
            delivery.path,
            terms.contract,
            as_of=terms.as_of,
            time_zone=terms.time_zone,
            output=incoming() / f"{'.'.join(delivery.identity)}.parquet",
            stamp=stamp,
            pseudonyms=Pseudonyms(terms.key) if terms.key else None,
        )
    except Exception as error:  # one broken file must not stop the others
        found = Examination(refused=trouble(error, delivery.path))
    if delivery.state is not None and state_of(delivery.path) != delivery.state:
        raise NotNow(GROWING)
    if found.refused is None and not found.reconciled:
        found.refused = NOT_RECONCILED
    return found


def _row(delivery: Delivery, found: Examination, terms: _Terms) -> LedgerRow:
    is_refused = found.refused is not None
    return LedgerRow(
        *delivery.identity,
        file_name=delivery.name,
        arrival=delivery.arrival,
        as_of=terms.as_of,
        contract_version=terms.contract.meta.version,
        fate="refused" if is_refused else "accepted",
        reconciled=found.reconciled,
        load_version=terms.version,
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
        rejects=counted(found.rejects),
        warnings=found.warnings,
        added_columns=found.added_columns,
        key_fingerprint=terms.key.fingerprint if terms.key else None,
    )
