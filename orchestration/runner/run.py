"""`bodyworn run`: checks whether there is work, does it in Dagster, reports how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.ingestion.contracts.table import ContractProblem
from orchestration.ingestion.landing.files import explain_unclaimed
from orchestration.ingestion.landing.home_settings import HomeProblem
from orchestration.ingestion.ledger import LedgerProblem
from orchestration.ingestion.load import DiskFull
from orchestration.ingestion.pseudonyms.keys import KeyProblem
from orchestration.programmes.programme import ProgrammeProblem
from orchestration.release import held, withdrawal
from orchestration.release.current import DamagedRelease, current
from orchestration.release.purge import StillNeeded
from orchestration.runner import demonstration
from orchestration.runner.dagster_run import RunResult, execute
from orchestration.steps import engines, erasing, kept_warehouse
from orchestration.steps.accounting import (
    FileReport,
    account_for,
    left_for_the_next,
    statuses,
    to_mend,
)
from orchestration.steps.change_detection import (
    check_releases,
    something_new,
    withdraw_faulty_releases,
)
from orchestration.steps.dagster_home import dagster_folder, set_aside
from orchestration.steps.load_raw import lost_rows, read_ahead
from orchestration.steps.lock import HomeNotUsable, RunUnderWay, run_lock
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs, late_tables, make_run_inputs
from orchestration.steps.settings import refuse_faulty, refuse_two_keys, warnings
from orchestration.steps.status import RunStatus, record
from orchestration.storage.engine import DUCKDB, EngineProblem
from orchestration.storage.failures import is_disk_full, no_room, sentence_of

OK, FAILED, CANNOT_START, REFUSED_FILES, UNDER_WAY, HELD = 0, 1, 2, 3, 4, 5
"""Exit codes. 3: released, though files were refused or came during the run; 2 and 4: nothing was
tried; 5: released, though a programme keeps its last good figures until a person decides."""

JOB = "nightly"


class CannotStart(ValueError):
    """The run was not started; the message says what to fix."""


NOT_STARTED = (
    *(CannotStart, HomeNotUsable, HomeProblem, KeyProblem),
    *(ContractProblem, ProgrammeProblem, EngineProblem),
)


@dataclass(frozen=True)
class RunRequest:
    """What the command was asked for."""

    landing: Path | None = None
    as_of: date | None = None
    replay: Path | None = None
    demo: bool = False
    correction: str | None = None
    engine: str = DUCKDB
    incremental: bool = False
    full: bool = False


@dataclass(frozen=True)
class RunReport:
    """How a run ended, for the command to print."""

    status: RunStatus
    log: Path | None = None
    unclaimed: list[str] = field(default_factory=list)
    stale_loads: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[FileReport] = field(default_factory=list)


def run(request: RunRequest) -> RunReport:
    """One run under the home's lock; everything but a refusal by a busy home is recorded."""
    try:
        with run_lock():
            report = _recorded(request)
    except RunUnderWay as busy:
        return RunReport(RunStatus(UNDER_WAY, f"Not started: {busy}."))
    except HomeNotUsable as problem:
        return RunReport(RunStatus(CANNOT_START, f"Not started: {problem}."))
    return report


def _recorded(request: RunRequest) -> RunReport:
    mended: list[str] = []
    try:
        mended += [*check_releases(), *set_aside(dagster_folder())]
        report = _run(_inputs(request))
    except NOT_STARTED as problem:
        report = RunReport(RunStatus(CANNOT_START, f"Not started: {problem}"))
    except (LedgerProblem, DiskFull, DamagedRelease) as problem:
        report = RunReport(RunStatus(FAILED, f"Not released: {problem}"))
    except KeyboardInterrupt:
        report = RunReport(
            RunStatus(FAILED, "The run was interrupted; the last release still serves.")
        )
    except Exception as problem:
        report = RunReport(RunStatus(FAILED, _in_words(problem)))
    record(report.status)
    return replace(report, warnings=[*mended, *report.warnings])


def _in_words(problem: Exception) -> str:
    if is_disk_full(problem):
        return f"Not released: {no_room(paths.home())}"
    said = sentence_of(problem, paths.home()) or f"{type(problem).__name__}: {problem}"
    return f"The run failed: {said}"


