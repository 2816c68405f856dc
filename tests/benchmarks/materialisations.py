"""What our own table and view materialisations save: dbt builds every model with and without them.

The warehouse is that of an empty home, so what is timed is dbt's work around each model and not the
computing of rows: what every run pays, however small its programme.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration import paths

OURS = Path("models") / "macros" / "materialisations.sql"
ROUNDS = 3
BUILD = [
    *(sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "build"),
    *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
]


def _project(folder: Path, *, ours: bool) -> Path:
    """A copy of what dbt reads, with our materialisations or without them."""
    for name in ("models", "data/seeds", "tests/dbt"):
        shutil.copytree(paths.ROOT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(paths.ROOT / name, folder / name)
    if not ours:
        (folder / OURS).unlink()
    return folder


def _build(project: Path) -> tuple[float, float]:
    """Seconds of the clock and of the processors that one build into an empty warehouse takes."""
    home = project / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "warehouse").mkdir(parents=True)
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        BUILD,
        cwd=project,
        env=os.environ | {"BODYWORN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"dbt build failed in {project.name}:\n{done.stdout}\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, used


def main() -> None:
    """Print the median seconds of each form, built in turns after one build that parses."""
    with tempfile.TemporaryDirectory() as place:
        forms = {
            name: _project(Path(place) / name, ours=name == "ours") for name in ("ours", "dbts")
        }
        for project in forms.values():
            _build(project)
        timed: dict[str, list[tuple[float, float]]] = {name: [] for name in forms}
        for _ in range(ROUNDS):
            for name, project in forms.items():
                timed[name].append(_build(project))
    for which, measured in enumerate(("elapsed", "processor")):
        medians = {name: statistics.median(r[which] for r in runs) for name, runs in timed.items()}
        saved = medians["dbts"] - medians["ours"]
        sys.stdout.write(
            f"dbt build of every model, {measured:<10} ours {medians['ours']:6.1f} s   "
            f"dbt's {medians['ours'] + saved:6.1f} s   saved {saved:5.1f} s\n"
        )


if __name__ == "__main__":
    main()
