"""How long encounters and recordings take to be linked, and how that grows with their number.

`uv run python -m tests.benchmarks.link --recordings 500000 1000000`. The SQL of the models under
`models/intermediate/linking`, as dbt compiles it, runs in DuckDB on two recordings for every
officer and day and two encounters for every five recordings. The limits bind: 6 GB, and an exponent
of growth of at most 1.1; the seconds of the largest number are an aim.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from math import log
from pathlib import Path

import duckdb

from orchestration import paths
from tests.benchmarks._link_data import generate

SIZES = [500_000, 1_000_000, 2_000_000, 5_000_000]
LIMIT_GB = 6.0
LIMIT_EXPONENT = 1.1
AIM_SECONDS = 60.0
FOLDER = "models/intermediate/linking"


def compiled(place: Path) -> list[tuple[str, str, str]]:
    """Name, materialisation and SQL of every linking model, those read by others first."""
    command = ["dbt", "--quiet", "compile", "--select", f"path:{FOLDER}", "--no-partial-parse"]
    command += ["--target-path", str(place), "--log-path", str(place / "logs")]
    (place / "warehouse").mkdir(parents=True)
    surroundings = os.environ | {"BODYWORN_HOME": str(place)}
    subprocess.run(command, cwd=paths.ROOT, env=surroundings, check=True, stdout=subprocess.DEVNULL)
    nodes = json.loads((place / "manifest.json").read_text())["nodes"]
    ours = {
        name: node
        for name, node in nodes.items()
        if node["resource_type"] == "model" and node["original_file_path"].startswith(FOLDER)
    }
    ordered: list[str] = []
    while left := [name for name in ours if name not in ordered]:
        ordered += [n for n in left if not set(ours[n]["depends_on"]["nodes"]) & set(left)]
    built = place / "compiled" / "bodyworn"
    return [
        (
            ours[name]["name"],
            ours[name]["config"]["materialized"],
            (built / ours[name]["original_file_path"]).read_text(),
        )
        for name in ordered
    ]


def link(database: Path, models: Path) -> None:
    """In the child: build every model over the tables of `database`, then print what it took."""
    steps: dict[str, float] = {}
    begun = time.perf_counter()
    with duckdb.connect(database) as con:
        con.execute(f"set memory_limit = '{LIMIT_GB:.0f}GB'")
        for name, kind, sql in json.loads(models.read_text()):
            started = time.perf_counter()
            con.execute(f"create {kind} {name} as {sql}")
            steps[name] = round(time.perf_counter() - started, 2)
        seconds = time.perf_counter() - begun
        links = con.sql("select count(*) from int_encounter_recordings").fetchall()[0][0]
        named = "select unmatched_reason, count(*) from int_unmatched_reasons group by all"
        unmatched = dict(con.sql(f"{named} order by all").fetchall())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = {"seconds": seconds, "peak_gb": peak, "links": links, "unmatched": unmatched}
    sys.stdout.write(json.dumps(found | {"steps": steps}))


def child(what: str, database: Path, *more: str) -> str:
    """Run one part in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.benchmarks.link", "--part", what]
    command += ["--database", str(database), *more]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(folder: Path, recordings: int) -> tuple[float, float]:
    """Print one size; seconds and peak memory in GB."""
    size = folder / str(recordings)
    size.mkdir()
    database = size / "bodyworn.duckdb"
    child("generate", database, "--recordings", str(recordings))
    found = json.loads(child("link", database, "--models", str(folder / "models.json")))
    sys.stdout.write(
        f"{recordings:,} recordings: {found['seconds']:.1f} s, {found['peak_gb']:.2f} GB"
        f" (limit {LIMIT_GB:.0f} GB), {found['links']:,} links\n"
        f"  without a recording: {found['unmatched']}\n  seconds of each model: {found['steps']}\n"
    )
    sys.stdout.flush()
    database.unlink()
    return found["seconds"], found["peak_gb"]


def main() -> int:
    """Run every size asked for; 1 when a limit was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="where the data go; a temporary folder if not")
    parser.add_argument("--part", choices=["generate", "link"], help=argparse.SUPPRESS)
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--models", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.part == "generate":
        generate(chosen.database, chosen.recordings[0])
        return 0
    if chosen.part == "link":
        link(chosen.database, chosen.models)
        return 0
    sizes = sorted(chosen.recordings)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        models = compiled(Path(folder) / "dbt")
        Path(folder, "models.json").write_text(json.dumps(models))
        taken = [measure(Path(folder), size) for size in sizes]
    is_kept = all(peak < LIMIT_GB for _, peak in taken)
    sys.stdout.write(f"largest: {taken[-1][0]:.1f} s (aim {AIM_SECONDS:.0f} s for 5,000,000)\n")
    if len(sizes) > 1:
        exponent = log(taken[-1][0] / taken[0][0]) / log(sizes[-1] / sizes[0])
        is_kept &= exponent <= LIMIT_EXPONENT
        sys.stdout.write(f"exponent of growth: {exponent:.2f} (limit {LIMIT_EXPONENT})\n")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
