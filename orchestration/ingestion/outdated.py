"""Loads that stand although their contract or key has changed, because the file is gone."""

from collections.abc import Iterable, Mapping, Sequence

from orchestration.ingestion.contract import TableContract
from orchestration.ingestion.deliveries import Refusal
from orchestration.ingestion.keys import Key
from orchestration.ingestion.ledger import LedgerRow
from orchestration.programme import Programme


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
        if row.programme_id not in scope or row.fate == "refused":
            continue
        key = keys.get(row.programme_id)
        if sentence := _why(row, versions.get((row.source_name, row.table_name)), key):
            found.append(Refusal(row.file_name, sentence))
    return found


def _why(row: LedgerRow, version: int | None, key: Key | None) -> str | None:
    again = "and is no longer in landing. Deliver it again."
    if row.contract_version != version:
        return f"It was loaded under version {row.contract_version} of its contract {again}"
    if row.key_fingerprint and key and row.key_fingerprint != key.fingerprint:
        people = "its people are not recognised in files of the new key"
        return f"It was loaded with the key {row.key_fingerprint}, {people}, {again}"
    return None
