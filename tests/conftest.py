"""Where real data and finished releases come from in tests: by path, made once a session."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import paths

AS_OF = "2026-11-21"


def run_bodyworn(home: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """`bodyworn run` in a process of its own over a home of its own; it must make a release."""
    own = {"BODYWORN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    clean = {name: value for name, value in os.environ.items() if name not in {"LANDING"}}
    command = [sys.executable, "-m", "orchestration.cli", "run", "--as-of", AS_OF, *options]
    done = subprocess.run(
        command, env=clean | own, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 3}, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder `data` of `BODYWORN_SHARED`, or of `shared` beside the project."""
    named = os.environ.get("BODYWORN_SHARED")
    folder = (Path(named) if named else paths.ROOT.parent / "shared") / "data"
    if folder.is_dir():
        return folder
    reason = "real data are not here: set BODYWORN_SHARED to the folder that holds data/"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def made_release(home: Path, reuse: str, *options: str) -> Path:
    """The current release of a run over a home of its own, or the one that `reuse` names."""
    named = os.environ.get(reuse)
    if named:
        return Path(named).resolve(strict=True)
    run_bodyworn(home, *options)
    return (home / "releases" / "current").resolve(strict=True)


@pytest.fixture(scope="session")
def real_release(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release over the real files; `BODYWORN_TEST_RELEASE` names one to use again."""
    home = tmp_path_factory.mktemp("real")
    return made_release(home, "BODYWORN_TEST_RELEASE", "--landing", str(real_data))


@pytest.fixture(scope="session")
def demo_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the demonstration; `BODYWORN_TEST_DEMO_RELEASE` names one to use again."""
    home = tmp_path_factory.mktemp("demo")
    return made_release(home, "BODYWORN_TEST_DEMO_RELEASE", "--demo")
