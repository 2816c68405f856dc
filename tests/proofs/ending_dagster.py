"""Dagster's pages end when they are told to: `dg dev` and `bodyworn ui`, with all they started.

Each is started as the docs say over a home of its own. When its port answers, SIGTERM goes to the
one process that a service manager knows. Within the time that the docs promise nothing of it is
left: neither a process that it started nor the port.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from orchestration import paths

STARTS_WITHIN = 600.0
ENDS_WITHIN = 120.0
BESIDE = Path(sys.executable).parent


def ways() -> Iterator[tuple[str, tuple[int, list[str]]]]:
    """What the docs tell to start, by name: a port of its own, and the command."""
    found = {"dg dev": [str(BESIDE / "dg"), "dev"], "bodyworn ui": [str(BESIDE / "bodyworn"), "ui"]}
    if uv := shutil.which("uv"):
        found["uv run dg dev"] = [uv, "run", "--no-sync", "dg", "dev"]
    for name, command in found.items():
        port = free_port()
        yield name, (port, [*command, "--port", str(port)])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex(("127.0.0.1", port)) == 0


def started_by(process: int) -> set[int]:
    """Every process below one, by the parents that the machine names."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text("utf-8")
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found, grown = {process}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found - {process}


def is_running(process: int) -> bool:
    """Whether a process is there and is not merely waiting to be buried."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def end(command: Sequence[str], port: int, home: Path) -> tuple[str, bool]:
    """Start, wait for the port, tell it to end; what came of it and whether that is as promised."""
    own = {"BODYWORN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    (home / "dagster").mkdir(parents=True)
    with (home / "said").open("w") as said:
        one = subprocess.Popen(
            command,
            cwd=paths.ROOT,
            env=os.environ | own,
            stdout=said,
            stderr=said,
            preexec_fn=_as_a_service,  # noqa: PLW1509 - this process has no threads
        )
    until = time.monotonic() + STARTS_WITHIN
    while not answers(port) and one.poll() is None and time.monotonic() < until:
        time.sleep(0.5)
    if not answers(port):
        _kill([one.pid, *started_by(one.pid)])
        return f"did not start: {(home / 'said').read_text('utf-8')[-500:]}", False
    below = started_by(one.pid)
    begun = time.monotonic()
    one.send_signal(signal.SIGTERM)
    left: set[int] = below
    while time.monotonic() - begun < ENDS_WITHIN:
        left = {each for each in below if is_running(each)}
        if one.poll() is not None and not left and not answers(port):
            seconds = time.monotonic() - begun
            return f"{len(below)} processes below it ended within {seconds:.0f} s", True
        time.sleep(0.2)
    _kill([*left, one.pid])
    return f"{len(left)} of {len(below)} processes below it run on after {ENDS_WITHIN:.0f} s", False


def _as_a_service() -> None:
    """SIGINT as it is by default: a script ignores it for what it starts with `&`.

    Dagster takes SIGTERM as it takes SIGINT, and would ignore both.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _kill(processes: Sequence[int]) -> None:
    for each in processes:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def main() -> int:
    """End each; a line for each. Returns 1 where something is left."""
    wrong = 0
    for name, (port, command) in ways():
        with tempfile.TemporaryDirectory(prefix="bodyworn-dagster-") as home:
            said, is_right = end(command, port, Path(home))
        wrong += not is_right
        print(f"{'as promised' if is_right else 'WRONG'}: {name}: {said}", flush=True)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
