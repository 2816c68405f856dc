"""Kill -9 at every durable step: the last good release serves, and the next run has its hashes."""

import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.release import build
from orchestration.release.current import current, read_manifest
from orchestration.release.damage import verify
from tests.child_processes import SERVER
from tests.release import fixtures

CHANGE = fixtures.more("south", 5)
MANY_NOTES = "insert into fct_notes select 100 + n, 'note ' || n, n / 7 from range(600000) as r(n);"
DURABLE = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "shutil.rmtree"}
WRITES = os.O_WRONLY | os.O_RDWR


def _is_durable(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether the disk is about to change: a folder that is there is not made, nor one orphaned."""
    if event == "open":
        path, _, flags = arguments
        return ".candidate-" in str(path) and bool(flags & WRITES)
    if event == "os.mkdir" and (
        os.path.lexists(arguments[0]) or not Path(arguments[0]).parent.is_dir()
    ):
        return False
    if event == "os.remove" and not os.path.lexists(arguments[0]):
        return False
    return event in DURABLE and "releases" in str(arguments)


def _release_and_die(home: Path, last_step: int) -> None:
    """A child: release, but die by SIGKILL just before durable step `last_step`."""
    order = fixtures.order(home, CHANGE)
    steps = iter(range(1, 10_000))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if _is_durable(event, arguments) and next(steps) == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    fixtures.release_order(order, home)
    (home / "steps").write_text(str(next(steps) - 1))


def _run(home: Path, last_step: int) -> int | None:
    child = SERVER.Process(target=_release_and_die, args=(home, last_step))
    child.start()
    child.join()
    return child.exitcode


def _outputs(home: Path) -> dict[str, Any]:
    serving = current(home / "releases")
    assert serving is not None
    return dict(read_manifest(serving)["outputs"])


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one good release, to be copied for every kill."""
    home = tmp_path_factory.mktemp("good")
    fixtures.release(home)
    return home


@pytest.fixture(scope="module")
def undisturbed(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same home after the next release, made by a child that nobody killed."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(good, home, symlinks=True)
    assert _run(home, last_step=0) == 0
    return home


def test_killed_at_any_step_the_last_good_release_serves_and_the_next_run_finishes(
    good: Path, undisturbed: Path, tmp_path: Path
) -> None:
    steps = int((undisturbed / "steps").read_text())
    first, wanted = _outputs(good), _outputs(undisturbed)
    assert steps >= 10
    assert first != wanted
    for step in range(1, steps + 1):
        home = tmp_path / str(step)
        shutil.copytree(good, home, symlinks=True)
        assert _run(home, last_step=step) == -signal.SIGKILL
        serving = current(home / "releases")
        assert serving is not None
        assert verify(serving) == []
        assert _outputs(home) in (first, wanted)
        finished = fixtures.release(home, CHANGE).release
        assert _outputs(home) == wanted
        names = {path.name for path in (home / "releases").iterdir()}
        assert names == {"current", serving.name, finished.name} | {
            path.name for path in (good / "releases").iterdir()
        }


@pytest.mark.parametrize(
    "appears",
    ["internal/parquet/fct_notes.parquet", "internal/csv/fct_notes.csv", "internal/marts.duckdb"],
)
def test_killed_while_a_file_is_being_written_the_next_run_finishes(
    good: Path, tmp_path: Path, appears: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(good, home, symlinks=True)
    before = _outputs(home)
    child = SERVER.Process(target=fixtures.release, args=(home, MANY_NOTES))
    child.start()
    awaited = home / "releases" / ".candidate-run" / appears
    while child.is_alive() and not awaited.exists():
        time.sleep(0.001)
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert _outputs(home) == before
    made = fixtures.release(home, CHANGE).release
    assert verify(made) == []


def _build_on_a_full_disk(order: build.BuildRequest, home: Path, limit: int) -> None:
    """A child that may write no file of more than `limit` bytes; exit 3 when that stops it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        fixtures.release_order(order, home)
    except (OSError, duckdb.Error):
        sys.exit(3)


@pytest.mark.parametrize("limit", [1_000_000, 6_000_000])
def test_a_full_disk_leaves_the_last_good_release_and_no_half_written_one(
    good: Path, tmp_path: Path, limit: int
) -> None:
    home = tmp_path / "home"
    shutil.copytree(good, home, symlinks=True)
    order = fixtures.order(home, MANY_NOTES)
    before = {path.name for path in (home / "releases").iterdir()}
    child = SERVER.Process(target=_build_on_a_full_disk, args=(order, home, limit))
    child.start()
    child.join()
    assert child.exitcode == 3
    assert {path.name for path in (home / "releases").iterdir()} == before
    assert _outputs(home) == _outputs(good)
    assert verify(fixtures.release(home, CHANGE).release) == []
