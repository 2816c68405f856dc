"""From the closed warehouse to a served release: built, audited, then swapped in or held."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration import paths
from orchestration.access import audit_log
from orchestration.ingestion import ledger
from orchestration.programmes.programme import HOLD_ABOVE
from orchestration.release import held, history, withdraw
from orchestration.release.audit.candidate_audit import audit, errors
from orchestration.release.build import BuildRequest, Candidate, Carried, build, carried_in
from orchestration.release.current import current, read_manifest
from orchestration.release.decisions import Decision, decided
from orchestration.release.held import Held, find_losses
from orchestration.release.publish import PublishResult, publish
from orchestration.steps import kept_warehouse
from orchestration.steps.change_detection import repeated, withdraw_faulty_releases
from orchestration.steps.dbt import targets
from orchestration.steps.engines import engine_of
from orchestration.steps.run_inputs import RunInputs


def land_history(inputs: RunInputs) -> None:
    """Land what the previous release passes on about all earlier ones, for dbt to read.

    It says which releases were withdrawn, so those that have to be are marked first. Raises
    BuildProblem when the release being served has lost a part of it.
    """
    withdraw_faulty_releases(inputs)
    into = paths.derived() / history.FOLDER
    if same := repeated(inputs):
        history.repeat(same, into)
    else:
        history.hand_on(current(paths.releases()), into, inputs.scope, inputs.as_of)


def release_marts(inputs: RunInputs, run_id: str) -> PublishResult:
    """Publish what dbt built. Raises BuildProblem or AuditFailed, which say what stops it.

    A programme that would lose much of what is published, or that could not be computed, keeps the
    figures of the release being served; the whole candidate is then held for a person. Where
    nothing is left to publish, the release being served stays.
    """
    releases = paths.releases()
    serving = current(releases)
    request = _request(inputs, run_id)
    candidate = build(request)
    found = audit(candidate)
    back = [] if inputs.again or errors(found) else _kept_back(inputs, candidate, serving)
    waiting = [one for one in back if _decision(one) is None]
    if waiting:
        held.keep(candidate.folder, waiting)
    else:
        held.clear(releases)
    if serving and back:
        if not set(inputs.scope) - {one.programme for one in back}:
            shutil.rmtree(candidate.folder, ignore_errors=True)
            still = f"Held: {serving.name} still serves."
            return PublishResult(serving, is_new=False, sentence=still)
        carried = [*request.carried, *(_carried(one, serving) for one in back)]
        candidate = build(replace(request, carried=carried))
        found = audit(candidate)
    if not errors(found):
        name = str(candidate.manifest["release"])
        audit_log.record_operator(paths.audit_log(), "publish", name, run=run_id)
    result = publish(candidate, found)
    withdraw.name_replacements(releases)
    return result


def _request(inputs: RunInputs, run_id: str) -> BuildRequest:
    same = repeated(inputs)
    return BuildRequest(
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
        again=same,
        rhythms={one.programme: one.rhythm for one in inputs.programmes},
        correction=inputs.correction,
        history=paths.derived() / history.FOLDER,
        loaded_at={row.file_hash: row.loaded_at.isoformat() for row in ledger.read_ledger()},
        carried=_from_the_start(inputs),
        audit=paths.audit_log(),
        engine=engine_of(inputs.engine),
        built=kept_warehouse.plan_followed(),
    )


def _from_the_start(inputs: RunInputs) -> list[Carried]:
    """What is carried whatever the candidate holds: as in a release that is reproduced."""
    if inputs.again:
        return carried_in(read_manifest(inputs.again), inputs.again.parent)
    return []


def _kept_back(inputs: RunInputs, candidate: Candidate, serving: Path | None) -> list[Held]:
    """What each programme would lose, without losses that a person accepted."""
    if serving is None:
        return []
    shares = {one.programme: one.hold_above for one in inputs.programmes}
    found = find_losses(serving, candidate.folder, HOLD_ABOVE, shares)
    lost = [
        _held(inputs, candidate, programme, why)
        for programme, why in sorted(_with_failed(found, inputs.left_out).items())
    ]
    decisions = {one.programme: _decision(one) for one in lost}
    return [
        one
        for one in lost
        if (made := decisions[one.programme]) is None or made.verdict == "reject"
    ]


def _decision(one: Held) -> Decision | None:
    return decided(paths.releases(), one.fingerprint)


def _with_failed(
    found: Mapping[str, Sequence[str]], left_out: Mapping[str, str]
) -> dict[str, Sequence[str]]:
    """A programme whose models failed is missing for that reason, whatever else it would lose."""
    return {
        programme: [left_out[programme]] if programme in left_out else why
        for programme, why in found.items()
    }


def _held(inputs: RunInputs, candidate: Candidate, programme: str, why: Sequence[str]) -> Held:
    return Held(
        programme=programme,
        why=tuple(why),
        fingerprint=held.fingerprint(programme, candidate.manifest),
        run_id=candidate.run_id,
        as_of=inputs.as_of.isoformat(),
        landing=str(inputs.landing),
    )


def _carried(one: Held, serving: Path) -> Carried:
    """The rows of the release being served, or of the one that it carries them from."""
    decision = _decision(one)
    why = (decision.sentence,) if decision else one.why
    already = {each.programme: each for each in carried_in(read_manifest(serving), serving.parent)}
    if one.programme in already and already[one.programme].release.is_dir():
        return replace(already[one.programme], why=why)
    return Carried(one.programme, serving, why)
