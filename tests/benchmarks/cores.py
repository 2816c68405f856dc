"""The same run on one core and on more: what of it is done side by side.

`uv run python -m tests.benchmarks.cores --forces 4 --recordings 50000`. The forces are those of an
invented nation, so that there are several files of each table and several programmes. Printed for
each number of cores: seconds of loading alone (a home of its own, without Dagster), of a whole run,
of its models (dbt's own clock) and of the rest, which is loading, studies and the release, with the
peaks of memory; then the ratios to one core. The released tables have to be equal, whatever the
cores. `--landing` and `--programmes` take files that are there already.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from orchestration import paths
from orchestration.steps.load_raw import load, read_ahead
from orchestration.steps.run_inputs import make_run_inputs
from orchestration.synthetic_data.synthesise import write_nation
from tests.benchmarks.programme import measured, tables_that_differ

PRESET, SEED = "west_mercia", 1
FORCES, RECORDINGS = 4, 50_000
LOADS = 3
"""How often files are loaded alone; the least seconds are printed."""
Times = tuple[float, float, float]
"""Seconds of loading alone, of a whole run, and of its models."""


def _on(cores: set[int], command: list[str], home: Path, programmes: Path) -> tuple[float, float]:
    """Seconds and GB of a process on these cores alone."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        return measured(
            [sys.executable, "-m", *command],
            BODYWORN_HOME=str(home),
            BODYWORN_PROGRAMMES=str(programmes),
        )
    finally:
        os.sched_setaffinity(0, all_cores)


def run(home: Path, landing: Path, programmes: Path, cores: set[int]) -> Times:
    """Load, then run whole in `home`; both are printed."""
    load = ["tests.benchmarks.cores", "--load", "--landing", str(landing)]
    alone = [home.with_name(f"{home.name}_loaded_{turn}") for turn in range(LOADS)]
    loading, held = min(_on(cores, load, one, programmes) for one in alone)
    command = ["orchestration.cli", "run", "--landing", str(landing)]
    seconds, peak = _on(cores, command, home, programmes)
    results = (home / "dbt").glob("*/run_results.json")
    models = sum(json.loads(one.read_text())["elapsed_time"] for one in results)
    sys.stdout.write(
        f"{len(cores)} cores: loading alone {loading:.1f} s, {held:.2f} GB; a run {seconds:.1f} s,"
        f" {peak:.2f} GB, of it models {models:.1f} s and the rest {seconds - models:.1f} s\n"
    )
    sys.stdout.flush()
    return loading, seconds, models


def load_alone(landing: Path) -> None:
    """In the child: load every new file, as the raw assets of a run do."""
    inputs = make_run_inputs(landing)
    with read_ahead(inputs, inputs.tables()):
        for contract in inputs.tables():
            load(inputs, contract)


def main() -> int:
    """Run on one core, on two, and on all where there are more; 1 when a released table differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forces", type=int, default=FORCES)
    parser.add_argument("--recordings", type=int, default=RECORDINGS, help="of each force")
    parser.add_argument("--landing", type=Path)
    parser.add_argument("--programmes", type=Path, default=paths.PROGRAMMES)
    parser.add_argument("--load", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        load_alone(asked.landing)
        return 0
    known = sorted(os.sched_getaffinity(0))
    taken, homes = {}, []
    with tempfile.TemporaryDirectory(prefix="bodyworn-cores-") as name:
        place = Path(name).resolve()
        landing, programmes = asked.landing, asked.programmes
        if landing is None:
            nation = write_nation(
                PRESET, asked.forces, asked.recordings, SEED, place / "nation", []
            )
            landing, programmes = nation.landing, nation.programmes
        for count in sorted({1, min(2, len(known)), len(known)}):
            homes.append(place / f"home_{count}")
            taken[count] = run(homes[-1], landing.resolve(), programmes, set(known[:count]))
        different = tables_that_differ(homes)
    (one_loading, one, one_models), *_ = taken.values()
    for count, (loading, seconds, models) in list(taken.items())[1:]:
        rest = (one - one_models) / (seconds - models)
        sys.stdout.write(
            f"{count} cores against one: loading alone {one_loading / loading:.2f} times as fast,"
            f" a run {one / seconds:.2f}, its models {one_models / models:.2f}, the rest"
            f" {rest:.2f}\n"
        )
    sys.stdout.write(f"tables that differ: {', '.join(different) or 'none'}\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
