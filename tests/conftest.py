"""Where real data and finished releases come from in tests: by path, made once a session."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import paths

AS_OF = "2026-11-21"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is filled once a session, whichever of several processes asks for it first."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    made = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


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


def made_release(factory: pytest.TempPathFactory, reuse: str, name: str, *options: str) -> Path:
    """The current release of a run over a home called `name`, or the one that `reuse` names."""
    named = os.environ.get(reuse)
    if named:
        return Path(named).resolve(strict=True)
    home = once(factory, name, lambda folder: run_bodyworn(folder, *options))
    return (home / "releases" / "current").resolve(strict=True)


@pytest.fixture(scope="session")
def real_release(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release over the real files; `BODYWORN_TEST_RELEASE` names one to use again."""
    options = ("real", "--landing", str(real_data))
    return made_release(tmp_path_factory, "BODYWORN_TEST_RELEASE", *options)


@pytest.fixture(scope="session")
def demo_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the demonstration; `BODYWORN_TEST_DEMO_RELEASE` names one to use again."""
    return made_release(tmp_path_factory, "BODYWORN_TEST_DEMO_RELEASE", "demo", "--demo")
