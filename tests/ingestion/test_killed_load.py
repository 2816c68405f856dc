"""Kill -9 at every durable step of a load: the next run finishes it, and nothing is different."""

import multiprocessing
import os
import signal
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion import entries, ledger
from tests.ingestion.invented_landing import CLIPS, Place, invented_place

DURABLE = {"os.rename", "os.remove", "os.mkdir", "os.link"}
WRITES = os.O_WRONLY | os.O_RDWR
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.ingestion.invented_landing"])
MOST_STEPS = 200


def _place(folder: Path) -> Place:
    os.environ["BODYWORN_HOME"] = str(folder / "home")
    entries.SETTLE_SECONDS = 0.0
    return invented_place(folder)


def _load_and_die(folder: Path, last_step: int) -> None:
    """A child: deliver two files with faults and load them, but die just before a durable step."""
    place = _place(folder)
    place.deliver("clips_1.csv", CLIPS + "c3,PC1003,2026-01-03,-5\n")
    place.deliver("clips_2.csv", CLIPS.replace("90", "95"))
    place.deliver("complaints.csv", "officer,logged_on\nPC1001,2026-01-05\n")
    steps = iter(range(1, MOST_STEPS))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        is_write = event == "open" and bool(arguments[2] & WRITES)
        in_home = str(folder / "home") in str(arguments)
        if in_home and (event in DURABLE or is_write) and next(steps) == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    place.load()
    ledger.export(paths.derived() / "ingestion")


def _run(folder: Path, last_step: int) -> int | None:
    folder.mkdir(exist_ok=True)
    child = FORK.Process(target=_load_and_die, args=(folder, last_step))
    child.start()
    child.join()
    return child.exitcode


def _outcome(folder: Path) -> dict[str, Any]:
    """What dbt would read, and the quarantine; clocks and Parquet's own bytes left out."""
    home = folder / "home"
    tables = {
        str(path.relative_to(home)): pl.read_parquet(path).to_dicts()
        for path in sorted(home.rglob("*.parquet"))
    }
    texts = {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("quarantine/**/*.csv")}
    return tables | texts


@pytest.mark.timeout(300)
def test_a_load_killed_at_any_step_is_finished_by_the_next(tmp_path: Path) -> None:
    assert _run(tmp_path / "whole", last_step=0) == 0
    expected = _outcome(tmp_path / "whole")
    for step in range(1, MOST_STEPS):
        folder = tmp_path / f"killed_{step}"
        if (code := _run(folder, last_step=step)) == 0:
            break
        assert code == -signal.SIGKILL
        assert _run(folder, last_step=0) == 0
        assert _outcome(folder) == expected, f"killed before step {step}"
    assert step > 15, "the child was hardly ever killed: the test watches the wrong steps"
