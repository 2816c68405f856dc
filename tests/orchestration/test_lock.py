"""One run at a time in a home."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.steps.lock import RunUnderWay, run_lock

HOLD = "from orchestration.steps.lock import run_lock; import sys\nwith run_lock():\n    "


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    return tmp_path


def _holder(ending: str) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", f"{HOLD}print('held', flush=True); {ending}"],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def _is_refused_elsewhere() -> bool:
    """Whether another process cannot take the lock now."""
    done = subprocess.run(
        [sys.executable, "-c", f"{HOLD}pass"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode != 0 and "RunUnderWay" in done.stderr


def test_a_second_run_is_refused_and_told_which_process_runs() -> None:
    with _holder("sys.stdin.read()") as child:
        with pytest.raises(RunUnderWay, match=f"process {child.pid}"), run_lock():
            pass
        child.communicate("")


def test_the_command_says_so_and_exits_with_4(own_home: Path) -> None:
    with run_lock():
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "run"],
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    assert f"process {os.getpid()}" in done.stderr
    assert not (own_home / "releases").exists()


def test_a_killed_run_leaves_no_lock() -> None:
    child = _holder("sys.stdin.read()")
    child.kill()
    assert child.wait() == -signal.SIGKILL
    with run_lock():
        assert _is_refused_elsewhere()


def test_a_process_may_take_its_own_lock_again_and_keeps_it_until_the_last_is_given_back() -> None:
    with run_lock():
        with run_lock():
            pass
        assert _is_refused_elsewhere()
    assert not _is_refused_elsewhere()