def _inputs(request: RunRequest) -> RunInputs:
    """Landing and its programmes, with the demonstration where nothing was delivered."""
    inputs = make_run_inputs(request.landing, request.as_of, request.replay)
    inputs = replace(
        inputs,
        correction=request.correction,
        engine=request.engine,
        incremental=request.incremental,
        full=request.full,
    )
    engines.refuse_unusable(inputs.engine)
    if request.landing and not inputs.landing.is_dir() and not request.demo:
        raise CannotStart(f"{inputs.landing} is not a folder")
    try:
        demonstration.prepare(inputs.landing, demo=request.demo, named=request.landing is not None)
    except demonstration.LandingInUse as problem:
        raise CannotStart(str(problem)) from problem
    refuse_faulty(inputs)
    if not inputs.programmes:
        raise CannotStart(
            f"{inputs.landing} holds no folder of a programme in {paths.PROGRAMMES}: "
            "lay the files in the folder that programme.yml names under `landing`"
        )
    return inputs


def _run(inputs: RunInputs) -> RunReport:
    withdrawn = [
        {"release": mark.release, "why": mark.why} for mark in withdraw_faulty_releases(inputs)
    ]
    before = statuses()
    say("Looking at landing")
    refuse_two_keys(inputs)
    late = [one.as_dict() for one in late_tables(inputs)]
    is_new = something_new(inputs) is not None
    to_erase = erasing.begin(inputs)
    if not is_new and (lost := lost_rows(inputs)):
        said = "\n".join(["Not released:", *(f"- {sentence}" for sentence in lost)])
        return RunReport(RunStatus(FAILED, said))
    if not is_new:
        done, sentence = _look(inputs), "Nothing new: {} still serves."
    else:
        done, sentence = _everything(inputs), "Released {}."
    unclaimed = explain_unclaimed(inputs.scan.unclaimed, inputs.programmes, inputs.contracts)
    stale_loads = [f"{one.name}: {one.sentence}" for one in inputs.scan.stale_loads]
    files = account_for(inputs, before)
    status = replace(_status(inputs, files, done, sentence, late), withdrawn=withdrawn)
    if is_new and done.problem is None:
        status = replace(status, built=kept_warehouse.plan_followed())
    if done.problem is None:
        status = _erased(status, to_erase)
    return RunReport(status, done.log, unclaimed, stale_loads, warnings(inputs), files)


def _erased(status: RunStatus, entries: dict[str, int]) -> RunStatus:
    """How the run ended, once earlier releases are purged of erased people."""
    try:
        erasing.end(entries)
    except StillNeeded as problem:
        said = f"{status.sentence}\nAn erasure is not finished: {problem}."
        return replace(status, code=status.code or FAILED, sentence=said)
    return status


def _look(inputs: RunInputs) -> RunResult:
    """Run only the first step, without dbt, so that a night without new files is on record."""
    import dagster as dg

    from orchestration.defs.deliveries import deliveries

    job = dg.Definitions(
        assets=[deliveries],
        jobs=[dg.define_asset_job(JOB)],
        resources={"inputs": inputs},
        executor=dg.in_process_executor,
    ).resolve_job_def(JOB)
    return execute(job)


def _everything(inputs: RunInputs) -> RunResult:
    say("Starting Dagster and dbt")
    with read_ahead(inputs, inputs.tables()):
        from orchestration.definitions import assemble
        from orchestration.defs.automation import chosen

        with engines.session(inputs.engine):
            return execute(assemble(inputs).resolve_job_def(JOB), chosen(inputs))


def _status(
    inputs: RunInputs,
    files: Sequence[FileReport],
    done: RunResult,
    sentence: str,
    late: list[dict[str, str]],
) -> RunStatus:
    serving = current(paths.releases())
    name = serving.name if serving else "no release"
    if done.problem is not None:
        still = f"{name} still serves" if serving else "there is no release yet"
        said = no_room(paths.home()) if is_disk_full(done.problem) else done.problem
        if not said.startswith("Not released"):
            said = f"Not released, {still}.\n{said}"
        return RunStatus(FAILED, said, done.run_id, late=late)
    refused, left = to_mend(files), left_for_the_next(files)
    said = sentence.format(name)
    if serving and (mark := withdrawal.read(serving)):
        said = f"{said} It was withdrawn: {mark.why}"
    waiting = _held(inputs)
    code = HELD if waiting else REFUSED_FILES if refused or left else OK
    return RunStatus(
        code, said, done.run_id, name, late=late, refused=refused, left=left, held=waiting
    )


def _held(inputs: RunInputs) -> list[dict[str, Any]]:
    """What is waiting for a person, and what failed without earlier figures to go on serving."""
    waiting = [
        {"programme": one.programme, "why": list(one.why)} for one in held.waiting(paths.releases())
    ]
    known = {one["programme"] for one in waiting}
    failed = [
        {"programme": name, "why": [why]}
        for name, why in sorted(inputs.left_out.items())
        if name not in known
    ]
    return waiting + failed
