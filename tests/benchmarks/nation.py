"""The release of a nation of small synthetic forces against that of one of them.

`uv run python -m tests.benchmarks.nation --forces 43`. Both are landing to release; the nation's
tables hold every force's rows. Prints the ratio: below the number of forces, the fixed part of a
run is shared. The forces come from one preset and are alike in size.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import polars as pl

from orchestration.release.tiers import parquet
from orchestration.synthetic_data.synthesise import SMALL, write_nation
from tests.benchmarks.programme import measured

PRESET, SEED = "west_mercia", 1
FORCES = 43
CHEAPER = 1.0
"""A nation may cost at most this share of as many runs of one force each."""


def release(folder: Path, landing: Path, home: Path) -> tuple[float, float]:
    """Seconds and GB of a run over a landing folder, with the nation's programmes."""
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(landing)]
    return measured(
        command, BODYWORN_HOME=str(home), BODYWORN_PROGRAMMES=str(folder / "programmes")
    )


def figures(home: Path) -> tuple[int, int]:
    """Programmes and released figures of a home."""
    served = (home / "releases" / "current").resolve(strict=True)
    rows = pl.read_parquet(parquet(served, "fct_metrics"))
    return rows["programme_id"].n_unique(), rows.height


def main() -> int:
    """One force and all of them; 1 when together they cost more than apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forces", type=int, default=FORCES)
    parser.add_argument("--recordings", type=int, default=SMALL, help="of each force")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work).resolve() / "nation"
        nation = write_nation(PRESET, chosen.forces, chosen.recordings, SEED, folder, [])
        first = sorted(nation.landing.iterdir())[0]
        shutil.copytree(first, folder / "first" / first.name)
        taken = []
        for name, landing in (("one force", folder / "first"), ("the nation", nation.landing)):
            home = folder / f"home of {name}"
            seconds, peak = release(folder, landing, home)
            taken.append(seconds)
            programmes, rows = figures(home)
            sys.stdout.write(
                f"{name}: {programmes} programmes, {rows:,} released figures,"
                f" {seconds:.1f} s, {peak:.2f} GB\n"
            )
            sys.stdout.flush()
    one, all_of_them = taken
    ratio = all_of_them / one
    sys.stdout.write(
        f"ratio {ratio:.1f} for {chosen.forces} forces: {ratio / chosen.forces:.2f} of as many"
        f" runs of one (limit {CHEAPER})\n"
    )
    return 0 if ratio <= CHEAPER * chosen.forces else 1


if __name__ == "__main__":
    sys.exit(main())
