"""How long a large recordings file takes from landing to Parquet, against DuckDB's own reader.

`uv run python -m tests.benchmarks.ingest --rows 20000000`. The limits bind: less than 3 GB, at most
twice as long as DuckDB's typed `read_csv` to Parquet when no key repeats, three times when some do;
that is without reading back what was written, whose cost is measured beside it, as the ratio of the
same load with and without, and has an aim of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from unittest.mock import patch

import duckdb

if TYPE_CHECKING:
    from orchestration.ingestion.reading_task import Outcome, Task

LIMIT_GB = 3.0
LIMITS = {"clean": 2.0, "repeated": 3.0}
READ_BACK_AIM = 1.1
CHECK_AIM = 1.5
CATEGORIES = (
    "['stop_and_search','arrest','use_of_force','domestic_abuse','traffic','patrol','other']"
)
COLUMNS = {
    "recording_id": "varchar",
    "camera_id": "varchar",
    "officer_number": "varchar",
    "recorded_from": "timestamp",
    "triggered_from": "timestamp",
    "recorded_to": "timestamp",
    "duration_seconds": "bigint",
    "uploaded_at": "timestamp",
    "recording_category": "varchar",
    "is_evidential": "boolean",
    "is_announced": "boolean",
    "retain_until_date": "date",
}


def generate(path: Path, rows: int, *, repeated: bool) -> None:
    """Write the same recordings for the same number of rows; `repeated` doubles one in a thousand.

    About one row in ten thousand has a fault of its own: no time, or a length that is no number.
    """
    number = "case when i % 1000 = 999 then i - 1 else i end" if repeated else "i"
    with duckdb.connect() as con:
        con.execute(
            f"""copy (
            select 'R' || lpad((n * 7919 % 1000000007)::varchar, 10, '0') as recording_id,
                'X' || (60000000 + hash(n) % 9000) as camera_id,
                'P' || (100000 + hash(n + 1) % 30000) as officer_number,
                case when i % 20011 = 7 then null else started end as recorded_from,
                started + interval 30 second as triggered_from,
                started + to_seconds(length) as recorded_to,
                case when i % 20021 = 9 then 'n/a' else length::varchar end as duration_seconds,
                started + interval 9 hour as uploaded_at,
                {CATEGORIES}[1 + (hash(n + 3) % 7)::int] as recording_category,
                hash(n + 4) % 3 = 0 as is_evidential,
                hash(n + 5) % 5 > 0 as is_announced,
                (started + interval 90 day)::date as retain_until_date
            from (select i, n, timestamp '2021-01-01' + to_seconds(n * 7 % 150000000) as started,
                    (hash(n + 2) % 7200)::bigint as length
                from (select i, {number} as n from range({rows}) r(i))) recordings
            ) to '{path}' (header)"""
        )


def baseline(path: Path, output: Path) -> dict[str, int]:
    """DuckDB's own typed reading of the same file, with the faults left out."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    with duckdb.connect() as con:
        con.execute(
            f"copy (select * from read_csv('{path}', columns = {{{columns}}}, header = true,"
            " delim = ',', quote = '\"', escape = '\"', auto_detect = false, store_rejects = true,"
            f" rejects_limit = 0)) to '{output}' (format parquet)"
        )
    return {}


def ours(path: Path, output: Path) -> dict[str, int]:
    """Contract, pseudonyms, key check and quarantine, to Parquet, in a process of its own."""
    from orchestration.ingestion.reading_process import READING

    try:
        return _loaded(path, output, READING.read)
    finally:
        READING.close()


def unchecked(path: Path, output: Path) -> dict[str, int]:
    """Ours in this process, without reading back what was written."""
    from orchestration.ingestion.reading_child import validate_and_write

    module = "orchestration.ingestion.write_raw"
    with patch.multiple(module, sum_of_query=lambda *_: None, sum_of_parquet=lambda _: None):
        return _loaded(path, output, validate_and_write)


def _loaded(path: Path, output: Path, read: "Callable[[Task], Outcome]") -> dict[str, int]:
    from orchestration.ingestion.contracts.table import find_contract
    from orchestration.ingestion.delivery import Delivery
    from orchestration.ingestion.pseudonyms.keys import demonstration_key
    from orchestration.ingestion.reading_task import Task

    programme, contract = "london_synthetic", find_contract("bodyworn", "recordings")
    delivery = Delivery(programme, contract.source, contract.name, path, path.name, "0" * 64, 1)
    key = demonstration_key(programme, 1)
    day = date(2026, 11, 21)
    task = Task(path, contract, day, "Europe/London", key, delivery=delivery, output=output)
    found = read(task).result
    if found.refused is not None:
        raise SystemExit(found.refused)
    found.rejects.write_csv(output.with_suffix(".quarantine.csv"))
    names = ("records", "accepted", "rejected", "blank", "duplicates")
    return {name: getattr(found, name) for name in names}


