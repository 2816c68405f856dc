"""One new day of one force against everything built from nothing, in a home of several forces.

`uv run python -m tests.benchmarks.new_day --forces 8 --recordings 2000 20000`; for one London
`--preset london --forces 1 --recordings 1000000`. The forces are those of an invented nation, each
with so many recordings. The last day of one comes later, and the same files are then built whole in
a copy of the home. Printed are the seconds of both runs, their ratio, and the ratio of the seconds
of the models that a run may keep: the rest (starting, roll-up, marts, studies, release) is whole
every time. Seconds and ratios are printed and bind nothing; that the released tables are equal
does.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from orchestration.synthetic_data.synthesise import write_nation
from tests.benchmarks.programme import measured, tables_that_differ

SEED = 1
PRESETS = ["west_mercia", "london"]
FORCES = 8
SIZES = [2_000, 20_000]
DAYS = 181
"""Days in the last file of each event table: a new day is so small a part of it."""
EVENTS = ("evidence_com", "recordings", "shifts", "encounters", "encounter_officers")
KEPT = ("intermediate", "metrics")


def hold_back(folder: Path) -> dict[Path, bytes]:
    """Take the last day out of the files of events; returns the files that bring it."""
    later = {}
    for name in EVENTS:
        for file in sorted(folder.glob(f"{name}_2*.csv"))[-1:]:
            header, *rows = file.read_bytes().splitlines(keepends=True)
            cut = len(rows) - max(1, len(rows) // DAYS)
            file.write_bytes(header + b"".join(rows[:cut]))
            later[folder / f"{file.stem}_new_day.csv"] = header + b"".join(rows[cut:])
    return later


def run(home: Path, landing: Path, programmes: Path, *words: str) -> tuple[float, float]:
    """Seconds of a run, and of the models in it that a run may keep."""
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(landing), *words]
    seconds, _ = measured(command, BODYWORN_HOME=str(home), BODYWORN_PROGRAMMES=str(programmes))
    results = json.loads((home / "dbt" / "1-before-estimates" / "run_results.json").read_text())
    manifest = json.loads((home / "dbt" / "1-before-estimates" / "manifest.json").read_text())
    models = {
        key
        for key, node in manifest["nodes"].items()
        if node["config"].get("materialized") == "table" and node["fqn"][1] in KEPT
    }
    built = (one for one in results["results"] if one["unique_id"] in models)
    return seconds, sum(one["execution_time"] for one in built)


def measure(place: Path, preset: str, forces: int, recordings: int) -> list[str]:
    """Print one size; returns the released tables that differ."""
    nation = write_nation(preset, forces, recordings, SEED, place / "nation", [])
    programmes, landing = nation.programmes, nation.landing
    home, whole = place / "home", place / "whole"
    later = hold_back(min(landing.iterdir()))
    run(home, landing, programmes)
    for file, content in later.items():
        file.write_bytes(content)
    shutil.copytree(home, whole, symlinks=True)
    day, day_models = run(home, landing, programmes, "--incremental")
    everything, all_models = run(whole, landing, programmes, "--full")
    different = tables_that_differ([home, whole])
    sys.stdout.write(
        f"{forces} of {preset}, {recordings:,} recordings each: a new day {day:.1f} s, everything"
        f" {everything:.1f} s, {day / everything:.0%}; models of records and metrics"
        f" {day_models:.1f} s of {all_models:.1f} s, {day_models / all_models:.0%}"
        f" (aim 5% of everything)\n  tables that differ: {', '.join(different) or 'none'}\n"
    )
    sys.stdout.flush()
    return different


def main() -> int:
    """Measure every size asked for; 1 when a table differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0])
    parser.add_argument("--forces", type=int, default=FORCES)
    parser.add_argument("--recordings", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    different = []
    for size in asked.recordings:
        with tempfile.TemporaryDirectory(prefix="bodyworn-new-day-") as folder:
            different += measure(Path(folder), asked.preset, asked.forces, size)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
