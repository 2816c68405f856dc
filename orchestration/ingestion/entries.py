"""The files of a landing folder as they stand: what may be read, and what is turned away."""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.ingestion.deliveries import Refusal

# Names that transfer tools give to a file until it is complete.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".unfinished")
# A file written to within this many seconds is looked at a second time.
SETTLE_SECONDS = 1.0
LINK_OUT = "It is a link that points outside landing. Deliver the file itself."
GROWING = (
    "It is still being written. It is read in the next run;"
    " write under another name (.part) and rename when done."
)


@dataclass(frozen=True)
class Entry:
    """A regular file below landing; `name` is its path below it, fit for print."""

    path: Path
    name: str
    size: int
    changed_ns: int
    inode: int

    @property
    def state(self) -> tuple[int, int, int]:
        """What is different when the file was written to or replaced."""
        return self.size, self.changed_ns, self.inode


def printable(path: str) -> str:
    """A path as text; bytes that are not UTF-8 become a replacement sign."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def entries(landing: Path) -> tuple[list[Entry], list[Refusal]]:
    """Files below `landing` in order of their names, and what is refused at the door.

    Hidden files are passed over. Waits a second when a file was written to just now, and refuses
    it when it goes on changing.
    """
    found: list[Entry] = []
    refused: list[Refusal] = []
    for seen in _walk(landing):
        (found if isinstance(seen, Entry) else refused).append(seen)  # type: ignore[arg-type]
    fresh = [entry for entry in found if time.time() - entry.changed_ns / 1e9 < SETTLE_SECONDS]
    if fresh:
        time.sleep(SETTLE_SECONDS)
    moving = {entry for entry in fresh if state_of(entry.path) != entry.state}
    refused += [Refusal(entry.name, GROWING) for entry in moving]
    return sorted((e for e in found if e not in moving), key=lambda entry: entry.name), refused


def state_of(path: Path) -> tuple[int, int, int] | None:
    """Size, time of change and inode now; None when the file is gone."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns, now.st_ino


def _walk(landing: Path) -> Iterator[Entry | Refusal]:
    inside = landing.resolve()
    for folder, folders, files in os.walk(landing):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders, *sorted(files)]:
            path = Path(folder, name)
            if name.startswith(".") or (name in folders and not path.is_symlink()):
                continue
            yield _look(path, printable(str(path.relative_to(landing))), inside)


def _look(path: Path, name: str, inside: Path) -> Entry | Refusal:
    if path.is_symlink() and not path.resolve().is_relative_to(inside):
        return Refusal(name, LINK_OUT)
    try:
        now = path.stat()
    except OSError as error:
        return Refusal(name, f"It cannot be opened ({error.strerror}).")
    if stat.S_ISDIR(now.st_mode):
        return Refusal(name, "It is a link to a folder. Deliver the folder itself.")
    if not stat.S_ISREG(now.st_mode):
        return Refusal(name, "It is not a file (a pipe, socket or device).")
    if path.name.lower().endswith(UNFINISHED):
        return Refusal(name, GROWING)
    return Entry(path, name, now.st_size, now.st_mtime_ns, now.st_ino)
