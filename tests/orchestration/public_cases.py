"""A home of its own over the shared cases of public bug reports, and the command run in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration import paths
from tests.real_data import real_path

AS_OF = "2019-04-30"
CASES = "cases/turn2"
PROGRAMMES = ("giveford", "givestreet")


def bodyworn(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command over the programmes of the cases, in a process and a home of its own."""
    own = {
        "BODYWORN_HOME": str(folder / "home"),
        "BODYWORN_PROGRAMMES": str(folder / "programmes"),
        "DAGSTER_HOME": str(folder / "home" / "dagster"),
    }
    clean = {name: value for name, value in os.environ.items() if name != "LANDING"}
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *words],
        env=clean | own,
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def lay_out(folder: Path) -> None:
    """The programmes of the cases, their files in landing, and a key for each programme."""
    cases = real_path(CASES)
    shutil.copytree(cases / "data" / "programmes", folder / "programmes")
    shutil.copytree(cases / "landing", folder / "landing")
    for programme in PROGRAMMES:
        made = bodyworn(folder, "keys", "new", "--programme", programme)
        assert made.returncode == 0, f"{made.stdout}\n{made.stderr}"


def run(folder: Path) -> str:
    """What a run over the landing folder prints; it releases, though files may be refused."""
    done = bodyworn(folder, "run", "--landing", str(folder / "landing"), "--as-of", AS_OF)
    assert done.returncode in {0, 3}, f"{done.stdout}\n{done.stderr}"
    return done.stdout
