"""Reads delivered files in a process of their own, which is stopped when one asks for too much.

The engine's own memory limit does not cover what surrounds it: readers of workbooks and Parquet,
arrays, the text of a header. So memory, processor time and output are watched from outside. A file
on which the process has to be stopped, or crashes, is refused, and the others go on.
"""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from pathlib import Path
from threading import Event
from typing import NamedTuple

from orchestration import paths
from orchestration.ingestion.delivery import MB, Allowance, NotNow, limit_setting
from orchestration.ingestion.reading_task import Answer, Outcome, Task
from orchestration.storage.durable import UNFINISHED

LOOK_SECONDS = 0.05
# Memory left over from a large file would count against the next one.
USED_UP = 600 * MB
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class _Use(NamedTuple):
    """Bytes of memory and seconds of processor time that a process has used."""

    memory: int
    seconds: float


class _Stopped(Exception):
    """The process was stopped, or crashed; the message says why the file is refused."""


class _Gone(Exception):
    """The process had already ended: it is started again."""


class _Child:
    """A process that reads one file after another until it ends or is stopped."""

    def __init__(self) -> None:
        self._tasks, theirs = Pipe()
        waiting, self._lifeline = os.pipe()
        handles = (theirs.fileno(), waiting)
        command = [sys.executable, "-m", "orchestration.ingestion.reading_child"]
        self._process = subprocess.Popen(
            [*command, *map(str, handles)],
            cwd=paths.ROOT,
            pass_fds=handles,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # An interrupt from the keyboard is meant for the run, which then closes the lifeline.
            start_new_session=True,
        )
        theirs.close()
        os.close(waiting)

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.poll() is None

    def use(self) -> _Use:
        """What the process has used so far."""
        return _use_of(self._process.pid)

    def ask(self, task: Task, over: Event) -> Answer:
        """The answer to a task; raises _Stopped, _Gone or NotNow when none comes."""
        try:
            self._tasks.send(task)
            self._watch(task, over)
            answer: Answer = self._tasks.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        return answer

    def _watch(self, task: Task, over: Event) -> None:
        """Wait for the answer; raises when the process uses too much, or it is over meanwhile."""
        allowed = task.allowance
        before, begun = self.use().seconds, time.monotonic()
        while not self._tasks.poll(LOOK_SECONDS):
            if over.is_set():
                raise NotNow("The run ended before it was read. The next run tries again.")
            use = self.use()
            if sentence := _too_much(use, use.seconds - before, task, allowed):
                raise _Stopped(sentence)
            if time.monotonic() - begun > allowed.wait:
                raise NotNow(
                    f"Reading it took more than {allowed.wait:.0f} seconds. The next run tries"
                    f" again; {limit_setting('seconds')} allows more."
                )

    def _ended(self) -> Exception:
        """The error to raise when the process ended instead of answering."""
        code = self._process.wait()
        if code == 0:
            return _Gone()
        if code == -signal.SIGKILL:
            return NotNow("There was not enough memory to read it. The next run tries again.")
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return _Stopped(
            f"What reads the file broke down on it ({name}), as happens when a file asks for more"
            " memory than there is. Is it damaged? Deliver it again, as CSV if it is not."
        )

    def close(self) -> None:
        """Stop the process; its unfinished work is lost."""
        self._process.kill()
        self._process.wait()
        self._tasks.close()
        os.close(self._lifeline)


class ReadingProcess:
    """A process for reading files that is there when it is needed; one that died is replaced.

    Whatever it reads is given up once `over` is set.
    """

    def __init__(self, over: Event | None = None) -> None:
        self._child: _Child | None = None
        self._over = over or Event()

    def start(self) -> _Child:
        """Start the process, if there is none, without waiting for it."""
        if self._child is None or not self._child.is_alive:
            self.close()
            self._child = _Child()
        return self._child

    def read(self, task: Task) -> Outcome:
        """The outcome for a file; one that exceeds a limit is refused, in words.

        Raises NotNow when it may be read another time, and OSError when the disk is full.
        """
        try:
            answer = self._ask(task)
        except _Gone:
            answer = self._ask(task)
        except _Stopped as reason:
            return _refused(str(reason))
        if isinstance(answer, NotNow | OSError):
            raise answer
        return answer

    def _ask(self, task: Task) -> Answer:
        child = self.start()
        try:
            answer = child.ask(task, self._over)
        except BaseException:
            self.close()
            raise
        if child.use().memory > USED_UP:
            self.close()
        return answer

    def close(self) -> None:
        """Stop the process, if there is one."""
        if self._child is not None:
            self._child.close()
            self._child = None


def _refused(sentence: str) -> Outcome:
    from orchestration.ingestion.validation.result import ValidationResult  # noqa: PLC0415 - Polars

    return Outcome(ValidationResult(refused=sentence, met_limit=True))


def _too_much(use: _Use, seconds: float, task: Task, allowed: Allowance) -> str | None:
    """The sentence of a refusal when a file uses more than it is allowed."""
    said = None
    if use.memory > allowed.memory:
        said = f"Reading it takes more than {allowed.memory / MB:,.0f} MB of memory"
        said += f" ({limit_setting('memory_mb')} sets the most for a file of any size)"
    elif seconds > allowed.seconds:
        said = f"Reading it takes more than {allowed.seconds:.0f} seconds of processor time"
        said += f" ({limit_setting('seconds')} allows more)"
    elif task.output and _size(task.output) > allowed.output:
        said = f"What it unpacks to is larger than {allowed.output / MB:,.0f} MB"
    return said and f"{said}, far more than a file of its size should. Deliver it in parts."


def _size(output: Path) -> int:
    """How much has been written so far of a file that is renamed when it is complete."""
    try:
        return output.with_name(output.name + UNFINISHED).stat().st_size
    except OSError:
        return 0


def _use_of(pid: int) -> _Use:
    """What a process uses; zero when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        # The name of the program is in brackets and may hold any character.
        numbers = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (OSError, IndexError):
        return _Use(0, 0.0) if Path("/proc/self/statm").exists() else _use_by_ps(pid)
    return _Use(pages * PAGE, (int(numbers[11]) + int(numbers[12])) / TICKS)


def _use_by_ps(pid: int) -> _Use:
    """The same on systems without /proc, such as macOS."""
    command = ["ps", "-o", "rss=,time=", "-p", str(pid)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    if len(said) != 2:  # noqa: PLR2004 - the two columns that were asked for
        return _Use(0, 0.0)
    seconds = 0.0
    for part in said[1].replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return _Use(int(said[0]) * 1024, seconds)


READING = ReadingProcess()
"""The process in which all files of this one are read."""
