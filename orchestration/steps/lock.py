"""One run at a time in a home: a lock that the kernel releases when its process ends, however."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration import paths

_held: set[Path] = set()


class HomeNotUsable(RuntimeError):
    """The home cannot be written to; the message says what is in the way."""


class RunUnderWay(RuntimeError):
    """Another process runs in this home; the message names it."""


def _refuse(handle: int, path: Path) -> RunUnderWay:
    holder = os.pread(handle, 32, 0).decode().strip() or "unknown"
    message = f"another run is under way in {path.parent} (process {holder}): wait until it ends"
    return RunUnderWay(message)


def _open(path: Path, *, restores: bool) -> int:
    if wrong := paths.misplaced():
        raise HomeNotUsable(
            f"{wrong[0]} is a file where a folder should be: move it away, or restore the folder"
            " from a backup"
        )
    if paths.restoring().exists() and not restores:
        raise HomeNotUsable(
            f"a backup was restored into {path.parent} halfway: `bodyworn restore` with the same"
            " file finishes it"
        )
    if path.is_dir():
        raise HomeNotUsable(f"{path} is a folder where the lock file should be: remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise HomeNotUsable(
            f"the home {path.parent} cannot be written to ({error.strerror}): give whoever runs"
            " this the right to write there, or name another home with BODYWORN_HOME"
        ) from error


@contextmanager
def run_lock(*, restores: bool = False) -> Iterator[None]:
    """Hold the home for one run. Raises RunUnderWay when another process holds it.

    Raises HomeNotUsable where no lock file can be opened, as in a home that cannot be written to,
    and where a restore stopped halfway, but for the restore itself.

    Within one process it may be taken again: the command takes it before it looks at landing, the
    Dagster run takes it for runs that were started elsewhere. A lock file left by a killed run
    means nothing, since the lock is the kernel's and not the file.
    """
    path = paths.home() / "run.lock"
    if path in _held:
        yield
        return
    handle = _open(path, restores=restores)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _refuse(handle, path) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        _held.add(path)
        yield
    finally:
        _held.discard(path)
        os.close(handle)