SIDES = {"baseline": baseline, "unchecked": unchecked, "ours": ours}


def child(what: str, path: Path) -> dict[str, float]:
    """Run one side in a process of its own: seconds, peak memory in GB, and its counts."""
    command = [sys.executable, "-m", "tests.benchmarks.ingest", "--side", what, "--file", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def run_side(what: str, path: Path) -> None:
    """In the child: run, then print what it took as JSON."""
    output = path.with_name(f"{what}.parquet")
    begun = time.perf_counter()
    counts = SIDES[what](path, output)
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peak = sum(each.ru_maxrss for each in used) / 2**20
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    print(json.dumps({"seconds": seconds, "peak_gb": peak, "cpu": processor, **counts}))  # noqa: T201


def check_seconds(folder: Path) -> float:
    """`bodyworn check` on a small file, start-up included."""
    path = folder / "recordings_small.csv"
    generate(path, 100, repeated=False)
    table = ["--source", "bodyworn", "--table", "recordings", "--json"]
    begun = time.perf_counter()
    command = [sys.executable, "-m", "orchestration.cli", "check", str(path), *table]
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - begun


def rounds_of(path: Path, rounds: int) -> list[dict[str, dict[str, float]]]:
    """All sides in turn, so that a machine whose speed drifts affects them alike."""
    return [{side: child(side, path) for side in SIDES} for _ in range(rounds)]


def ratio(runs: list[dict[str, dict[str, float]]], what: str, side: str, other: str) -> str:
    """The median of a figure's ratio between two sides of the same round, with its range."""
    ratios = sorted(run[side][what] / run[other][what] for run in runs)
    return f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def measure(folder: Path, rows: int, rounds: int) -> bool:
    """Print both cases; whether every limit was kept by the median round."""
    is_kept = True
    for case, limit in LIMITS.items():
        path = folder / f"recordings_{case}.csv"
        generate(path, rows, repeated=case == "repeated")
        runs = rounds_of(path, rounds)
        seconds = {side: median(run[side]["seconds"] for run in runs) for side in SIDES}
        peak = max(run["ours"]["peak_gb"] for run in runs)
        plain = median(run["unchecked"]["seconds"] / run["baseline"]["seconds"] for run in runs)
        is_kept &= plain <= limit and peak < LIMIT_GB
        own = runs[-1]["ours"]
        print(  # noqa: T201
            f"{case}: {rows:,} rows, {path.stat().st_size / 1e9:.2f} GB, {rounds} rounds\n"
            f"  read_csv to Parquet {seconds['baseline']:.1f} s; ingestion {seconds['ours']:.1f} s,"
            f" without reading back {seconds['unchecked']:.1f} s; at most {peak:.2f} GB"
            f" (limit {LIMIT_GB} GB)\n"
            f"  without reading back, against read_csv to Parquet:"
            f" {ratio(runs, 'seconds', 'unchecked', 'baseline')} (limit {limit}),"
            f" of processor time {ratio(runs, 'cpu', 'unchecked', 'baseline')}\n"
            f"  with reading back, against without:"
            f" {ratio(runs, 'seconds', 'ours', 'unchecked')} (aim {READ_BACK_AIM}),"
            f" of processor time {ratio(runs, 'cpu', 'ours', 'unchecked')}\n"
            f"  with reading back, against read_csv to Parquet:"
            f" {ratio(runs, 'seconds', 'ours', 'baseline')}\n"
            f"  accepted {own['accepted']:,} rejected {own['rejected']:,}"
            f" duplicates {own['duplicates']:,}"
        )
        path.unlink()
    print(f"bodyworn check, 100 rows: {check_seconds(folder):.1f} s (aim {CHECK_AIM} s)")  # noqa: T201
    return is_kept


def main() -> None:
    """Run the benchmark, or one side of it in a child process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs, in turn")
    parser.add_argument("--folder", type=Path, help="where the files go; a temporary folder if not")
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        run_side(chosen.side, chosen.file)
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        is_kept = measure(Path(folder), chosen.rows, chosen.rounds)
    sys.exit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
