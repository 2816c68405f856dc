"""Landing compared with the ledger: what is new, known, unclaimed or refused, or to change."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Delivery, FileLimits, Identity, RefusedFile, printable
from orchestration.ingestion.erasures.suppression_list import erased_people
from orchestration.ingestion.landing.counting import (
    CountingDecision,
    LandingView,
    changes,
    decide,
    withdrawn_by_hand,
)
from orchestration.ingestion.landing.files import (
    Hashes,
    LandingFile,
    ShownNames,
    Unready,
    list_files,
)
from orchestration.ingestion.landing.home_settings import read_home_settings
from orchestration.ingestion.ledger import CountingStatus, LedgerRow, read_ledger
from orchestration.ingestion.load_version import load_version, under_limits
from orchestration.ingestion.pseudonyms.keys import Key, keyring
from orchestration.programmes.programme import Programme
from orchestration.storage.durable import write_whole

COUNTED = ("counts", "stale")


@dataclass(frozen=True)
class ReplayedLoad:
    """A load of a release: its place in the order, its dates, its file's name, and its status."""

    position: int
    as_of: date
    file_name: str
    status: CountingStatus
    since: date | None
    reason: str | None

    @property
    def needs_file(self) -> bool:
        """Whether the file has to be read again; for others the release has the ledger row."""
        return self.status not in ("superseded", "withdrawn")


@dataclass(frozen=True)
class Replay:
    """The loads of a release, and its programmes."""

    programmes: list[str]
    loads: dict[Identity, ReplayedLoad]


