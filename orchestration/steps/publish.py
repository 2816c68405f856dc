"""From the closed warehouse to a served release: built, audited, swapped in."""

from datetime import UTC, datetime

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.release import history, withdraw
from orchestration.release.audit.audit import audit
from orchestration.release.build import BuildRequest, build
from orchestration.release.current import current
from orchestration.release.public import previous_release
from orchestration.release.publish import PublishResult, publish
from orchestration.steps.change_detection import repeated, withdraw_faulty_releases
from orchestration.steps.dbt import targets
from orchestration.steps.run_inputs import RunInputs


def land_history(inputs: RunInputs) -> None:
    """Land the history that the current release carries, for dbt to read.

    The history says which releases were withdrawn, so those that must be are marked first.
    Raises BuildProblem when the release being served has lost a part of it.
    """
    withdraw_faulty_releases(inputs)
    into = paths.derived() / history.FOLDER
    if same := repeated(inputs):
        history.repeat(same, into)
    else:
        history.hand_on(current(paths.releases()), into, inputs.scope, inputs.as_of)


def release_marts(inputs: RunInputs, run_id: str) -> PublishResult:
    """Publish what dbt built. Raises BuildProblem or AuditFailed, which say what stops it."""
    same = repeated(inputs)
    request = BuildRequest(
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
    candidate = build(request)
    result = publish(candidate, audit(candidate))
    withdraw.name_replacements(paths.releases())
    return result
