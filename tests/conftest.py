"""Real data and finished releases for tests: by path, made once per session."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

import pytest

from orchestration import paths
from tests.bodyworn_command import bodyworn
from tests.child_processes import run_in_child
from tests.real_data import DATA_SETS, make_landing, real_path

AS_OF = "2026-11-21"
# Started first, so that no worker is left with a long one at the end; two that wait for the same
# run are not started together.
LONGEST = (
    *("orchestration/test_killed_run", "synthetic_data/test_faults_reported"),
    "known_answers/test_chicago",
    *("orchestration/test_dbt_from_the_root", "dashboards/test_journey"),
    *("orchestration/test_late_file", "disclosure/test_proof", "release/test_killed_release"),
    *("metrics/test_slow_twin_of_use", "simulations/test_acceptance_limits"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others as they were."""

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(paths.ROOT / "tests").with_suffix("").as_posix()
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=place)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is filled once per session, whichever of several processes asks first."""
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


def run_bodyworn(
    home: Path, *options: str, assets: Collection[str] = (), programmes: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """`bodyworn run` in a process of its own over a home of its own; all of it or some assets.

    `programmes` is a folder of programmes in place of those of the project.
    """
    own = {"BODYWORN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    clean = {name: value for name, value in os.environ.items() if name not in {"LANDING"}}
    words = ["run", "--as-of", AS_OF, *options]
    if programmes:
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *words],
            env=clean | own | {"BODYWORN_PROGRAMMES": str(programmes)},
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    else:
        command = partial(bodyworn, assets=assets)
        done = run_in_child(command, *words, environment=clean | own)
    assert done.returncode in {0, 3}, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder `data` of the real data, with every data set that the real release needs."""
    for name in DATA_SETS:
        real_path(f"data/{name}")
    return real_path("data")


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
    landing = once(tmp_path_factory, "real_landing", lambda folder: make_landing(folder / "data"))
    options = ("real", "--landing", str(landing / "data"))
    return made_release(tmp_path_factory, "BODYWORN_TEST_RELEASE", *options)


@pytest.fixture(scope="session")
def demo_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the demonstration; `BODYWORN_TEST_DEMO_RELEASE` names one to use again."""
    return made_release(tmp_path_factory, "BODYWORN_TEST_DEMO_RELEASE", "demo", "--demo")
