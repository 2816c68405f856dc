"""A whole London, landing to release, against the same work as one plain DuckDB script.

`uv run python -m tests.benchmarks.programme --recordings 500000 5000000`. The limits bind: at most
1.3 times the script at the largest size, less than 8 GB, and an exponent of growth of at most 1.05
between the sizes, net of what a run of a thousand recordings takes. Plain pandas on 500,000
recordings, for scale, does less and is not bound. The largest size is run three times from the same
files: every released table must come out equal.

With `--engine spark` every size is run by Spark too, over the same delivered files, and a table of
both engines ends the output. Memory is that of a run with all it started, which is Java on Spark.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import log
from pathlib import Path
from threading import Event, Thread

import duckdb

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.storage.engine import DUCKDB, ENGINES, SPARK
from tests.benchmarks._plain_duckdb_run import NAME

SIZES = [500_000, 5_000_000]
SMALLEST = 1_000
REPEATS = 3
PANDAS = 500_000
LIMIT_RATIO = 1.3
LIMIT_GB = 8.0
LIMIT_EXPONENT = 1.05
BETWEEN_LOOKS = 0.5
Row = tuple[str, int, float, float, float]
"""Engine, recordings, seconds, GB and the ratio to the plain script (0 when not measured)."""


def measured(command: list[str], *, root: Path = paths.ROOT, **more: str) -> tuple[float, float]:
    """Seconds and peak memory in GB of a process, called in `root`, that must end well."""
    # Where Python may not keep what it compiled, every start compiles 4,000 modules anew.
    outside = {"LANDING", "DAGSTER_HOME", "BODYWORN_WEBHOOK", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, env=kept | more, cwd=root, stdout=said, stderr=subprocess.STDOUT
        )
        with _peak_of_all(process.pid) as peaks:
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 3}:
            said.seek(0)
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{said.read()}")
    return time.perf_counter() - begun, max(used.ru_maxrss / 2**20, *peaks)


@contextmanager
def _peak_of_all(process: int) -> Iterator[list[float]]:
    """A list that gets the most memory, in GB, of a process with all it started: Java is one."""
    over, peaks = Event(), [0.0]

    def watch() -> None:
        while not over.wait(BETWEEN_LOOKS):
            peaks[0] = max(peaks[0], sum(_resident(one) for one in _with_children(process)))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def _with_children(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _with_children(int(child))


def _resident(process: int) -> float:
    """GB of a process in memory, 0 when it has ended."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**30
    return 0.0


def generate(landing: Path, recordings: int) -> None:
    """The files of a London of this size."""
    words = ("synthesise", "london", "--recordings", str(recordings), "--seed", "1")
    command = [sys.executable, "-m", "orchestration.cli", *words, "--out", str(landing / NAME)]
    seconds, _ = measured(command)
    sys.stdout.write(f"{recordings:,} recordings: generated in {seconds:.1f} s\n")


def ours(landing: Path, home: Path, engine: str = DUCKDB) -> tuple[float, float]:
    """Landing to release."""
    words = ("run", "--landing", str(landing), "--engine", engine)
    command = [sys.executable, "-m", "orchestration.cli", *words]
    return measured(command, BODYWORN_HOME=str(home))


def unlike(run: Path, home: Path) -> list[str]:
    """Figures that only one of the two has, in words: the two did the same work when none."""
    theirs = home / "release" / "fct_metrics.parquet"
    own = run / "releases" / "current" / "internal/parquet" / "fct_metrics.parquet"
    columns = "metric_id, area_id, period_start, period_grain, breakdown, breakdown_value, value"
    pick = f"select {columns} from '{{}}' where programme_id = '{NAME}'"
    query = (
        f"select metric_id, count(*) from (({pick.format(own)} except {pick.format(theirs)})"
        f" union all ({pick.format(theirs)} except {pick.format(own)})) group by all order by all"
    )
    with duckdb.connect() as con:
        return [f"{metric}: {count}" for metric, count in con.sql(query).fetchall()]


def _against_script(place: Path, seconds: float) -> float:
    """Run the plain script beside a finished run and print how they compare; the ratio."""
    command = [sys.executable, "-m", "tests.benchmarks._plain_duckdb_run", str(place)]
    other, peak = measured(command)
    different = unlike(place / "run", place / "hand")
    sys.stdout.write(
        f"  plain DuckDB script {other:.1f} s, {peak:.2f} GB; ratio {seconds / other:.2f}"
        f" (limit {LIMIT_RATIO} at the largest size)\n"
        f"  figures that differ: {', '.join(different) or 'none'}\n"
    )
    return seconds / other


