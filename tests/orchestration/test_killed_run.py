"""kill -9 at every stage of a whole run, and a full disk: the next run finishes the job.

Every durable step within the stage that builds a release has its test in tests/release.
"""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.release.current import read_manifest
from orchestration.release.verify import verify
from tests.orchestration.conftest import AS_OF, Home

# A child that dies at the first durable step whose path holds a word: no hook in the product.
MORTAL = """
import os, signal, sys
stage, event, landing, as_of = sys.argv[1:]
def watch(name, args):
    if name == event and any(stage in str(a) for a in args[:2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from orchestration.cli import app
app(["run", "--landing", landing, "--as-of", as_of])
"""
STAGES = [
    ("ledger/arrivals.json", "os.rename"),
    ("/raw/", "os.rename"),
    ("ledger/rows/", "os.rename"),
    ("derived/ingestion/ledger/ledger.parquet", "os.rename"),
    ("fct_metrics.sql", "open"),
    ("derived/evaluation/estimates.parquet", "os.rename"),
    (".candidate-", "os.rename"),
    ("releases/current", "os.rename"),
    ("status.json", "os.rename"),
]
FULL_AFTER = "derived/evaluation/estimates.parquet"
SMALL_FILES = 50_000

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


def _killed(home: Home, stage: str, event: str) -> None:
    command = [sys.executable, "-c", MORTAL, stage, event, str(home.landing), AS_OF]
    done = subprocess.run(
        command, env=home.environment, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
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
    released: Home, deliver: Callable[[Home], None], tmp_path: Path
) -> None:
    calm, disturbed = released.copy(tmp_path / "calm"), released.copy(tmp_path / "disturbed")
    for home in (calm, disturbed):
        deliver(home)
    assert calm.run().returncode == 0
    before = _whole(disturbed).name
    for stage, event in STAGES:
        _killed(disturbed, stage, event)
        assert _whole(disturbed).name in {before, _whole(calm).name}
        if stage == FULL_AFTER:
            _without_room(disturbed)
            assert _whole(disturbed).name == before
    assert disturbed.run().returncode == 0
    undisturbed, finished = read_manifest(_whole(calm)), read_manifest(_whole(disturbed))
    assert finished["content_hash"] == undisturbed["content_hash"]
    assert finished["outputs"] == undisturbed["outputs"]
