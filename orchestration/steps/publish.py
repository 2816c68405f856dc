"""From the closed warehouse to a served release, when a run would make anything new."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.ledger import read_ledger
from orchestration.release import history, manifest, withdraw
from orchestration.release.audit.audit import audit
from orchestration.release.build import Order, build
from orchestration.release.current import current, read_manifest
from orchestration.release.public import previous_release
from orchestration.release.publish import Outcome, publish
from orchestration.release.withdrawal import Withdrawal
from orchestration.steps.dbt import targets
from orchestration.steps.run_inputs import Landed
from orchestration.storage.engine import engine_version

LOAD = ("programme_id", "source_name", "table_name", "file_hash", "fate", "as_of")


def _made_by() -> dict[str, Any]:
    return {
        "version": manifest.code_version(paths.ROOT),
        "lock": manifest.lock_version(paths.ROOT),
        "duckdb": engine_version(),
    }


def _loaded(inputs: Landed) -> list[tuple[str, ...]]:
    """The ledger itself, not what was exported of it: a run may have died in between."""
    rows = [row for row in read_ledger() if row.programme_id in inputs.scope]
    return sorted(tuple(str(getattr(row, name)) for name in LOAD) for row in rows)


def something_new(inputs: Landed) -> str | None:
    """Why a run has work to do, in words; None when the current release holds it all."""
    serving = current(paths.releases())
    if serving is None:
        return "there is no release yet"
    if inputs.scan.deliveries:
        return f"new files for {len(inputs.tables())} tables"
    return _other_than(read_manifest(serving), inputs)


def repeated(inputs: Landed) -> Path | None:
    """The release that a run makes once more: of the same day from the same, or to be replayed.

    Such a run goes on from what that release went on from, so that it comes out the same.
    """
    if inputs.again:
        return inputs.again
    serving = current(paths.releases())
    if serving is None:
        return None
    made = read_manifest(serving)
    is_same = made["as_of"] == inputs.as_of.isoformat() and _other_than(made, inputs) is None
    return serving if is_same else None


def _other_than(made: dict[str, Any], inputs: Landed) -> str | None:
    """What the run has that the release with this manifest was not made from, in words."""
    if made["programmes"] != sorted(inputs.scope):
        return "other programmes than in the current release"
    if made["code"] != _made_by():
        return "the code changed since the current release"
    if made["key_fingerprints"] != inputs.key_fingerprints:
        return "other keys than those of the current release"
    released = sorted(tuple(str(one[name]) for name in LOAD) for one in made["inputs"])
    return None if released == _loaded(inputs) else "the ledger changed since the current release"


def withdraw_faulty_releases(inputs: Landed) -> list[Withdrawal]:
    """Withdraw releases that may be wrong because of a faulty engine, and return their records."""
    harmless = {
        (contract.source, contract.name)
        for contract in inputs.contracts
        if not any(column.privacy == "identifier" for column in contract.columns)
    }
    return withdraw.withdraw_faulty(paths.releases(), harmless)


def land_history(inputs: Landed) -> None:
    """Land what the release before carries of all before it, for dbt to read.

    What it carries says which releases were withdrawn, so those that have to be are marked first.
    Raises BuildProblem when the release being served has lost a part of it.
    """
    withdraw_faulty_releases(inputs)
    into = paths.derived() / history.FOLDER
    if same := repeated(inputs):
        history.repeat(same, into)
    else:
        history.hand_on(current(paths.releases()), into, inputs.scope, inputs.as_of)


def release_marts(inputs: Landed, run_id: str) -> Outcome:
    """Publish what dbt built. Raises BuildProblem or AuditFailed, which say what stops it."""
    same = repeated(inputs)
    order = Order(
        warehouse=paths.warehouse(),
        artifacts=targets(),
        ledger=paths.derived() / "ingestion" / "ledger",
        as_of=inputs.as_of,
        programmes=inputs.scope,
        releases=paths.releases(),
        run_id=run_id,
        started_at=datetime.now(UTC),
        key_fingerprints=inputs.key_fingerprints,
        contract_versions={contract.label: contract.meta.version for contract in inputs.used()},
        before=same / previous_release.FOLDER / previous_release.BEFORE if same else None,
        history=paths.derived() / history.FOLDER,
        loaded_at={row.file_hash: row.loaded_at.isoformat() for row in ledger.read_ledger()},
    )
    candidate = build(order)
    outcome = publish(candidate, audit(candidate))
    withdraw.name_replacements(paths.releases())
    return outcome
