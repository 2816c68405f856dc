"""kill -9 at every stage of a whole run, and a full disk: the next run finishes the job.

Every durable step within the stage that builds a release has its test in tests/release.
"""

import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.release.verify import verify
from tests.conftest import SOME_ASSETS
from tests.orchestration.conftest import Home

# A child that dies at the first durable step whose path holds a word: no hook in the product.
MORTAL = """
import os, signal, sys
stage, event = sys.argv[1:3]
del sys.argv[1:3]
def watch(name, args):
    if name == event and any(stage in str(a) for a in args[:2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
"""
WHOLE = """
from orchestration.cli import app
app(sys.argv[1:])
"""
EVERYTHING = ""
# Each kill goes on from what the one before left, and a whole run is made only where one is needed:
# a model, the estimates and the release can be reached alone in a home that holds the rest.
STAGES = [
    ("ledger/arrivals.json", "os.rename", EVERYTHING),
    ("/raw/", "os.rename", EVERYTHING),
    ("ledger/rows/", "os.rename", EVERYTHING),
    ("derived/ingestion/ledger/ledger.parquet", "os.rename", EVERYTHING),
    ("compiled/bodyworn/models/marts/metrics/fct_metrics.sql", "open", "fct_metrics"),
    ("derived/evaluation/estimates.parquet", "os.rename", "estimates"),
    (".candidate-", "os.rename", EVERYTHING),
    ("releases/current", "os.rename", "release"),
    ("status.json", "os.rename", EVERYTHING),
]
FULL_AFTER = "derived/evaluation/estimates.parquet"
SMALL_FILES = 50_000

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def _killed(home: Home, stage: str, event: str, assets: str) -> None:
    code, words = (SOME_ASSETS, [assets, *home.as_usual]) if assets else (WHOLE, home.as_usual)
    done = home.python("-c", MORTAL + code, stage, event, *words)
    assert done.returncode == -signal.SIGKILL, f"{stage} was never reached: {done.stderr}"


def _without_room(home: Home) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILES, SMALL_FILES))

    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(home.landing)],
        env=home.environment,
        cwd=paths.ROOT,
        preexec_fn=small,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1


def _whole(home: Home) -> Path:
    serving = (home.releases / "current").resolve(strict=True)
    assert verify(serving) == []
    return serving


def test_a_run_killed_anywhere_or_out_of_room_ends_as_an_undisturbed_one(
    released: Home, followed: Home, tmp_path: Path
) -> None:
    home = released.copy(tmp_path)
    shutil.copytree(followed.landing, home.landing, dirs_exist_ok=True)
    before, undisturbed = _whole(released).name, read_manifest(_whole(followed))
    for stage, event, assets in STAGES:
        _killed(home, stage, event, assets)
        assert _whole(home).name in {before, _whole(followed).name}
        if stage == FULL_AFTER:
            _without_room(home)
            assert _whole(home).name == before
    assert home.run().returncode in {0, 3}
    finished = read_manifest(_whole(home))
    assert finished["content_hash"] == undisturbed["content_hash"]
    assert finished["outputs"] == undisturbed["outputs"]
