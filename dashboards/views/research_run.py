"""A reader's own study, run by the engine in a process of its own, and kept nowhere.

The process has limits and ends with the reader's session; it reads one task and writes the result.
"""

import hashlib
import os
import pickle
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

import polars as pl

from orchestration import paths
from orchestration.evaluation.core import Refusal, Result
from orchestration.release import manifest
from orchestration.studies.bundle import bundle_files, zipped
from orchestration.studies.register import Status, status_of
from orchestration.studies.study import Study, estimate, study_from, table_from

REGISTER = paths.STUDIES / "register.csv"
# Imported and not run as a script: what is handed over names its classes by this module.
CHILD = "from dashboards.views.research_run import main; main()"
AT_ONCE = 2
"""Studies that run at the same time on a server, each of another reader."""
HANDOVER = 5.0
"""Seconds that a study waits for the reader's last one: a page drawn again ends it soon."""
YOURS = (
    "a study of yours is running already, in another window: wait until it ends, or close that "
    "window"
)
BUSY = (
    "as many studies as this server runs at once are running now. Try again in a minute, or use "
    "`bodyworn estimate` on a machine of your own"
)
OVER = (
    "the study met a limit of this page: {memory:,} MB of memory, {seconds} seconds of processor "
    "time, {clock} seconds in all. `bodyworn estimate` runs it without one"
)
_running: set[str] = set()
_changed = threading.Condition()


@dataclass(frozen=True)
class Given:
    """A study as text and, if there is one, its table as a file of CSV or Parquet."""

    name: str
    text: str
    table_name: str = ""
    table: bytes | None = None

    @property
    def mark(self) -> str:
        """A hash of all that was given: a result belongs to one mark and to no other."""
        whole = hashlib.sha256()
        for part in (self.name, self.text, self.table_name):
            whole.update(f"{len(part)} {part}".encode())
        whole.update(self.table or b"")
        return whole.hexdigest()


@dataclass(frozen=True)
class Found:
    """A study that ran, with all that a bundle of it needs."""

    text: str
    study: Study
    table: pl.DataFrame | None
    result: Result
    status: Status

    def document(self) -> dict[str, object]:
        """The result as `bodyworn estimate --json` prints it."""
        said = {"status": self.status.word, "status_reason": self.status.reason}
        return self.result.document() | {"study_sha256": self.study.sha256} | said

    def bundle(self, *, is_public: bool) -> bytes:
        """The replication bundle as a zip; raises Refusal where rows may not leave."""
        code = manifest.code(paths.ROOT)
        found = self.result, self.status
        files, _ = bundle_files(self.text, self.study, self.table, found, code, is_public=is_public)
        return zipped(files)


def run(given: Given, *, among: Callable[[str], str] = lambda _: "") -> Found:
    """Run what was given; raises Refusal, with the line and column of a fault in the study.

    `among` says why a design, by its name, is not run here, or nothing. A table that the study
    names is never read from this machine: the reader must give it.
    """
    study = study_from(given.text, given.name)
    if why := among(study.design.name):
        raise Refusal(why)
    table = None
    if given.table is not None:
        table = table_from(BytesIO(given.table), given.table_name)
    elif study.data:
        raise Refusal(f"{given.name} names the table {study.data!r}: give that table here too")
    return Found(given.text, study, table, estimate(study, table), status_of(study, REGISTER))


def tried(given: Given, *, among: Callable[[str], str] = lambda _: "") -> Found | str:
    """What was found, or why nothing was, in words."""
    try:
        return run(given, among=among)
    except Refusal as refusal:
        return str(refusal)
    except Exception as error:
        # Left alone it would go into the server's log with pieces of the reader's table.
        return (
            "the engine stopped at something that it should have refused by name "
            f"({type(error).__name__}). `bodyworn estimate` on the same study shows where"
        )


@dataclass(frozen=True)
class StudyLimits:
    """What one study may use: memory in megabytes, seconds of processor time, and clock time."""

    memory: int = 4_000
    seconds: int = 600
    clock: int = 900

    @property
    def sentence(self) -> str:
        """Why a study that went beyond them was ended."""
        return OVER.format(memory=self.memory, seconds=self.seconds, clock=self.clock)


@dataclass(frozen=True)
class StudyTask:
    """A study, and why designs that this view does not run are not run, by their names.

    `reader` is whose it is: each reader has one at a time, in however many windows.
    """

    given: Given
    refused: Mapping[str, str] = field(default_factory=dict)
    reader: str = ""


def run_in_child(
    task: StudyTask, waits: Callable[[float], object], limits: StudyLimits | None = None
) -> Found | str:
    """What was found, or why nothing was, in words.

    `waits` is called twice a second with the seconds that passed. Whatever it raises, as it does
    when the session is closed or the page left, ends the child.
    """
    if why := _begin(task.reader):
        return why
    try:
        return _run_child(task, waits, limits or StudyLimits())
    finally:
        _end(task.reader)


def _begin(reader: str) -> str:
    """Put a reader among those whose study runs; why that cannot be, empty where it is done."""
    with _changed:
        if not _changed.wait_for(lambda: reader not in _running, HANDOVER):
            return YOURS
        if len(_running) >= AT_ONCE:
            return BUSY
        _running.add(reader)
        return ""


def _end(reader: str) -> None:
    with _changed:
        _running.discard(reader)
        _changed.notify_all()


def _run_child(
    task: StudyTask, waits: Callable[[float], object], limits: StudyLimits
) -> Found | str:
    words = [sys.executable, "-c", CHILD, str(limits.memory), str(limits.seconds)]
    answer: list[bytes] = []
    began = time.monotonic()
    with subprocess.Popen(
        words, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        thread = threading.Thread(target=_hand_over, args=(child, task, answer))
        thread.start()
        try:
            while thread.is_alive():
                thread.join(0.5)
                passed = time.monotonic() - began
                waits(passed)
                if passed > limits.clock:
                    return limits.sentence
        finally:
            child.kill()
            thread.join()
    return _unpickled(answer[0]) if answer and answer[0] else limits.sentence


def _hand_over(child: "subprocess.Popen[bytes]", task: StudyTask, answer: list[bytes]) -> None:
    """Hand the task over and receive the answer, while the page is drawn."""
    answer.append(child.communicate(pickle.dumps(task))[0])


def _unpickled(answer: bytes) -> Found | str:
    # It comes from a process of ours that ran our code on the reader's study.
    found: Found | str = pickle.loads(answer)  # noqa: S301
    return found


def main() -> None:
    """Answer the one task, within the limits that the command line names."""
    memory, seconds = (int(word) for word in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory * 1_000_000, memory * 1_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.nice(5)
    task: StudyTask = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  written by our parent
    found = tried(task.given, among=lambda name: task.refused.get(name, ""))
    sys.stdout.buffer.write(pickle.dumps(found))
