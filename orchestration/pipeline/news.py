"""Whether a run would make anything that the current release does not already hold."""

from typing import Any

from orchestration import paths
from orchestration.pipeline.landed import Landed
from orchestration.release import fingerprint
from orchestration.release.current import current, read_manifest
from orchestration.release.inputs import read_inputs


def _made_by() -> dict[str, Any]:
    return {
        "version": fingerprint.code_version(paths.ROOT),
        "lock": fingerprint.lock_version(paths.ROOT),
        "duckdb": fingerprint.duckdb_version(),
    }


def something_new(inputs: Landed) -> str | None:
    """Why a run has work to do, in words; None when the current release holds it all."""
    serving = current(paths.releases())
    if serving is None:
        return "there is no release yet"
    if inputs.scan.deliveries:
        return f"new files for {len(inputs.tables())} tables"
    made = read_manifest(serving)
    if made["programmes"] != sorted(inputs.scope):
        return "other programmes than in the current release"
    if made["code"] != _made_by():
        return "the code changed since the current release"
    if made["key_fingerprints"] != inputs.key_fingerprints:
        return "other keys than those of the current release"
    ledger = paths.derived() / "ingestion" / "ledger"
    loaded = [one.as_dict() for one in read_inputs(ledger, inputs.scope)]
    return None if made["inputs"] == loaded else "the ledger changed since the current release"
