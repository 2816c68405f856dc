"""`bodyworn` in children of a process that has imported it once.

Half of a small run is the import of Dagster, dbt and SciPy. A child is a process of its own all the
same: with its environment and words, and killed like any other.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration import paths

IMPORTED = (
    *("orchestration.defs.automation", "tests.ingestion.invented_landing"),
    "tests.release.invented",
)
COMMAND = "from orchestration.cli import main; main()"
# `bodyworn` over the assets one of whose key's parts is named: in a home that holds all the rest
# they can be reached without a whole run.
SOME_ASSETS = """
import sys
from orchestration.cli import main
from orchestration.defs import automation
named = set(sys.argv.pop(1).split(","))
everything = automation.chosen
automation.chosen = lambda inputs: [key for key in everything(inputs) if named & set(key.path)]
main()
"""

# One server a process of tests, for whatever is forked: the list of the last to set one would hold.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(list(IMPORTED))


def run(
    code: str, words: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Python code at the root of the project, as `python -c code words` would run it."""
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("out", "err")]
        child = SERVER.Process(target=_become, args=(code, list(words), dict(environment), said))
        child.start()
        child.join()
        out, err = (path.read_text("utf-8") if path.exists() else "" for path in said)
    assert child.exitcode is not None
    return subprocess.CompletedProcess(["-c", *words], child.exitcode, out, err)


def _become(code: str, words: list[str], environment: dict[str, str], said: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(paths.ROOT)
    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["-c", *words]
    exec(compile(code, "<code>", "exec"), {"__name__": "__main__"})  # noqa: S102
