"""Work in child processes that are forked from one which has imported the project already.

Half of a small run is the import of Dagster, dbt and SciPy. A child is still a process of its own:
with its environment and arguments, and killed like any other.
"""

import multiprocessing
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestration import paths

IMPORTED = (
    *("orchestration.defs.automation", "tests.ingestion.landing_builder"),
    "tests.release.fixtures",
)
# One server per process of tests, for everything that is forked: its list of modules is the last
# one that was set.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(list(IMPORTED))


def run_in_child(
    work: Callable[..., object], *arguments: str, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """How a function of a module ended that was called in a child, and what it printed.

    The child works at the root of the project.
    """
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder) / name for name in ("out", "err")]
        child = SERVER.Process(target=_call, args=(work, arguments, dict(environment), printed))
        child.start()
        child.join()
        out, err = (path.read_text("utf-8") if path.exists() else "" for path in printed)
    assert child.exitcode is not None
    return subprocess.CompletedProcess(list(arguments), child.exitcode, out, err)


def _call(
    work: Callable[..., object],
    arguments: tuple[str, ...],
    environment: dict[str, str],
    printed: list[Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(paths.ROOT)
    for number, path in enumerate(printed, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    work(*arguments)
