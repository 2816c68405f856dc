"""The process in which delivered files are read: it takes tasks from a pipe, one after another.

Started by `reading_process` with the numbers of two pipes. The second is the lifeline: nothing is
ever written to it. When it closes, the process that waits for the result is gone, and the work
stops.
"""

import contextlib
import os
import resource
import sys
import threading
from dataclasses import replace
from multiprocessing.connection import Connection

from orchestration.ingestion.delivery import MB, NotNow
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.reading_task import Answer, Outcome, Task
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.ingestion.validation.validate_file import refused_by, validated
from orchestration.ingestion.write_raw import Unequal, write_raw

# A run has other work after its files: an idle process ends by itself and frees its memory.
IDLE_SECONDS = 5.0


def validate_and_write(task: Task) -> Outcome:
    """Validate a file, and write what is accepted to the task's output unless it is refused.

    Raises NotNow when it may be read another time, and OSError when the disk is full.
    """
    try:
        with validated(
            task.path,
            task.contract,
            as_of=task.as_of,
            time_zone=task.time_zone,
            pseudonyms=Pseudonyms(task.key) if task.key else None,
            limits=task.limits,
            areas=task.areas,
            erased=task.erased,
        ) as result:
            if result.rows is not None and task.delivery and task.output:
                write_raw(result.rows, task.delivery, task.output)
    except Unequal as fault:
        counts = ValidationResult(records=result.records, physical_lines=result.physical_lines)
        return Outcome(replace(counts, refused=str(fault)), is_unequal=True)
    except Exception as error:  # one broken file must not stop the others
        return Outcome(refused_by(error, task.path))
    return Outcome(replace(result, rows=None))


def serve(tasks: "Connection[Answer, Task]") -> None:
    """Answer tasks until no more come."""
    with contextlib.suppress(EOFError, BrokenPipeError):
        while tasks.poll(IDLE_SECONDS):
            tasks.send(_answer(tasks.recv()))


def _answer(task: Task) -> Answer:
    _limit_data(task)
    try:
        return validate_and_write(task)
    except NotNow as problem:
        return problem
    except OSError as error:
        return error


def _limit_data(task: Task) -> None:
    """Make an extreme allocation fail at once; the memory in use is watched from outside.

    The limit is twice the allowance and a gigabyte, because allocated memory is not all used.
    """
    with contextlib.suppress(OSError):
        memory = task.allowance.memory
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (2 * memory + 1000 * MB, hard))


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    # Only this ends a process from a thread: the main one is inside a library and hears nothing.
    os._exit(1)


def main() -> None:
    """Serve the pipes named on the command line; no core is dumped, for names are in memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tasks, lifeline = (int(number) for number in sys.argv[1:])
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    with Connection(tasks) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
