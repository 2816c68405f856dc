"""Loads the new files of a table: first raw, then quarantine, then the row of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from orchestration import paths
from orchestration.ingestion import reading_ahead
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import (
    Days,
    Delivery,
    FileLimits,
    NotNow,
    named_period,
    without_period,
)
from orchestration.ingestion.erasures.suppression_list import erased_people
from orchestration.ingestion.landing.files import GROWING, state_of
from orchestration.ingestion.ledger import (
    LedgerRow,
    append,
    forget,
    incoming,
    raw_file,
    read_ledger,
    unequal_file,
    write_quarantine,
)
from orchestration.ingestion.load_version import load_version, under_limits
from orchestration.ingestion.pseudonyms.keys import Key, keyring
from orchestration.ingestion.reading_task import Outcome, Task
from orchestration.ingestion.validation.erased_rows import ErasedPeople
from orchestration.ingestion.validation.result import ValidationResult, count_rejects
from orchestration.programmes.programme import Programme
from orchestration.storage import durable
from orchestration.storage.failures import is_disk_full

UNDER_HALF = "file.under_half_of_the_one_before"
COMPARABLE = 20
"""How many rows a file needs for the next one to be compared with it."""


class DiskFull(OSError):
    """There is no room to write; nothing half-written is left and the next run loads the file."""


@dataclass(frozen=True)
class _Terms:
    """What decides how a file is loaded."""

    contract: TableContract
    as_of: date
    time_zone: str
    key: Key | None
    limits: FileLimits
    areas: tuple[str, ...]
    data: Days
    erased: ErasedPeople

    def task(self, delivery: Delivery, output: Path) -> Task:
        """The task of reading a file."""
        return Task(
            delivery.path,
            self.contract,
            self.as_of,
            self.time_zone,
            self.key,
            self.limits,
            delivery,
            output,
            self.areas,
            self.erased or None,
        )

    def version(self, *, met_limit: bool) -> str:
        """The load version; a file that exceeded a limit is loaded again when limits change too."""
        version = load_version(self.contract, self.key, self.time_zone, self.areas)
        return under_limits(version, self.limits) if met_limit else version


def load_table(
    deliveries: Sequence[Delivery],
    contract: TableContract,
    *,
    as_of: date,
    programmes: Sequence[Programme],
) -> list[LedgerRow]:
    """Load files of one table, one after the other; a file that is refused stops no other.

    A file that changed since it was hashed, or cannot be read now, is returned as refused but not
    entered in the ledger: the next run tries it again. Raises DiskFull, and KeyProblem before
    anything is read when a key is missing.
    """
    found = _with_terms(deliveries, contract, as_of, programmes)
    earlier = {row.identity: row for row in read_ledger()} if deliveries else {}
    done = []
    for each, terms in found:
        row = _load(each, terms, earlier.values())
        earlier[row.identity] = row
        done.append(row)
    return done


def tasks_of(
    deliveries: Sequence[Delivery],
    contract: TableContract,
    *,
    as_of: date,
    programmes: Sequence[Programme],
) -> list[Task]:
    """The reading that `load_table` will ask for, in that order. Raises KeyProblem as it does."""
    found = _with_terms(deliveries, contract, as_of, programmes)
    return [terms.task(each, _written(each)) for each, terms in found]


def _with_terms(
    deliveries: Sequence[Delivery],
    contract: TableContract,
    as_of: date,
    programmes: Sequence[Programme],
) -> list[tuple[Delivery, _Terms]]:
    keys = keyring(programmes, [contract])
    known = {programme.programme: programme for programme in programmes}
    limits = FileLimits.from_environment()
    erased = {name: erased_people(name) for name in {each.programme for each in deliveries}}
    return [
        (
            each,
            _Terms(
                contract,
                each.as_of or as_of,
                known[each.programme].time_zone,
                keys.get(each.programme),
                limits,
                known[each.programme].spellings,
                Days(known[each.programme].data_from, known[each.programme].data_to),
                erased[each.programme],
            ),
        )
        for each in deliveries
    ]


def _written(delivery: Delivery) -> Path:
    """Where the accepted rows are written before they are moved into raw."""
    return incoming() / f"{'.'.join(delivery.identity)}.parquet"


def _load(delivery: Delivery, terms: _Terms, earlier: Iterable[LedgerRow]) -> LedgerRow:
    """Each step is done completely or not at all, and only the last one makes the load count."""
    written = _written(delivery)
    try:
        written.parent.mkdir(parents=True, exist_ok=True)
        outcome = _read(delivery, terms, written)
        result = outcome.result
        forget(delivery.identity)
        if result.refused:
            durable.remove(raw_file(*delivery.identity))
        write_quarantine(delivery, result)
        if outcome.is_unequal:
            durable.move(written, unequal_file(*delivery.identity))
        else:
            durable.remove(unequal_file(*delivery.identity))
        if not result.refused:
            durable.move(written, raw_file(*delivery.identity))
        row = _row(delivery, result, terms, _much_smaller(delivery, result, earlier, terms.data))
        append(row)
    except NotNow as problem:
        return _row(delivery, ValidationResult(refused=str(problem)), terms)
    except OSError as error:
        if is_disk_full(error):
            room = f"No room left while loading {delivery.name}. Free space in {paths.home()}."
            raise DiskFull(room) from error
        raise
    finally:
        written.unlink(missing_ok=True)
    return row


def _read(delivery: Delivery, terms: _Terms, output: Path) -> Outcome:
    """The outcome of reading a file; raises NotNow when it changed since it was hashed."""
    try:
        outcome = reading_ahead.read(terms.task(delivery, output))
    finally:
        # A process that is stopped while it writes does not clean up.
        output.with_name(output.name + durable.UNFINISHED).unlink(missing_ok=True)
    if delivery.state is not None and state_of(delivery.path) != delivery.state:
        raise NotNow(GROWING)
    return outcome


def _much_smaller(
    delivery: Delivery, result: ValidationResult, earlier: Iterable[LedgerRow], data: Days
) -> dict[str, int]:
    """A flag where the file holds under half the rows of the previous file of its kind.

    Files of a table are of one kind if their names differ only in numbers and months. Where both
    names state a period, rows per day of it are compared: half a year holds half as much as a year.
    Nothing is flagged after a small file, because small numbers vary.
    """
    before = [
        row
        for row in earlier
        if row.identity[:3] == delivery.identity[:3]
        and row.arrival < delivery.arrival
        and row.load_status == "accepted"
        and without_period(row.file_name) == without_period(delivery.name)
    ]
    if result.refused is not None or not before:
        return {}
    last = max(before, key=lambda row: row.arrival)
    days_before = _named_days(last.file_name, last.first_event_date, last.last_event_date, data)
    days = _named_days(delivery.name, result.first_event, result.last_event, data)
    share = days / days_before if days and days_before else 1.0
    is_less = last.accepted >= COMPARABLE and last.accepted * share > 2 * result.accepted
    return {UNDER_HALF: 1} if is_less else {}


def _named_days(name: str, first: date | None, last: date | None, data: Days) -> int | None:
    """The days of the programme's data that a file's name covers; None where it states no period.

    A year in the name that its records do not keep to is not a period, but the year in which the
    file was made.
    """
    named = named_period(name)
    if named is None or (first and last and not named.holds(Days(first, last))):
        return None
    days = (min(named.last, data.last) - max(named.first, data.first)).days + 1
    return days if days > 0 else None


def _row(
    delivery: Delivery,
    result: ValidationResult,
    terms: _Terms,
    flagged: Mapping[str, int] | None = None,
) -> LedgerRow:
    return LedgerRow(
        *delivery.identity,
        file_name=delivery.name,
        arrival=delivery.arrival,
        as_of=terms.as_of,
        contract_version=terms.contract.meta.version,
        load_status="refused" if result.refused is not None else "accepted",
        reconciled=result.reconciled,
        load_version=terms.version(met_limit=result.met_limit),
        loaded_at=datetime.now(UTC),
        records=result.records,
        physical_lines=result.physical_lines,
        accepted=result.accepted,
        rejected=result.rejected,
        blank=result.blank,
        duplicates=result.duplicates,
        duplicates_kept=result.duplicates_kept,
        erased=result.erased,
        erasures=terms.erased.count,
        first_event_date=result.first_event,
        last_event_date=result.last_event,
        reason=result.reason,
        flagged={**result.flagged, **(flagged or {})},
        rejects=[] if result.refused is not None else count_rejects(result.rejects),
        warnings=result.kept_warnings,
        added_columns=[f"column {place}" for place in result.added_columns],
        areas=result.areas,
        lost_months=[month.isoformat() for month in result.lost_months],
        lost_areas=[
            [area, month.isoformat() if month else None] for area, month in result.lost_areas
        ],
        key_fingerprint=terms.key.fingerprint if terms.key else None,
        counting_status="refused" if result.refused is not None else "counts",
        counting_since=terms.as_of,
    )