@dataclass
class LandingScan:
    """What a scan found: new, known, unclaimed and refused files.

    `repeated` are files with the same content as another one, by name, with that one's name.
    `stale_loads` are loads under an older contract or key that count though their file is no longer
    in landing; `under_another_key` are the names of those with another key. `changes` are loads
    whose status in the ledger has to change, and `view` is what decides that.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    known: list[Delivery] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    repeated: dict[str, str] = field(default_factory=dict)
    stale_loads: list[RefusedFile] = field(default_factory=list)
    under_another_key: list[str] = field(default_factory=list)
    changes: list[tuple[LedgerRow, CountingDecision]] = field(default_factory=list)
    view: LandingView = field(default_factory=LandingView)


def read_replay(path: Path) -> Replay:
    """The loads to repeat, as `bodyworn reproduce` writes them."""
    order = json.loads(path.read_text(encoding="utf-8"))
    names = ("programme_id", "source_name", "table_name", "file_hash")
    loads = {
        (each[names[0]], each[names[1]], each[names[2]], each[names[3]]): ReplayedLoad(
            each["position"],
            date.fromisoformat(each["as_of"]),
            each["file_name"],
            each["counting_status"],
            each["counting_since"] and date.fromisoformat(each["counting_since"]),
            each["counting_reason"],
        )
        for each in order["inputs"]
    }
    return Replay(order["programmes"], loads)


def arrival_numbers(
    identities: Iterable[Identity], again: Mapping[Identity, int] | None = None
) -> dict[Identity, int]:
    """The number of each delivery; new ones are numbered in the order given.

    Those that came `again`, after the number given, get a new one unless they have it already.
    Numbers are saved before anything is loaded, so that the run after a killed one loads files in
    the same order.
    """
    file = paths.ledger() / "arrival_order.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / "arrival_order.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        order = _read_arrival_order(file)
        given = _places(order)
        new = [identity for identity in dict.fromkeys(identities) if identity not in given]
        new += [who for who, after in (again or {}).items() if given.get(who, after + 1) <= after]
        if new:
            order += new
            write_whole(file, json.dumps([list(identity) for identity in order]).encode())
    return _places(order)


def _places(order: Sequence[Identity]) -> dict[Identity, int]:
    """The number of each delivery; one that came several times has the place of the last time."""
    return {identity: place for place, identity in enumerate(order, start=1)}


def _read_arrival_order(file: Path) -> list[Identity]:
    if not file.exists():
        return []
    return [(p, s, t, h) for p, s, t, h in json.loads(file.read_text(encoding="utf-8"))]


def stale_loads(
    gone: Iterable[LedgerRow],
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    keys: Mapping[str, Key],
) -> list[RefusedFile]:
    """Loads whose files left landing and must be delivered again, each with the reason."""
    scope = {programme.programme for programme in programmes}
    versions = {(contract.source, contract.name): contract.meta.version for contract in contracts}
    found = []
    for row in gone:
        if row.programme_id not in scope or row.load_status == "refused":
            continue
        key = keys.get(row.programme_id)
        if sentence := _why_stale(row, versions.get((row.source_name, row.table_name)), key):
            found.append(RefusedFile(row.file_name, sentence))
    return found


def _why_stale(row: LedgerRow, version: int | None, key: Key | None) -> str | None:
    again = "and is no longer in landing. Deliver it again."
    if row.contract_version != version:
        return f"It was loaded under version {row.contract_version} of its contract {again}"
    if _has_another_key(row, key):
        unrecognised = "nobody in it is recognised in files loaded with the new key"
        return f"It was loaded with the key {row.key_fingerprint}, {unrecognised}, {again}"
    return None


def _has_another_key(row: LedgerRow, key: Key | None) -> bool:
    """Whether the pseudonyms of a load were made with another key than the current one."""
    is_read = row.load_status != "refused"
    return bool(is_read and row.key_fingerprint and key and row.key_fingerprint != key.fingerprint)


def scan(
    landing: Path,
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    *,
    replay: Replay | None = None,
) -> LandingScan:
    """Look at every file below `landing`; nothing is loaded.

    A delivery is new when the ledger has no row for its content, when its contract, its key or the
    code that reads it has changed since it was loaded, or when a person was erased since then.
    Raises KeyProblem when a programme that delivers identifiers has no usable key, or the list of
    erased people cannot be used.
    """
    keys = keyring(programmes, contracts)
    shown = ShownNames(programmes, contracts)
    found, refused, hidden = list_files(landing)
    result = LandingScan(
        refused=[replace(each, name=shown.of(each.name)) for each in refused],
        unclaimed=[str(each) for each in hidden],
    )
    hashes = Hashes()
    claimed = [
        (entry, replace(delivery, name=shown.of(entry.name)))
        for entry, delivery in (
            each
            for entry in found
            for each in _claim(entry, landing, programmes, contracts, result)
        )
    ]
    result.refused = [replace(each, name=shown.of(each.name)) for each in result.refused]
    hashed = [d for d in (_hashed(each, hashes, result) for each in claimed) if d]
    hashes.keep()
    rows = {row.identity: row for row in read_ledger()}
    result.view = LandingView(
        programmes=frozenset(programme.programme for programme in programmes),
        at={delivery.name: delivery.identity for delivery in hashed},
        unread={each.name: each.sentence for each in result.refused},
        unclaimed=frozenset(map(shown.of, result.unclaimed)),
        is_emptied=read_home_settings().landing == "emptied",
    )
    shown.keep()
    again = _come_again(rows.values(), result.view) if result.view.is_emptied else {}
    delivered = _numbered(hashed, again, replay)
    first = {delivery.identity: delivery.name for delivery in delivered}
    result.repeated = {
        name: first[identity]
        for name, identity in result.view.at.items()
        if identity in first and first[identity] != name
    }
    versions = _Versions(programmes, contracts, keys, erasures(rows.values(), programmes))
    _sort_out(delivered, rows, versions, again, result)
    decided = decisions(list(rows.values()), result.view, contracts, replay)
    result.changes = changes(rows.values(), decided)
    gone = [
        row
        for identity, row in rows.items()
        if identity not in first
        and decided.get(identity, CountingDecision("counts")).status in COUNTED
    ]
    result.stale_loads = stale_loads(gone, programmes, contracts, keys)
    result.under_another_key = [
        row.file_name for row in gone if _has_another_key(row, keys.get(row.programme_id))
    ]
    return result


def erasures(rows: Iterable[LedgerRow], programmes: Sequence[Programme]) -> dict[str, int]:
    """The number of people erased from each programme.

    Raises ErasureProblem where the list was changed, or is shorter than loads have recorded.
    """
    known: dict[str, int] = {}
    for row in rows:
        known[row.programme_id] = max(row.erasures, known.get(row.programme_id, 0))
    return {
        one.programme: erased_people(one.programme, known=known.get(one.programme, 0)).count
        for one in programmes
    }


def decisions(
    rows: Sequence[LedgerRow],
    view: LandingView,
    contracts: Sequence[TableContract],
    replay: Replay | None,
) -> dict[Identity, CountingDecision]:
    """Whether each load counts: by landing, or as in the release that is reproduced."""
    if replay is not None:
        return {
            who: CountingDecision(load.status, load.reason, load.since)
            for who, load in replay.loads.items()
        }
    return decide(rows, view, contracts, withdrawn_by_hand())


def _come_again(rows: Iterable[LedgerRow], view: LandingView) -> dict[Identity, int]:
    """Known contents whose name had another content after them, and now has them again."""
    arrivals: dict[tuple[str, ...], int] = {}
    here = set(view.at.values())
    known: dict[Identity, LedgerRow] = {}
    for row in rows:
        known[row.identity] = row
        if row.identity not in here:
            named = (*row.identity[:3], row.file_name)
            arrivals[named] = max(row.arrival, arrivals.get(named, 0))
    return {
        identity: last
        for name, identity in view.at.items()
        if identity in known
        and known[identity].arrival < (last := arrivals.get((*identity[:3], name), 0))
    }


def _claim(
    entry: LandingFile,
    landing: Path,
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    result: LandingScan,
) -> Iterator[tuple[LandingFile, Delivery]]:
    """The file as a delivery, if exactly one contract of one programme claims it."""
    claims = []
    for programme in programmes:
        for folder in programme.landing:
            if not entry.path.is_relative_to(landing / folder):
                continue
            name = printable(str(entry.path.relative_to(landing / folder)))
            claims += [
                _delivery(programme, contract, entry)
                for contract in contracts
                if contract.source in programme.sources and _names(contract, name)
            ]
    if len(claims) > 1:
        who = ", ".join(f"{c.programme}: {c.source}.{c.table}" for c in claims)
        sentence = f"More than one contract names it ({who}). Narrow their `files`."
        result.refused.append(RefusedFile(entry.name, sentence))
    elif claims:
        yield entry, claims[0]
    else:
        result.unclaimed.append(entry.name)


def _names(contract: TableContract, name: str) -> bool:
    """Whether a name matches a contract's `files`; a pattern without a slash fits in any folder."""
    last = name.rsplit("/", 1)[-1]
    return any(fnmatchcase(name if "/" in p else last, p) for p in contract.meta.files)


