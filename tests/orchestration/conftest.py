"""A small landing folder, cut from the demonstration, and a home that holds its release."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.pipeline import demonstration
from tests.conftest import once

AS_OF = "2026-11-21"
ROWS = 200
LATER = "recordings_2018.csv"
STRANGE = "workforce_late.csv"


@dataclass(frozen=True)
class Home:
    """A home folder of its own, with the command run over it in other processes."""

    folder: Path
    landing: Path

    @property
    def releases(self) -> Path:
        """Where its releases are."""
        return self.folder / "releases"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works in this home and in no other."""
        outside = {"LANDING", "DAGSTER_HOME", "BODYWORN_WEBHOOK"}
        kept = {name: value for name, value in os.environ.items() if name not in outside}
        return kept | {"BODYWORN_HOME": str(self.folder)}

    @property
    def as_usual(self) -> list[str]:
        """The words of a run over the landing folder, as of a fixed day."""
        return ["run", "--landing", str(self.landing), "--as-of", AS_OF]

    def python(
        self, *words: str, project: Path = paths.ROOT, more: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Python in a process of its own at the root of a project; `more` is its environment."""
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment | dict(more or {}),
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )

    def bodyworn(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """The command in a process of its own."""
        return self.python("-m", "orchestration.cli", *words, more=more)

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """`bodyworn run` over the landing folder, as of a fixed day."""
        return self.bodyworn(*self.as_usual, *words, **more)

    def copy(self, to: Path) -> "Home":
        """The same home and landing at another place."""
        shutil.copytree(self.folder, to / "home", symlinks=True)
        shutil.copytree(self.landing, to / "landing")
        return Home(to / "home", to / "landing")


def _cut(source: Path, target: Path) -> None:
    """The first rows of a file, byte for byte."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as rows, target.open("wb") as out:
        out.writelines(row for _, row in zip(range(ROWS + 1), rows, strict=False))


@pytest.fixture(scope="session")
def small_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's landing folder with the first rows of every file."""
    return once(tmp_path_factory, "small", _write_small) / "landing"


def _write_small(there: Path) -> None:
    os.environ["BODYWORN_HOME"], before = str(there), os.environ.get("BODYWORN_HOME")
    try:
        demonstration.write(there / "whole")
    finally:
        os.environ.pop("BODYWORN_HOME")
        if before:
            os.environ["BODYWORN_HOME"] = before
    for file in sorted((there / "whole").rglob("*.csv")):
        _cut(file, there / "landing" / file.relative_to(there / "whole"))


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
    """That home after a run with the late file and one that nobody expects; never to be changed.

    What the run printed is in `told.json` beside the home.
    """

    def follow(there: Path) -> None:
        home = released.copy(there)
        _deliver(small_files, home)
        workforce, *_ = sorted(home.landing.rglob("workforce.csv"))
        workforce.with_name(STRANGE).write_text("nobody,expects,this\n1,2,3\n", encoding="utf-8")
        done = home.run("--json")
        assert done.returncode == 3, f"{done.stdout}\n{done.stderr}"
        (there / "told.json").write_text(done.stdout, encoding="utf-8")

    there = once(tmp_path_factory, "followed", follow)
    return Home(there / "home", there / "landing")
