"""Landing compared with the ledger: what is new, known, claimed by nobody, refused or outdated."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.delivery import Delivery, Identity
from orchestration.ingestion.landing.files import Entry, Hashes, Unready, entries, printable
from orchestration.ingestion.landing.scan_result import Refusal, Replay, Scan
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.ingestion.load_version import load_version
from orchestration.ingestion.pseudonyms.keys import Key, keyring
from orchestration.programmes.programme import Programme
from orchestration.storage.durable import write_whole


def arrival_numbers(identities: Iterable[Identity]) -> dict[Identity, int]:
    """The number of each delivery, in the order given for those not seen before.

    Numbers are written down before anything is loaded, so that a run that takes over from a killed
    one loads in the same order.
    """
    file = paths.ledger() / "arrivals.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    with (file.parent / "arrivals.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        given = _read_arrivals(file)
        new = [identity for identity in dict.fromkeys(identities) if identity not in given]
        given |= {identity: len(given) + place for place, identity in enumerate(new, start=1)}
        if new:
            text = json.dumps([list(identity) for identity in sorted(given, key=given.__getitem__)])
            write_whole(file, text.encode())
    return given


def _read_arrivals(file: Path) -> dict[Identity, int]:
    if not file.exists():
        return {}
    listed = json.loads(file.read_text(encoding="utf-8"))
    return {(p, s, t, h): place for place, (p, s, t, h) in enumerate(listed, start=1)}


def outdated(
    gone: Iterable[LedgerRow],
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    keys: Mapping[str, Key],
) -> list[Refusal]:
    """Of the rows whose files left landing, those to deliver again, and why."""
    scope = {programme.programme for programme in programmes}
    versions = {(contract.source, contract.name): contract.meta.version for contract in contracts}
    found = []
    for row in gone:
        if row.programme_id not in scope or row.load_status == "refused":
            continue
        key = keys.get(row.programme_id)
        if sentence := _why_outdated(row, versions.get((row.source_name, row.table_name)), key):
            found.append(Refusal(row.file_name, sentence))
    return found


def _why_outdated(row: LedgerRow, version: int | None, key: Key | None) -> str | None:
    again = "and is no longer in landing. Deliver it again."
    if row.contract_version != version:
        return f"It was loaded under version {row.contract_version} of its contract {again}"
    if row.key_fingerprint and key and row.key_fingerprint != key.fingerprint:
        people = "its people are not recognised in files of the new key"
        return f"It was loaded with the key {row.key_fingerprint}, {people}, {again}"
    return None


def scan(
    landing: Path,
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    *,
    replay: Replay | None = None,
) -> Scan:
    """Look at every file below `landing`; nothing is loaded.

    A delivery is new when the ledger has no row for its content, or when its contract, its key or
    the code that reads it is another than then. Raises KeyProblem when a programme that delivers
    identifiers has no usable key.
    """
    keys = keyring(programmes, contracts)
    found, refused, hidden = entries(landing)
    result = Scan(refused=refused, unclaimed=[str(each) for each in hidden])
    hashes = Hashes()
    claimed = [d for entry in found for d in _claim(entry, landing, programmes, contracts, result)]
    hashed = [d for d in (_hashed(each, hashes, result) for each in claimed) if d]
    hashes.keep()
    delivered = _numbered(hashed, replay)
    rows = {row.identity: row for row in read_ledger()}
    _sort_out(delivered, rows, _Versions(programmes, contracts, keys), result)
    here = {delivery.identity for delivery in delivered}
    gone = [row for identity, row in rows.items() if identity not in here]
    result.outdated = outdated(gone, programmes, contracts, keys)
    return result


def _claim(
    entry: Entry,
    landing: Path,
    programmes: Sequence[Programme],
    contracts: Sequence[TableContract],
    result: Scan,
) -> Iterator[tuple[Entry, Delivery]]:
    """The delivery an entry is, if exactly one contract of one programme names it."""
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
        result.refused.append(Refusal(entry.name, sentence))
    elif claims:
        yield entry, claims[0]
    else:
        result.unclaimed.append(entry.name)


def _names(contract: TableContract, name: str) -> bool:
    """Whether a contract's `files` fit; a pattern without a slash fits in any folder."""
    last = name.rsplit("/", 1)[-1]
    return any(fnmatchcase(name if "/" in p else last, p) for p in contract.meta.files)


def _delivery(programme: Programme, contract: TableContract, entry: Entry) -> Delivery:
    who = (programme.programme, contract.source, contract.name)
    return Delivery(*who, entry.path, entry.name, "", state=entry.state)


def _hashed(each: tuple[Entry, Delivery], hashes: Hashes, result: Scan) -> Delivery | None:
    entry, delivery = each
    try:
        return replace(delivery, file_hash=hashes.of(entry))
    except Unready as problem:
        result.refused.append(Refusal(entry.name, str(problem)))
        return None


def _numbered(found: Sequence[Delivery], replay: Replay | None) -> list[Delivery]:
    """Each content once, with its place in the order of arrival."""
    once = list({delivery.identity: delivery for delivery in reversed(found)}.values())[::-1]
    if replay:
        return [
            replace(d, arrival=replay.loads[d.identity][0], as_of=replay.loads[d.identity][1])
            for d in once
            if d.identity in replay.loads
        ]
    numbers = arrival_numbers(delivery.identity for delivery in once)
    return [replace(delivery, arrival=numbers[delivery.identity]) for delivery in once]


class _Versions:
    """How each delivery would be loaded now."""

    def __init__(
        self,
        programmes: Sequence[Programme],
        contracts: Sequence[TableContract],
        keys: Mapping[str, Key],
    ) -> None:
        self._zones = {programme.programme: programme.time_zone for programme in programmes}
        self._contracts = {(contract.source, contract.name): contract for contract in contracts}
        self._keys = keys
        self._worked_out: dict[tuple[str, str, str], str] = {}

    def of(self, delivery: Delivery) -> str:
        programme, source, table, _ = delivery.identity
        if (programme, source, table) not in self._worked_out:
            version = load_version(
                self._contracts[source, table], self._keys.get(programme), self._zones[programme]
            )
            self._worked_out[programme, source, table] = version
        return self._worked_out[programme, source, table]


def _sort_out(
    found: Sequence[Delivery],
    rows: Mapping[Identity, LedgerRow],
    versions: _Versions,
    result: Scan,
) -> None:
    for delivery in sorted(found, key=lambda each: each.arrival):
        row = rows.get(delivery.identity)
        if row and _stands(row, versions.of(delivery)):
            result.known.append(delivery)
            if row.load_status == "refused":
                result.refused.append(Refusal(delivery.name, row.reason or "refused"))
        else:
            result.deliveries.append(delivery)


def _stands(row: LedgerRow, version: str) -> bool:
    """Whether a load need not be done again."""
    return row.load_version == version and (row.load_status == "refused" or row.raw_file.exists())
