"""`bodyworn run`: finds out whether there is work, does it in Dagster, says how it ended."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.contracts.table import ContractProblem
from orchestration.ingestion.ledger import LedgerProblem
from orchestration.ingestion.load import DiskFull
from orchestration.ingestion.pseudonyms.keys import KeyProblem
from orchestration.programmes.programme import ProgrammeProblem
from orchestration.release import withdrawal
from orchestration.release.current import current
from orchestration.runner import demonstration
from orchestration.runner.dagster_run import Executed, execute
from orchestration.steps.change_detection import something_new, withdraw_faulty_releases
from orchestration.steps.lock import RunUnderWay, run_lock
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import Landed, landed, late_tables
from orchestration.steps.status import Attempt, record

OK, FAILED, CANNOT_START, REFUSED_FILES, UNDER_WAY = 0, 1, 2, 3, 4
"""Exit codes. 3: released, though files were refused in this run; 2 and 4: nothing was tried."""

JOB = "nightly"


class CannotStart(ValueError):
    """The run was not begun; the message says what to mend."""


@dataclass(frozen=True)
class Wish:
    """What the command was asked for."""

    landing: Path | None = None
    as_of: date | None = None
    replay: Path | None = None
    demo: bool = False


@dataclass(frozen=True)
class Ending:
    """How a run ended, for the command to print."""

    attempt: Attempt
    log: Path | None = None
    unclaimed: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)


def run(wish: Wish) -> Ending:
    """One run under the home's lock; every ending but a busy home is recorded and told."""
    try:
        with run_lock():
            ending = _recorded(wish)
    except RunUnderWay as busy:
        return Ending(Attempt(UNDER_WAY, f"Not started: {busy}."))
    return ending


def _recorded(wish: Wish) -> Ending:
    try:
        ending = _run(_inputs(wish))
    except (CannotStart, KeyProblem, ContractProblem, ProgrammeProblem) as problem:
        ending = Ending(Attempt(CANNOT_START, f"Not started: {problem}"))
    except (LedgerProblem, DiskFull) as problem:
        ending = Ending(Attempt(FAILED, f"Not released: {problem}"))
    except KeyboardInterrupt:
        ending = Ending(Attempt(FAILED, "The run was interrupted; the last release still serves."))
    except Exception as problem:
        ending = Ending(Attempt(FAILED, f"The run failed: {type(problem).__name__}: {problem}"))
    record(ending.attempt)
    return ending


def _inputs(wish: Wish) -> Landed:
    """Landing and its programmes, with the demonstration where nothing was delivered."""
    inputs = landed(wish.landing, wish.as_of, wish.replay)
    if wish.landing and not inputs.landing.is_dir() and not wish.demo:
        raise CannotStart(f"{inputs.landing} is not a folder")
    try:
        demonstration.prepare(inputs.landing, demo=wish.demo, named=wish.landing is not None)
    except demonstration.LandingInUse as problem:
        raise CannotStart(str(problem)) from problem
    if not inputs.programmes:
        raise CannotStart(
            f"{inputs.landing} holds no folder of a programme in data/programmes: "
            "lay the files in the folder that programme.yml names under `landing`"
        )
    return inputs


def _run(inputs: Landed) -> Ending:
    withdrawn = [
        {"release": mark.release, "why": mark.why} for mark in withdraw_faulty_releases(inputs)
    ]
    say("Looking at landing")
    late = [one.as_dict() for one in late_tables(inputs)]
    if something_new(inputs) is None:
        done, sentence = _look(inputs), "Nothing new: {} still serves."
    else:
        done, sentence = _everything(inputs), "Released {}."
    unclaimed = [str(path) for path in inputs.scan.unclaimed]
    outdated = [f"{one.name}: {one.sentence}" for one in inputs.scan.outdated]
    attempt = replace(_attempt(inputs, done, sentence, late), withdrawn=withdrawn)
    return Ending(attempt, done.log, unclaimed, outdated)


def _look(inputs: Landed) -> Executed:
    """A run of the first step alone, so that a night without news is on record; dbt stays out."""
    import dagster as dg

    from orchestration.defs.arrivals import deliveries

    job = dg.Definitions(
        assets=[deliveries],
        jobs=[dg.define_asset_job(JOB)],
        resources={"inputs": inputs},
        executor=dg.in_process_executor,
    ).resolve_job_def(JOB)
    return execute(job)


def _everything(inputs: Landed) -> Executed:
    say("Starting Dagster and dbt")
    from orchestration.definitions import assemble
    from orchestration.defs.automation import chosen

    return execute(assemble(inputs).resolve_job_def(JOB), chosen(inputs))


def _attempt(inputs: Landed, done: Executed, sentence: str, late: list[dict[str, str]]) -> Attempt:
    serving = current(paths.releases())
    name = serving.name if serving else "no release"
    if done.problem is not None:
        still = f"{name} still serves" if serving else "there is no release yet"
        said = done.problem
        if not said.startswith("Not released"):
            said = f"Not released, {still}.\n{said}"
        return Attempt(FAILED, said, done.run_id, late=late)
    refused = inputs.refused()
    said = sentence.format(name)
    if serving and (mark := withdrawal.read(serving)):
        said = f"{said} It was withdrawn: {mark.why}"
    code = REFUSED_FILES if refused else OK
    return Attempt(code, said, done.run_id, name, late=late, refused=refused)