def _delivery(programme: Programme, contract: TableContract, entry: LandingFile) -> Delivery:
    who = (programme.programme, contract.source, contract.name)
    return Delivery(*who, entry.path, entry.name, "", state=entry.state)


def _hashed(
    each: tuple[LandingFile, Delivery], hashes: Hashes, result: LandingScan
) -> Delivery | None:
    entry, delivery = each
    try:
        return replace(delivery, file_hash=hashes.of(entry))
    except Unready as problem:
        result.refused.append(RefusedFile(delivery.name, str(problem)))
        return None


def _numbered(
    found: Sequence[Delivery], again: Mapping[Identity, int], replay: Replay | None
) -> list[Delivery]:
    """Each content once, with its place in the order of arrival."""
    once = list({delivery.identity: delivery for delivery in reversed(found)}.values())[::-1]
    if replay:
        return [
            replace(d, arrival=load.position, as_of=load.as_of, name=load.file_name)
            for d in once
            if (load := replay.loads.get(d.identity)) and load.needs_file
        ]
    numbers = arrival_numbers([delivery.identity for delivery in once], again)
    return [replace(delivery, arrival=numbers[delivery.identity]) for delivery in once]


class _Versions:
    """The load version that each delivery would get now."""

    def __init__(
        self,
        programmes: Sequence[Programme],
        contracts: Sequence[TableContract],
        keys: Mapping[str, Key],
        erasures: Mapping[str, int],
    ) -> None:
        self._erasures = erasures
        self._programmes = {programme.programme: programme for programme in programmes}
        self._contracts = {(contract.source, contract.name): contract for contract in contracts}
        self._keys = keys
        self._worked_out: dict[tuple[str, str, str], str] = {}

    def is_erased_from(self, row: LedgerRow) -> bool:
        """Whether a load was checked against everybody erased from its programme."""
        return row.erasures >= self._erasures[row.programme_id]

    def of(self, delivery: Delivery) -> str:
        programme, source, table, _ = delivery.identity
        if (programme, source, table) not in self._worked_out:
            version = load_version(
                self._contracts[source, table],
                self._keys.get(programme),
                self._programmes[programme].time_zone,
                self._programmes[programme].spellings,
            )
            self._worked_out[programme, source, table] = version
        return self._worked_out[programme, source, table]


def _sort_out(
    found: Sequence[Delivery],
    rows: Mapping[Identity, LedgerRow],
    versions: _Versions,
    again: Mapping[Identity, int],
    result: LandingScan,
) -> None:
    limits = FileLimits.from_environment()
    for delivery in sorted(found, key=lambda each: each.arrival):
        row = rows.get(delivery.identity)
        is_as_now = row is not None and _stands(row, versions.of(delivery), limits)
        if row and is_as_now and versions.is_erased_from(row) and delivery.identity not in again:
            result.known.append(delivery)
            if row.load_status == "refused":
                result.refused.append(RefusedFile(delivery.name, row.reason or "refused"))
        else:
            result.deliveries.append(delivery)


def _stands(row: LedgerRow, version: str, limits: FileLimits) -> bool:
    """Whether an existing load is still valid, so that it need not be repeated."""
    if row.load_status == "refused":
        return row.load_version in (version, under_limits(version, limits))
    return row.load_version == version and row.is_kept
