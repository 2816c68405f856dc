"""What is decided before a run begins: releases are whole, what is new, what must be withdrawn.

Nothing here imports dbt: a night without new files ends before dbt would have started.
"""

from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.ingestion.erasures.suppression_list import unfinished_erasures
from orchestration.ingestion.ledger import read_ledger
from orchestration.release import manifest, tiers, withdraw
from orchestration.release.current import current, published, read_manifest
from orchestration.release.damage import refuse_damaged
from orchestration.release.public import memory
from orchestration.release.withdrawal import Withdrawal
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.status import read_status
from orchestration.storage.engine import engine_version


def check_releases() -> list[str]:
    """Repair what can be repaired; a sentence says if `current` was lost.

    Releases from before there were tiers are moved into tiers. Raises DamagedRelease where the
    release being served is damaged, releases are gone, or the memory of what was published is not
    the one that it knows: a release made without it could reveal what cannot be taken back.
    """
    for release in published(paths.releases()):
        if tiers.is_earlier(release):
            tiers.lay_out(release)
    success = read_status().get("success") or {}
    pointed = refuse_damaged(paths.releases(), success.get("release"))
    memory.refuse_forgotten(paths.releases())
    return [pointed] if pointed else []


LOAD = (
    *("programme_id", "source_name", "table_name", "file_hash", "load_status", "as_of"),
    "counting_status",
)


def _made_by() -> dict[str, Any]:
    return {
        "version": manifest.code_version(paths.ROOT),
        "lock": manifest.lock_version(paths.ROOT),
        "duckdb": engine_version(),
    }


def _loaded(inputs: RunInputs) -> list[tuple[str, ...]]:
    """The ledger itself and not its export: a run may have died in between."""
    rows = [row for row in read_ledger() if row.programme_id in inputs.scope]
    return sorted(tuple(str(getattr(row, name)) for name in LOAD) for row in rows)


def something_new(inputs: RunInputs) -> str | None:
    """Why a run has work to do; None when the current release is up to date."""
    serving = current(paths.releases())
    if serving is None:
        return "there is no release yet"
    if asked := _asked_for(inputs):
        return asked
    if inputs.scan.deliveries:
        return f"new files for {len(inputs.tables())} tables"
    if inputs.scan.changes:
        return f"landing says otherwise whether {len(inputs.scan.changes)} files count"
    return _other_than(read_manifest(serving), inputs)


def _asked_for(inputs: RunInputs) -> str | None:
    """What a person asked for that makes work without new files."""
    if inputs.correction:
        return "a correction is to be published"
    if unfinished_erasures(inputs.scope):
        return "a person's records are to be erased"
    return "everything is to be built anew" if inputs.full else None


def repeated(inputs: RunInputs) -> Path | None:
    """The release this run would reproduce: a replayed one, or one of today with these inputs.

    Such a run builds on the same history as that release, so that the result is the same.
    """
    if inputs.again:
        return inputs.again
    serving = current(paths.releases())
    if serving is None or inputs.correction or unfinished_erasures(inputs.scope):
        return None
    made = read_manifest(serving)
    is_same = made["as_of"] == inputs.as_of.isoformat() and _other_than(made, inputs) is None
    return serving if is_same else None


def _other_than(made: dict[str, Any], inputs: RunInputs) -> str | None:
    """Differences between the inputs of this run and those of the release with this manifest."""
    if made["programmes"] != sorted(inputs.scope):
        return "other programmes than in the current release"
    if made["code"] != _made_by():
        return "the code changed since the current release"
    if made["key_fingerprints"] != inputs.key_fingerprints:
        return "other keys than those of the current release"
    released = sorted(tuple(str(one[name]) for name in LOAD) for one in made["inputs"])
    return None if released == _loaded(inputs) else "the ledger changed since the current release"


def withdraw_faulty_releases(inputs: RunInputs) -> list[Withdrawal]:
    """Withdraw releases that may be wrong because of a faulty engine, and return their records."""
    harmless = {
        (contract.source, contract.name)
        for contract in inputs.contracts
        if not any(column.privacy == "identifier" for column in contract.columns)
    }
    return withdraw.withdraw_faulty(paths.releases(), harmless)
