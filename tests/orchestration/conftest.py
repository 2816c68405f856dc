"""A small landing folder, cut from the demonstration, and a home that holds its release."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from orchestration.synthetic_data.presets import find_setting
from orchestration.synthetic_data.synthesise import write_setting
from tests.conftest import once
from tests.orchestration.home_folder import Home
from tests.orchestration.kill_runs import kill_at_every_stage

# The smaller programme of the demonstration; its recordings are laid out as a maker exports them.
PRESET, RECORDINGS, SEED = "west_mercia", 4_000, 11
ROWS = 200
LATER = "evidence_com_2018.csv"
STRANGE = "workforce_late.csv"


def _cut(source: Path, target: Path) -> None:
    """The first rows of a file, byte for byte."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as rows, target.open("wb") as out:
        out.writelines(row for _, row in zip(range(ROWS + 1), rows, strict=False))


@pytest.fixture(scope="session")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of the demonstration in a landing folder, the first rows of every file."""
    return once(tmp_path_factory, "small", write_small) / "landing"


def write_small(there: Path) -> None:
    """Write the first rows of every file of the programme into `there/landing`."""
    made = find_setting(PRESET)
    whole, faults = there / made.programme.landing[0], list(made.preset.demonstration_faults)
    write_setting(made, RECORDINGS, SEED, whole, faults, with_truth=False)
    for file in whole.glob("*.csv"):
        _cut(file, there / "landing" / whole.name / file.name)


@pytest.fixture(scope="session")
def released(small_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a release over the small files, one file held back; never to be changed."""

    def release(there: Path) -> None:
        home = Home(there / "home", there / "landing")
        shutil.copytree(small_files, home.landing)
        for late in home.landing.rglob(LATER):
            late.unlink()
        done = home.run()
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    there = once(tmp_path_factory, "released", release)
    return Home(there / "home", there / "landing")


@pytest.fixture
def home(released: Home, tmp_path: Path) -> Home:
    """A copy of the released home, to be used up by one test."""
    return released.copy(tmp_path)


@pytest.fixture
def deliver(small_files: Path) -> Callable[[Home], None]:
    """Lay the file that was held back into a home's landing folder."""
    return partial(_deliver, small_files)


def _deliver(small_files: Path, into: Home) -> None:
    [late] = small_files.rglob(LATER)
    shutil.copy(late, into.landing / late.relative_to(small_files))


@pytest.fixture(scope="session")
def followed(released: Home, small_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """That home after the late file came and one that nobody expects; never to be changed.

    The run over them was killed at every stage before one finished. Next to the home, `served.json`
    names what served after each kill, and `report.json` is what the last run printed.
    """

    def follow(there: Path) -> None:
        home = released.copy(there)
        _deliver(small_files, home)
        workforce, *_ = sorted(home.landing.rglob("workforce.csv"))
        workforce.with_name(STRANGE).write_text("nobody,expects,this\n1,2,3\n", encoding="utf-8")
        (there / "served.json").write_text(json.dumps(kill_at_every_stage(home)), encoding="utf-8")
        done = home.run("--json")
        assert done.returncode == 3, f"{done.stdout}\n{done.stderr}"
        (there / "report.json").write_text(done.stdout, encoding="utf-8")

    there = once(tmp_path_factory, "followed", follow)
    return Home(there / "home", there / "landing")
