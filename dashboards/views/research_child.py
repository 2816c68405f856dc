"""A reader's study in a process of its own: within limits, ended with the reader's session.

python -m dashboards.views.research_child reads one task from its input and writes the result.
"""

import os
import pickle
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dashboards.views.research_run import Found, Given, tried
from orchestration import paths

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
        return _run(task, waits, limits or StudyLimits())
    finally:
        _end(task.reader)


_running: set[str] = set()
_changed = threading.Condition()


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


def _run(task: StudyTask, waits: Callable[[float], object], limits: StudyLimits) -> Found | str:
    words = [sys.executable, "-m", "dashboards.views.research_child"]
    words += [str(limits.memory), str(limits.seconds)]
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
    return _read(answer[0]) if answer and answer[0] else limits.sentence


def _hand_over(child: "subprocess.Popen[bytes]", task: StudyTask, answer: list[bytes]) -> None:
    """Hand the task over and receive the answer, while the page is drawn."""
    answer.append(child.communicate(pickle.dumps(task))[0])


def _read(answer: bytes) -> Found | str:
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


if __name__ == "__main__":
    main()
