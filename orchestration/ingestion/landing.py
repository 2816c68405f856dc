"""Landing compared with the ledger: what is new, known, claimed by nobody or refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration.ingestion.arrivals import arrival_numbers
from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.deliveries import (
    Delivery,
    Identity,
    Refusal,
    Replay,
    Scan,
    read_replay,
)
from orchestration.ingestion.entries import Entry, entries, printable
from orchestration.ingestion.hashes import Hashes, Unready
from orchestration.ingestion.keys import Key, keyring
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.ingestion.outdated import outdated
from orchestration.ingestion.version import load_version
from orchestration.programme import Programme

__all__ = ["Delivery", "Refusal", "Replay", "Scan", "read_replay", "scan"]


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
            if row.fate == "refused":
                result.refused.append(Refusal(delivery.name, row.reason or "refused"))
        else:
            result.deliveries.append(delivery)


def _stands(row: LedgerRow, version: str) -> bool:
    """Whether a load need not be done again."""
    return row.load_version == version and (row.fate == "refused" or row.raw_file.exists())
