"""Kill -9 at every durable step of a load: the next run finishes it, and nothing is different.

What a killed process leaves behind is what its files were at that moment. So one child copies its
home before every durable step, and real kills at some steps confirm what the copies show.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion import ledger
from orchestration.ingestion.landing import files
from orchestration.ingestion.reading_child import validate_and_write
from orchestration.ingestion.reading_process import READING
from tests.child_processes import SERVER
from tests.ingestion.landing_builder import CLIPS, Place, invented_place, with_version

DURABLE = {"os.rename", "os.remove", "os.mkdir", "os.link"}
WRITES = os.O_WRONLY | os.O_RDWR
REAL_KILLS = (1, 8, 15, 22, 29)
FEWEST_STEPS = 30


def _place(folder: Path, version: int = 1) -> Place:
    os.environ["BODYWORN_HOME"] = str(folder / "home")
    files.WAIT_SECONDS = 0.0
    # Read in this process, whose steps are counted.
    READING.read = validate_and_write  # type: ignore[method-assign]
    place = invented_place(folder)
    place.contracts[0] = with_version(place.contracts[0], version)
    return place


def _load(folder: Path, version: int = 1) -> None:
    _place(folder, version).load()
    ledger.export(paths.derived() / "ingestion")


def _at_every_step(folder: Path, version: int, then: Callable[[int], None]) -> None:
    """Load, and call `then` with its number just before each durable step."""
    place = _place(folder, version)
    steps = iter(range(1, 1000))
    busy = False

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal busy
        is_write = event == "open" and bool(arguments[2] & WRITES)
        if busy or not (event in DURABLE or is_write) or "/home/" not in str(arguments):
            return
        busy = True
        then(next(steps))
        busy = False

    sys.addaudithook(watch)
    place.load()
    ledger.export(paths.derived() / "ingestion")


def _load_and_copy(folder: Path, version: int) -> None:
    """A child: copy the whole place to `<folder>_<step>` before every step."""

    def copy(step: int) -> None:
        shutil.copytree(folder, folder.with_name(f"{folder.name}_{step}"))

    _at_every_step(folder, version, copy)


def _load_and_die(folder: Path, last_step: int) -> None:
    def die(step: int) -> None:
        if step == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    _at_every_step(folder, 1, die)


def _child(work: Callable[..., None], *arguments: object) -> int | None:
    child = SERVER.Process(target=work, args=arguments)
    child.start()
    child.join()
    return child.exitcode


def _outcome(folder: Path) -> dict[str, Any]:
    """What dbt would read, and the quarantine; clocks and the bytes of raw left out."""
    home = folder / "home"
    raw = {p.name: pl.read_parquet(p).to_dicts() for p in home.rglob("raw/*/**/*.*")}
    others = [*home.rglob("quarantine/**/*.*"), *home.rglob("derived/**/*.*")]
    return {**raw, **{p.name: p.read_bytes() for p in others}}


@pytest.fixture
def delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with three files: one with a fault in it, one to be refused, one of another table."""
    monkeypatch.setenv("BODYWORN_HOME", "")
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(READING, "read", validate_and_write)
    place = _place(tmp_path / "place")
    place.deliver("clips_1.csv", CLIPS + "c3,PC1003,2026-01-03,-5\n")
    place.deliver("clips_2.csv", CLIPS.replace("seconds", "length"))
    place.deliver("complaints.csv", "officer,logged_on\nPC1001,2026-01-05\n")
    return tmp_path / "place"


@pytest.mark.parametrize("version", [1, 2], ids=["first load", "load under a changed contract"])
def test_a_load_killed_before_any_step_is_finished_by_the_next(
    delivered: Path, version: int
) -> None:
    if version == 2:
        _load(delivered)
    assert _child(_load_and_copy, delivered, version) == 0
    expected = _outcome(delivered)
    copies = list(delivered.parent.glob("place_*"))
    assert len(copies) > FEWEST_STEPS, "the child watches the wrong steps"
    for copy in copies:
        _load(copy, version)
        assert _outcome(copy) == expected, f"killed before step {copy.name}"


def test_a_killed_process_leaves_what_the_copies_hold(delivered: Path) -> None:
    whole = shutil.copytree(delivered, delivered.with_name("whole"))
    _load(whole)
    expected = _outcome(whole)
    for step in REAL_KILLS:
        killed = shutil.copytree(delivered, delivered.with_name(f"killed_{step}"))
        assert _child(_load_and_die, killed, step) == -signal.SIGKILL
        _load(killed)
        assert _outcome(killed) == expected


def test_killed_while_parquet_is_being_written_nothing_of_it_is_read(delivered: Path) -> None:
    place = _place(delivered)
    rows = "".join(f"d{n},PC{n % 97},2026-01-02,{n % 600}\n" for n in range(400_000))
    place.deliver("clips_3.csv", CLIPS + rows)
    child = SERVER.Process(target=_load, args=(delivered,))
    child.start()
    while child.is_alive() and not any(p.stat().st_size for p in ledger.incoming().glob("*")):
        time.sleep(0.001)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL
    _load(delivered)
    assert not list(ledger.incoming().glob("*"))
    read = {row.file_name: row.accepted for row in ledger.read_ledger()}
    assert read["nowhere/clips_3.csv"] == 400_002
