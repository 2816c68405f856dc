"""The same run on one core and on more: what of it is done side by side.

`uv run python -m tests.benchmarks.cores --forces 4 --recordings 50000`. The forces are those of an
invented nation, so that there are several files of each table and several programmes. Printed for
each number of cores: seconds of the whole, of the models (dbt's own clock) and of the rest, which
is loading, studies and the release, with the peak of memory; then the ratios to one core. The
released tables have to be equal, whatever the cores.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from orchestration.synthetic_data.synthesise import write_nation
from tests.benchmarks.programme import measured, tables_that_differ

PRESET, SEED = "west_mercia", 1
FORCES, RECORDINGS = 4, 50_000


def run(home: Path, landing: Path, programmes: Path, cores: set[int]) -> tuple[float, float, float]:
    """Seconds of the whole and of its models, and GB, on these cores alone."""
    all_cores = os.sched_getaffinity(0)
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(landing)]
    os.sched_setaffinity(0, cores)
    try:
        seconds, peak = measured(
            command, BODYWORN_HOME=str(home), BODYWORN_PROGRAMMES=str(programmes)
        )
    finally:
        os.sched_setaffinity(0, all_cores)
    results = (home / "dbt").glob("*/run_results.json")
    models = sum(json.loads(one.read_text())["elapsed_time"] for one in results)
    return seconds, models, peak


def main() -> int:
    """Run on one core, on two, and on all where there are more; 1 when a released table differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forces", type=int, default=FORCES)
    parser.add_argument("--recordings", type=int, default=RECORDINGS, help="of each force")
    asked = parser.parse_args()
    known = sorted(os.sched_getaffinity(0))
    taken, homes = {}, []
    with tempfile.TemporaryDirectory(prefix="bodyworn-cores-") as name:
        place = Path(name).resolve()
        nation = write_nation(PRESET, asked.forces, asked.recordings, SEED, place / "nation", [])
        for count in sorted({1, min(2, len(known)), len(known)}):
            homes.append(place / f"home_{count}")
            taken[count] = run(homes[-1], nation.landing, nation.programmes, set(known[:count]))
            seconds, models, peak = taken[count]
            sys.stdout.write(
                f"{count} cores: {seconds:.1f} s, of them models {models:.1f} s and the rest"
                f" {seconds - models:.1f} s; {peak:.2f} GB\n"
            )
            sys.stdout.flush()
        different = tables_that_differ(homes)
    (one, one_models, _), *_ = taken.values()
    for count, (seconds, models, _) in list(taken.items())[1:]:
        rest = (one - one_models) / (seconds - models)
        sys.stdout.write(
            f"{count} cores against one: {one / seconds:.2f} times as fast, models"
            f" {one_models / models:.2f}, the rest {rest:.2f}\n"
        )
    sys.stdout.write(f"tables that differ: {', '.join(different) or 'none'}\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
