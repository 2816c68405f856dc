"""`bodyworn erase`: a person's records are removed from everything but landing, for good.

The person is put on the list first: from then on every load leaves them out. The run that follows
removes them from what was loaded, releases again, and purges what was released before. If it is
killed on the way, a second call or the next run finishes it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration import paths
from orchestration.access import audit_log
from orchestration.ingestion.erasures import suppression_list
from orchestration.ingestion.erasures.purge_raw import settle
from orchestration.ingestion.erasures.suppression_list import ErasureEntry, Request
from orchestration.ingestion.landing.files import forget_names
from orchestration.ingestion.pseudonyms.keys import keys_known
from orchestration.ingestion.validation.erased_rows import ErasedPeople, is_distinctive
from orchestration.programmes.programme import Programme
from orchestration.runner.byte_search import FoundTexts, find_texts
from orchestration.runner.erase_request import (
    EraseRequest,
    HeldFile,
    find_programme,
    is_named,
    look,
    read_identifiers,
    refuse_kind,
    refuse_telling,
)
from orchestration.runner.run import RunRequest, run
from orchestration.steps.dagster_home import dagster_folder
from orchestration.steps.lock import run_lock
from orchestration.steps.progress import say
from orchestration.steps.run_inputs import RunInputs, make_run_inputs
from orchestration.storage import durable

ERASED, UNFINISHED, NOT_FOUND = 0, 1, 3


@dataclass
class EraseReport:
    """How it ended: exit code, what held the person, and sentences on what is left to do.

    `entry` is the number of the person on the list; None for a dry run.
    """

    code: int
    entry: int | None = None
    files: list[HeldFile] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    not_searched: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For a program to read."""
        return asdict(self)


def erase(request: EraseRequest) -> EraseReport:
    """Erase a person's records, or say what would be removed.

    Raises CannotErase for what cannot be asked for, RunUnderWay while a run is under way, and
    KeyProblem where a key or the list cannot be used.
    """
    asked = Request(request.programme, request.kind, read_identifiers(request.identifier_file))
    refuse_telling(request, asked)
    with run_lock():
        inputs = make_run_inputs(request.landing, request.as_of)
        programme = find_programme(inputs, request.programme)
        refuse_kind(inputs.contracts, programme, request.kind)
        return _erase(request, asked, inputs, programme)


def _erase(
    request: EraseRequest, asked: Request, inputs: RunInputs, programme: Programme
) -> EraseReport:
    keys = keys_known(programme)
    new, secret = suppression_list.entry_of(asked, keys, f"{datetime.now(UTC):%Y-%m-%d}")
    entry = suppression_list.listed(new) or new
    texts = [*asked.pseudonyms(keys), *filter(is_distinctive, asked.identifiers)]
    say("Looking for the person")
    person = suppression_list.people_of([entry], secret)
    survey = look(inputs, programme, person)
    found = list(survey.files.values())
    searched = _traces(texts, inputs.landing)
    traces = searched.holding
    is_found = bool(found or traces)
    report = EraseReport(ERASED if is_found else NOT_FOUND, None, found, survey.not_read)
    if request.dry_run:
        report.left, report.not_searched = _shown(traces), _shown(searched.not_searched)
        return report
    if entry is new:
        suppression_list.add(entry)
    report.entry = entry.number
    _record(request, entry, "begun")
    _clear(traces, person)
    to_do = survey.to_do(entry.number)
    settle(programme.programme, to_do, entry.number)
    if to_do or _needs_run(traces):
        suppression_list.reopen_erasure(programme.programme, entry.number)
    elif (
        entry is new and suppression_list.finished_erasures(programme.programme) == entry.number - 1
    ):
        # An earlier erasure was interrupted: the loads may be clean while the release is not.
        suppression_list.finish_erasures({programme.programme: entry.number})
    if suppression_list.unfinished_erasures([programme.programme]):
        _run(request, report)
    searched = _traces(texts, inputs.landing)
    report.left, report.not_searched = _shown(searched.holding), _shown(searched.not_searched)
    if report.left or report.not_searched:
        report.code = UNFINISHED
    if report.code in (ERASED, NOT_FOUND):
        _record(request, entry, "finished")
    return report


def _traces(texts: Sequence[str], landing: Path) -> FoundTexts:
    """Files of the home that still hold the person, or may, apart from landing."""
    return find_texts(paths.home(), texts, skip=[landing, paths.landing()])


def _shown(found: Sequence[Path]) -> list[str]:
    return [str(path.relative_to(paths.home())) for path in found]


def _needs_run(traces: Sequence[Path]) -> bool:
    """Whether the person is in something that only a run makes again."""
    return any(path.exists() for path in traces)


def _clear(traces: Sequence[Path], person: ErasedPeople) -> None:
    """Remove logs and histories of Dagster that mention the person, and names of files."""
    forget_names(lambda name: is_named(person, name))
    logs, history = paths.home() / "logs", dagster_folder() / "history"
    for path in traces:
        if path.is_relative_to(logs):
            durable.remove(path)
        elif path.is_relative_to(history) and history.exists():
            durable.remove_tree(history)


def _run(request: EraseRequest, report: EraseReport) -> None:
    """Load again, rebuild and release; the report then says how that ended."""
    done = run(RunRequest(request.landing, request.as_of)).status
    report.said.append(done.sentence)
    if not done.ok:
        report.code = UNFINISHED
    elif suppression_list.unfinished_erasures([request.programme]):
        report.code = done.code or UNFINISHED


def _record(request: EraseRequest, entry: ErasureEntry, stage: str) -> None:
    audit_log.record_operator(
        paths.audit_log(),
        "erase",
        request.programme,
        kind=request.kind,
        entry=str(entry.number),
        mark=entry.hash[:16],
        by=request.by.strip(),
        why=request.why.strip(),
        stage=stage,
    )
