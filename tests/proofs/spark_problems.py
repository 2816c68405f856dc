"""What goes wrong with Spark, done for real: each ends in a sentence, and nothing is half released.

`python -m tests.proofs.spark_problems`: a worker without room, a raw file that vanishes, every
worker killed and Java killed, over a small programme. Prints what the command said.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import typer

from orchestration import paths
from orchestration.runner.run import CANNOT_START, FAILED
from tests.conftest import AS_OF
from tests.proofs.spark_parity import MEMORY, copy_of_loaded, environment, run, write_small
from tests.proofs.spark_servers import cluster, end

TABLES = 10
"""Tables of models that stand when something is done to a run."""
SECONDS = 900


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    said: str


def attempt(home: Path, landing: Path, **settings: str) -> Ended:
    """`bodyworn run --engine spark`, which is expected to fail."""
    words = ["run", "--as-of", AS_OF, "--landing", str(landing), "--engine", "spark"]
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *words],
        env=environment(home) | settings,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return Ended(done.returncode, done.stdout + done.stderr)


@contextmanager
def meanwhile(home: Path, do: Callable[[], object]) -> Iterator[None]:
    """Do something when some tables of a run over `home` stand."""
    over = Event()

    def watch() -> None:
        tables = home / "warehouse" / "spark"
        while not over.wait(0.2):
            if tables.is_dir() and len(list(tables.iterdir())) >= TABLES:
                do()
                return

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def kill_java(home: Path) -> None:
    """End (-9) the Java that works for a home: its command line names the home's folder."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes()
            if b"java" in words.split(b"\0")[0] and os.fsencode(str(home)) in words:
                os.kill(int(process.name), signal.SIGKILL)


def without_room(home: Path, landing: Path, logs: Path) -> Ended:
    """An executor is asked for that no worker has the memory for."""
    with cluster(1, logs) as (address, _):
        return attempt(
            home,
            landing,
            BODYWORN_SPARK_MASTER=address,
            BODYWORN_SPARK_OPTIONS="spark.executor.memory=8g",
        )


def file_vanishes(home: Path, landing: Path, logs: Path) -> Ended:
    """The raw files of crimes are taken away while models are built."""
    del logs

    def remove() -> None:
        for file in (home / "raw").rglob("crimes/**/*.parquet"):
            file.unlink()

    with meanwhile(home, remove):
        return attempt(home, landing, BODYWORN_SPARK_MASTER="local[1]")


def every_worker_dies(home: Path, landing: Path, logs: Path) -> Ended:
    """Both workers are killed; Spark by itself would wait for another for ever."""
    with cluster(2, logs) as (address, workers):

        def kill() -> None:
            for worker in workers:
                end(worker)

        with meanwhile(home, kill):
            return attempt(
                home,
                landing,
                BODYWORN_SPARK_MASTER=address,
                BODYWORN_SPARK_OPTIONS=f"spark.executor.memory={MEMORY}",
            )


def java_dies(home: Path, landing: Path, logs: Path) -> Ended:
    """The driver is killed."""
    del logs
    with meanwhile(home, lambda: kill_java(home)):
        return attempt(home, landing, BODYWORN_SPARK_MASTER="local[1]")


Case = tuple[Callable[[Path, Path, Path], Ended], int, str]
CASES: dict[str, Case] = {
    "a worker without room": (without_room, CANNOT_START, "gave no executor within"),
    "a raw file vanishes": (file_vanishes, FAILED, "vanished while Spark read it"),
    "every worker dies": (every_worker_dies, FAILED, "Spark was lost on the way"),
    "Java dies": (java_dies, FAILED, "Spark was lost on the way"),
}


def prove(name: str, loaded: Path, landing: Path, work: Path) -> bool:
    """Do one thing to a run; whether it ended as promised and left nothing released."""
    case, code, sentence = CASES[name]
    home = copy_of_loaded(loaded, work / name.replace(" ", "-"))
    (logs := work / f"{home.name}-logs").mkdir()
    began = time.monotonic()
    ended = case(home, landing, logs)
    took = time.monotonic() - began
    left = sorted(path.name for path in (home / "releases").glob("[!.]*"))
    good = ended.code == code and sentence in ended.said and "Traceback" not in ended.said
    good = good and "current" not in left
    said = next((line for line in ended.said.splitlines() if sentence in line), ended.said)
    said = said.replace(str(work), "WORK")
    kept = "nothing released" if "current" not in left else f"RELEASED {left}"
    typer.echo(f"{name}: {'as promised' if good else 'NOT SO'}, {took:.0f} s")
    typer.echo(f"  exit code {ended.code}, {kept}: {said.strip()}")
    return good


def main() -> int:
    """Every case, or those that were named; 0 when all ended as promised."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    asked.add_argument("--loaded", type=Path, help="folder of `spark_parity --data small --folder`")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bodyworn-spark-") as passing:
        work = Path(passing).resolve()
        there = (chosen.loaded or work).resolve()
        landing, loaded = there / "small", there / "small-duckdb"
        if not loaded.exists():
            write_small(landing)
            run(loaded, "--landing", str(landing))
        judged = [prove(name, loaded, landing, work) for name in chosen.cases]
    return 0 if all(judged) else 1


if __name__ == "__main__":
    sys.exit(main())
