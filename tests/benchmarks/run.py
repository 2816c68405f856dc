"""Seconds of whole runs, beside the start of Python with Dagster in the same minutes."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.programmes.programme import read_programmes
from tests.real_data import shared_folder

Aim = tuple[str, float, list[str]]
START = [sys.executable, "-c", "import dagster"]


def _seconds(command: list[str], home: Path, allowed: set[int]) -> float:
    outside = {"LANDING", "DAGSTER_HOME", "BODYWORN_WEBHOOK"}
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    began = time.perf_counter()
    done = subprocess.run(
        command,
        env=kept | {"BODYWORN_HOME": str(home)},
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - began


def _bodyworn(*words: str) -> list[str]:
    return [sys.executable, "-m", "orchestration.cli", *words]


def _check(home: Path) -> Aim:
    """A check of the smallest file of the demonstration."""
    [programme] = [one for one in read_programmes() if one.is_synthetic][:1]
    files = sorted((home / "landing").rglob("*.csv"), key=lambda file: file.stat().st_size)
    for contract in read_contracts():
        for file in files:
            named = any(file.match(pattern) for pattern in contract.meta.files)
            if contract.source in programme.sources and named:
                words = ("check", str(file), "--source", contract.source, "--table", contract.name)
                return f"check of {file.stat().st_size:,} bytes", 1.5, _bodyworn(*words)
    return "nothing to check", 1.5, START


def _print(name: str, aim: float, seconds: float, start: float) -> None:
    sys.stdout.write(
        f"{name:<34}{seconds:8.1f} s   aim {aim:5.1f} s   {seconds / start:6.1f} x that start\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Print every figure; a run that fails ends the benchmark."""
    real = shared_folder() / "data"
    with tempfile.TemporaryDirectory(prefix="bodyworn-bench-") as folder:
        demo, four = Path(folder, "demo"), Path(folder, "four")
        start = min(_seconds(START, demo, {0}) for _ in range(3))
        sys.stdout.write(f"starting Python with Dagster      {start:8.1f} s\n")
        _print("demonstration to release", 60, _seconds(_bodyworn("run"), demo, {0, 3}), start)
        _print("nothing new", 5, _seconds(_bodyworn("run"), demo, {0, 3}), start)
        name, aim, command = _check(demo)
        _print(name, aim, _seconds(command, demo, {0, 1}), start)
        if real.is_dir():
            command = _bodyworn("run", "--landing", str(real))
            _print("four real programmes to release", 90, _seconds(command, four, {0, 3}), start)


if __name__ == "__main__":
    main()