def tables_that_differ(homes: list[Path]) -> list[str]:
    """Released tables whose content is not the same in every one of these homes."""
    manifests = [read_manifest((home / "releases" / "current").resolve()) for home in homes]
    contents = [
        {table: hashes["content"] for table, hashes in one["outputs"].items()} for one in manifests
    ]
    names = sorted({name for one in contents for name in one})
    return [name for name in names if len({one.get(name) for one in contents}) > 1]


def _repeated(place: Path, landing: Path) -> bool:
    """Whether all tables are equal in `REPEATS` runs over the same files."""
    homes = [place / "run", *(place / f"run{number}" for number in range(2, REPEATS + 1))]
    for home in homes[1:]:
        ours(landing, home)
    different = tables_that_differ(homes)
    sys.stdout.write(f"  tables that differ in {REPEATS} runs: {', '.join(different) or 'none'}\n")
    return not different


def measure(
    folder: Path, recordings: int, engine: str, *, beside: bool, repeated: bool = False
) -> list[Row]:
    """Print one size; a row of DuckDB, and one of Spark where `engine` is.

    Ends the benchmark when a run of the same files gives other tables.
    """
    place = folder / str(recordings)
    landing = place / "landing"
    (place / "hand").mkdir(parents=True)
    generate(landing, recordings)
    seconds, peak = ours(landing, place / "run")
    sys.stdout.write(
        f"{recordings:,} recordings: landing to release {seconds:.1f} s, {peak:.2f} GB\n"
    )
    sys.stdout.write(f"  on disk: {_on_disk(landing, place / 'run')}\n")
    ratio = _against_script(place, seconds) if beside else 0.0
    rows: list[Row] = [(DUCKDB, recordings, seconds, peak, ratio)]
    if engine == SPARK:
        took, held = ours(landing, place / "spark", engine)
        rows.append((engine, recordings, took, held, took / seconds * ratio))
        sys.stdout.write(f"  by Spark {took:.1f} s, {held:.2f} GB\n")
    if recordings == PANDAS:
        command = [sys.executable, "-m", "tests.benchmarks._plain_pandas", str(landing / NAME)]
        plain, held = measured(command)
        sys.stdout.write(f"  plain pandas, a part of it: {plain:.1f} s, {held:.2f} GB\n")
    if repeated and not _repeated(place, landing):
        sys.exit("The same files gave different tables.")
    sys.stdout.flush()
    shutil.rmtree(place)
    return rows


def _on_disk(landing: Path, home: Path) -> str:
    """Megabytes of what was delivered and of what a run keeps of it."""
    places = {"landing": landing} | {
        name: home / name for name in ("raw", "warehouse", "releases", "ledger", "quarantine")
    }
    held = {
        name: sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        for name, place in places.items()
    }
    return ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in held.items())


def _print_table(rows: list[Row]) -> None:
    sys.stdout.write("engine  recordings  seconds  GB    ratio to the script\n")
    for engine, recordings, seconds, peak, ratio in sorted(rows):
        of_script = f"{ratio:.2f}" if ratio else "not measured"
        sys.stdout.write(
            f"{engine:<7} {recordings:>10,}  {seconds:>7.1f}  {peak:.2f}  {of_script}\n"
        )


def main() -> int:
    """Run every size asked for; 1 when a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="where the data go; a temporary folder if not")
    parser.add_argument("--engine", choices=ENGINES, default=DUCKDB)
    parser.add_argument("--once", action="store_true", help="do not repeat the largest size")
    chosen = parser.parse_args()
    sizes = sorted(chosen.recordings)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        rows = measure(Path(folder), SMALLEST, chosen.engine, beside=False)
        for size in sizes:
            repeated = size == sizes[-1] and not chosen.once
            rows += measure(Path(folder), size, chosen.engine, beside=True, repeated=repeated)
    _print_table(rows)
    (start, *_), *taken = [row[2:] for row in rows if row[0] == DUCKDB]
    is_kept = max(peak for _, peak, _ in taken) < LIMIT_GB and taken[-1][2] <= LIMIT_RATIO
    if len(sizes) > 1:
        least, most = taken[0][0] - start, taken[-1][0] - start
        if min(least, most) <= 0:
            sys.exit(f"No growth can be told: {sizes[0]:,} took no longer than {SMALLEST:,}.")
        exponent = log(most / least) / log(sizes[-1] / sizes[0])
        is_kept &= exponent <= LIMIT_EXPONENT
        sys.stdout.write(f"exponent of growth: {exponent:.2f} (limit {LIMIT_EXPONENT})\n")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
