"""Every small file that asks for too much is refused within its limits, in a process of its own.

`make prove` runs it; each file is under 50 MB and may take 60 seconds and 3 GB.
"""

import sys
import tempfile
import time
from pathlib import Path

from orchestration.ingestion.delivery import MB
from orchestration.ingestion.reading_process import ReadingProcess
from orchestration.ingestion.reading_task import Task
from tests.ingestion.bombs import BOMBS
from tests.ingestion.contract_builder import AS_OF, contract, delivery

MOST_SECONDS = 60.0
MOST_MEMORY = 3000 * MB


def refusal(name: str, folder: Path, reading: ReadingProcess) -> tuple[str, float]:
    """What the refusal of one of the files says, and the seconds it took."""
    form, write, _ = BOMBS[name]
    path = folder / f"recordings.{form}"
    write(path)
    of = contract() if form == "csv" else contract(format={"type": form})
    task = Task(
        path, of, AS_OF, "Europe/London", None, delivery=delivery(path), output=folder / "x"
    )
    assert task.limits.allowance(path.stat().st_size).memory < MOST_MEMORY
    begun = time.monotonic()
    return reading.read(task).result.refused or "accepted", time.monotonic() - begun


def main() -> None:
    """Print each refusal; end with 1 when one is missing, says something else or took too long."""
    reading, is_sound = ReadingProcess(), True
    for name, (_, _, says) in BOMBS.items():
        with tempfile.TemporaryDirectory() as folder:
            said, seconds = refusal(name, Path(folder), reading)
        is_fine = says in said and seconds < MOST_SECONDS
        is_sound &= is_fine
        print(f"{'' if is_fine else 'WRONG: '}{name}, {seconds:.1f} s: {said}")  # noqa: T201
    reading.close()
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
