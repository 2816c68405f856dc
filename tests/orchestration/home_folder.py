"""A home folder of its own, with the command run over it in other processes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestration import paths
from tests.bodyworn_command import bodyworn
from tests.child_processes import run_in_child
from tests.conftest import AS_OF

READ_BY_A_RUN = (
    *("orchestration", "models", "data/programmes", "data/seeds", "data/studies"),
    *("tests/dbt", "dbt_project.yml", "profiles.yml", "dagster.yaml", "pyproject.toml", "uv.lock"),
)


def copy_project(to: Path) -> Path:
    """A copy of what a run reads of the project, to be changed."""
    for name in READ_BY_A_RUN:
        source, target = paths.ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return to


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
    def serving(self) -> str:
        """The name of the release that is served."""
        return (self.releases / "current").resolve(strict=True).name

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

    def python(self, *words: str, project: Path = paths.ROOT) -> "subprocess.CompletedProcess[str]":
        """Python in a process of its own at the root of a project."""
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )

    def in_child(
        self, work: Callable[..., object], *arguments: str
    ) -> "subprocess.CompletedProcess[str]":
        """A function called in a child of a process that has imported the project already."""
        return run_in_child(work, *arguments, environment=self.environment)

    def bodyworn(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The command in a process of its own."""
        return self.in_child(bodyworn, *words)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`bodyworn run` over the landing folder, as of a fixed day."""
        return self.bodyworn(*self.as_usual, *words)

    def copy(self, to: Path) -> "Home":
        """The same home and landing at another place."""
        shutil.copytree(self.folder, to / "home", symlinks=True)
        shutil.copytree(self.landing, to / "landing")
        return Home(to / "home", to / "landing")
