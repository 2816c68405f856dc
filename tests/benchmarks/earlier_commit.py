"""The demonstration, landing to release, against an earlier commit of this project.

`uv run python -m tests.benchmarks.earlier_commit --commit cc6c56f` checks that commit out beside
this one, with the packages that its `uv.lock` names, and runs both in turns from empty homes, each
once before the clock counts, so that both have their caches. Printed are the least and the median
seconds and the ratio of the medians. The two do not do the same work: what was added since costs
too. Needs the history of the repository and uv.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from orchestration import paths
from tests.benchmarks.programme import measured

COMMIT = "cc6c56f"
"""Before runs were made cheaper; the aim of 0.6 is of this one."""
AIM = 0.6
PAIRS = 3


def set_up(folder: Path, commit: str) -> Path:
    """The Python of a checked-out commit with its packages. Ends where git or uv refuse."""
    git = ["git", "-C", str(paths.ROOT), "worktree", "add", "--detach", str(folder), commit]
    uv = shutil.which("uv") or str(paths.ROOT / ".uv" / "bin" / "uv")
    own = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for command in (git, [uv, "sync", "--locked", "--no-dev", "--quiet"]):
        is_git = command is git
        done = subprocess.run(
            command,
            cwd=paths.ROOT if is_git else folder,
            env=own,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return folder / ".venv" / "bin" / "python"


def seconds(python: Path, root: Path, home: Path) -> float:
    """A run of the demonstration from nothing."""
    shutil.rmtree(home, ignore_errors=True)
    command = [str(python), "-m", "orchestration.cli", "run"]
    taken, _ = measured(command, root=root, BODYWORN_HOME=str(home))
    return taken


def main() -> int:
    """Time both in turns and print the ratio, which is an aim and binds nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default=COMMIT)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bodyworn-earlier-") as name:
        place = Path(name).resolve()
        checkout = place / "checkout"
        try:
            earlier = set_up(checkout, asked.commit)
            ours: list[float] = []
            theirs: list[float] = []
            for turn in range(asked.pairs + 1):
                theirs.append(seconds(earlier, checkout, place / "theirs"))
                ours.append(seconds(Path(sys.executable), paths.ROOT, place / "ours"))
                if not turn:
                    theirs.clear()
                    ours.clear()
        finally:
            remove = ["git", "-C", str(paths.ROOT), "worktree", "remove", "--force", str(checkout)]
            subprocess.run(remove, capture_output=True, check=False)
    for name, taken in ((asked.commit, theirs), ("this work", ours)):
        sys.stdout.write(f"{name:<12}{min(taken):7.1f} s at least, {median(taken):.1f} s median\n")
    ratio = median(ours) / median(theirs)
    sys.stdout.write(f"ratio {ratio:.2f} over {asked.pairs} pairs (aim {AIM})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
