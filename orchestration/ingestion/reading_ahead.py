"""Reads delivered files before their turn, several at once; each is loaded when its turn comes.

Reading takes long, and its order makes no difference. What it found waits here, and the Parquet
file that it wrote beside the others that come in, until the load asks for it in order of arrival.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event, Thread

import duckdb

from orchestration.ingestion.delivery import NotNow
from orchestration.ingestion.reading_process import READING, ReadingProcess
from orchestration.ingestion.reading_task import Outcome, Task
from orchestration.storage.durable import UNFINISHED
from orchestration.storage.engine import memory_setting, usable_cores
from orchestration.storage.sql import literal

HELD = 32
"""The most files that are read and not asked for yet: their rejects are in memory."""


@dataclass
class _Turn:
    """A file to read, the bytes of memory that it may use, and what reading it found."""

    task: Task
    memory: int
    found: Outcome | BaseException = field(default_factory=lambda: NotNow("It was not read."))


class ReadAhead:
    """Threads that have files read in the order given, each in a process of its own.

    `room` is how many bytes of memory the files that are read side by side may use together. One
    file is read whatever it may use, so a large one has the room of several.
    """

    def __init__(self, tasks: Iterable[Task], processes: int, room: int) -> None:
        self._waiting = {task.output: _turn(task) for task in tasks}
        self._begun: dict[Path | None, _Turn] = {}
        self._read: dict[Path | None, _Turn] = {}
        self._wanted: _Turn | None = None
        self._room = room
        self._changed = Condition()
        self._over = Event()
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(processes)]
        for thread in self._threads:
            thread.start()

    def read(self, task: Task) -> Outcome:
        """What reading the file found; raises as `ReadingProcess.read` does.

        A file that nobody began is the next. One that was read under other terms than these, such
        as another list of erased people, is read again.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._is_begun_otherwise(task))
            if (early := self._read.get(task.output)) and early.task != task:
                del self._read[task.output]
            if task.output not in self._begun and task.output not in self._read:
                self._waiting[task.output] = self._wanted = _turn(task)
            self._changed.notify_all()
            self._changed.wait_for(lambda: task.output in self._read)
            found = self._read.pop(task.output).found
            self._changed.notify_all()
        if isinstance(found, BaseException):
            raise found
        return found

    def _is_begun_otherwise(self, task: Task) -> bool:
        turn = self._begun.get(task.output)
        return turn is not None and turn.task != task

    def _work(self) -> None:
        """In a thread: have one file after another read, until it is over."""
        process = ReadingProcess(self._over)
        try:
            while turn := self._next():
                try:
                    if turn.task.output:
                        turn.task.output.parent.mkdir(parents=True, exist_ok=True)
                    turn.found = process.read(turn.task)
                except BaseException as problem:  # the one who asks for the file gets it
                    turn.found = problem
                with self._changed:
                    self._read[turn.task.output] = self._begun.pop(turn.task.output)
                    self._changed.notify_all()
        finally:
            process.close()

    def _next(self) -> _Turn | None:
        """The next file, begun once there is room for it; None when it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._over.is_set() or self._fitting())
            turn = None if self._over.is_set() else self._fitting()
            if turn is not None:
                self._begun[turn.task.output] = self._waiting.pop(turn.task.output)
            return turn

    def _fitting(self) -> _Turn | None:
        """The first waiting file for which there is room; one that is asked for is the only one."""
        candidates: Iterable[_Turn] = self._waiting.values()
        if self._wanted and self._wanted.task.output in self._waiting:
            candidates = [self._wanted]
        elif len(self._read) >= HELD:
            candidates = []
        used = sum(turn.memory for turn in self._begun.values())
        return next(
            (one for one in candidates if not used or used + one.memory <= self._room), None
        )

    def close(self) -> None:
        """Stop the processes, and remove what was read and never asked for."""
        with self._changed:
            self._over.set()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        for output in {**self._begun, **self._read}:
            if output is not None:
                output.unlink(missing_ok=True)
                output.with_name(output.name + UNFINISHED).unlink(missing_ok=True)


def _turn(task: Task) -> _Turn:
    return _Turn(task, task.allowance.memory)


_current: list[ReadAhead] = []


def read(task: Task) -> Outcome:
    """What reading a file found: ahead of its turn where that was started, and now where not."""
    return _current[-1].read(task) if _current else READING.read(task)


@contextmanager
def started(tasks: Iterable[Task]) -> Iterator[None]:
    """Read these files ahead while the body runs; on one core none is read before its turn."""
    asked, cores = list(tasks), usable_cores()
    if not asked or cores == 1:
        yield
        return
    ahead = ReadAhead(asked, min(cores, len(asked)), _room())
    _current.append(ahead)
    try:
        yield
    finally:
        _current.remove(ahead)
        ahead.close()


def _room() -> int:
    """Bytes of memory for all files that are read side by side: what the warehouse may use.

    It is closed meanwhile. On a small machine DuckDB itself says how much there is; where the
    setting is wrong, dbt will say so, and until then one file is read after another.
    """
    has = "select parse_formatted_bytes(current_setting('memory_limit'))"
    with duckdb.connect() as con:
        there_is: int = con.sql(has).fetchall()[0][0]
        try:
            con.execute(f"set memory_limit = {literal(memory_setting())}")
        except duckdb.Error:
            return 0
        asked: int = con.sql(has).fetchall()[0][0]
    return min(there_is, asked)
