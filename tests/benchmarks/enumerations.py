"""What it costs that raw files hold text where they could hold enumerations.

`uv run python -m tests.benchmarks.enumerations --rows 20000000`. A whole load with pseudonyms and
codes as text, as they are written, against the same load with both as enumerations, as they were
until DuckDB 2.0.0 was found to lose values of them. The limit binds: text may cost a tenth.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb

from tests.benchmarks.ingest import generate, ours

SIDES = ("enumerations", "text")
LIMIT = 1.10


def write_enumerations() -> None:
    """Let this process keep pseudonyms and codes as enumerations all the way into the file."""
    from orchestration.ingestion.contracts.column import ColumnContract
    from orchestration.ingestion.contracts.table import TableContract
    from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
    from orchestration.ingestion.validation import accepted_rows
    from orchestration.ingestion.validation.typed_table import TypedColumn, TypedTable
    from orchestration.storage.sql import identifier

    as_text, as_cast = accepted_rows._create_pseudonyms, accepted_rows._column

    def named_once(
        con: duckdb.DuckDBPyConnection,
        name: str,
        column: TypedColumn,
        pseudonyms: Pseudonyms | None,
    ) -> None:
        as_text(con, name, column, pseudonyms)
        names = f"select distinct pseudonym from {name} where pseudonym is not null order by all"
        con.execute(f"create type {name}_type as enum ({names})")
        con.execute(f"alter table {name} alter pseudonym type {name}_type")

    def as_typed(table: TypedTable, contract: TableContract, column: ColumnContract) -> str:
        typed = table.named(column.name)
        if column.family == "string" and typed is not None:
            return f"{typed.value} as {identifier(column.name)}"
        return as_cast(table, contract, column)

    accepted_rows._create_pseudonyms, accepted_rows._column = named_once, as_typed


def run_side(side: str, path: Path) -> None:
    """In the child: load, then print what it took as JSON."""
    if side == "enumerations":
        write_enumerations()
    output = path.with_name(f"{side}.parquet")
    begun = time.perf_counter()
    counts = ours(path, output)
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    took = {
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_gb": used.ru_maxrss / 2**20,
        "megabytes": output.stat().st_size / 1e6,
        "accepted": counts["accepted"],
    }
    print(json.dumps(took))  # noqa: T201


def child(side: str, path: Path) -> dict[str, float]:
    """One load in a process of its own: seconds, processor time, memory and size of the file."""
    command = [sys.executable, "-m", "tests.benchmarks.enumerations"]
    command += ["--side", side, "--file", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(folder: Path, rows: int, pairs: int) -> bool:
    """Print both sides; whether text cost less than the limit in the median pair."""
    path = folder / "recordings.csv"
    generate(path, rows, repeated=False)
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for pair in range(pairs):
        # In turn, so that a machine whose speed drifts affects both alike.
        for side in SIDES if pair % 2 else SIDES[::-1]:
            runs[side].append(child(side, path))
    print(f"{rows:,} rows, {path.stat().st_size / 1e9:.2f} GB, {pairs} pairs of loads")  # noqa: T201
    for side, found in runs.items():
        middle = {name: median(run[name] for run in found) for name in found[0]}
        print(  # noqa: T201
            f"  {side}: {middle['seconds']:.1f} s, {middle['cpu']:.1f} s of processor time,"
            f" {middle['peak_gb']:.2f} GB, file of {middle['megabytes']:.0f} MB"
        )
    both = list(zip(runs["text"], runs["enumerations"], strict=True))
    ratios = sorted(text["seconds"] / named["seconds"] for text, named in both)
    processor = median(text["cpu"] / named["cpu"] for text, named in both)
    print(  # noqa: T201
        f"  text costs {median(ratios):.2f} times as much (limit {LIMIT}; {ratios[0]:.2f} to"
        f" {ratios[-1]:.2f}), {processor:.2f} times the processor time"
    )
    return median(ratios) <= LIMIT


def main() -> None:
    """Run the benchmark, or one side of it in a child process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--pairs", type=int, default=3, help="how often each side runs, in turn")
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary folder if not")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        run_side(chosen.side, chosen.file)
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        is_kept = measure(Path(folder), chosen.rows, chosen.pairs)
    sys.exit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
