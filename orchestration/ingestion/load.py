"""Loads the new files of a table: raw first, then quarantine, then the ledger row that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from orchestration import paths
from orchestration.ingestion import durable
from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.deliveries import Delivery
from orchestration.ingestion.entries import GROWING, state_of
from orchestration.ingestion.examine import examine
from orchestration.ingestion.keys import Key, keyring
from orchestration.ingestion.ledger import LedgerRow, append, forget, incoming, raw_file
from orchestration.ingestion.outcome import Examination, Stamp
from orchestration.ingestion.pseudonyms import Pseudonyms
from orchestration.ingestion.quarantine import counted, write_quarantine
from orchestration.ingestion.trouble import DiskFull, NotNow, is_disk_full, trouble
from orchestration.ingestion.version import load_version
from orchestration.programme import Programme

__all__ = ["DiskFull", "load_table"]

NOT_RECONCILED = (
    "Its records do not add up: those accepted, rejected, blank and duplicate are not as many as"
    " the file holds. Nothing of it was loaded; please report the file."
)


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
