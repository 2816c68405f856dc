"""The files of a landing folder: which of them may be read, and the hash of each."""

import errno
import fcntl
import hashlib
import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.delivery import FileState, RefusedFile
from orchestration.ingestion.safe_names import printable
from orchestration.storage.durable import write_whole

# Names that transfer tools give to a file until it is complete.
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".unfinished")
# Endings of data files: a folder with one of them is a mistake, or a file in several parts.
DATA = (".csv", ".gz", ".parquet", ".json", ".jsonl", ".ndjson", ".txt", ".xlsx")
# A file written to within this many seconds is checked again a little later.
FRESH_SECONDS = 1.0
WAIT_SECONDS = 0.2
HIDDEN = "hidden: its name begins with a dot, so it was not looked at"
LINK_OUT = "It is a link that points outside landing. Deliver the file itself."
LINK_AWAY = "It is a link into another folder of landing. Deliver the file itself."
GROWING = (
    "It is still being written. It is read in the next run;"
    " write under another name (.part) and rename when done."
)
# A file changed this shortly before it was read may change again within the same clock tick.
UNSURE_SECONDS = 2.0


@dataclass(frozen=True)
class Hidden:
    """A file or folder whose name begins with a dot; what a hidden folder holds is not listed."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} ({HIDDEN})"


@dataclass(frozen=True)
class LandingFile:
    """A regular file below landing; `name` is its path below it, safe to print."""

    path: Path
    name: str
    state: FileState

    @property
    def age(self) -> float:
        """Seconds since the file was last written, by clocks that may disagree."""
        return abs(time.time() - self.state.modified_ns / 1e9)


def list_files(landing: Path) -> tuple[list[LandingFile], list[RefusedFile], list[Hidden]]:
    """Files below `landing` in order of name, refused files, and hidden ones; nothing is read.

    A file written to just now is checked twice, and refused if it goes on changing.
    """
    seen = list(_walk(landing))
    found = [each for each in seen if isinstance(each, LandingFile)]
    refused = [each for each in seen if isinstance(each, RefusedFile)]
    hidden = [each for each in seen if isinstance(each, Hidden)]
    fresh = [entry for entry in found if entry.age < FRESH_SECONDS]
    if fresh:
        time.sleep(WAIT_SECONDS)
    moving = {entry for entry in fresh if state_of(entry.path) != entry.state}
    refused += [RefusedFile(entry.name, GROWING) for entry in moving]
    still = sorted((e for e in found if e not in moving), key=lambda entry: entry.name)
    return still, refused, hidden


def state_of(path: Path) -> FileState | None:
    """The state of a file now; None when it is gone."""
    try:
        return _state(path.stat())
    except OSError:
        return None


def _state(now: os.stat_result) -> FileState:
    return FileState(now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino)


def _walk(landing: Path) -> Iterator[LandingFile | RefusedFile | Hidden]:
    inside = landing.resolve()
    closed: list[RefusedFile] = []

    def note(error: OSError) -> None:
        name = printable(str(Path(error.filename).relative_to(landing)))
        closed.append(RefusedFile(name, f"The folder cannot be opened ({error.strerror})."))

    for folder, folders, files in os.walk(landing, onerror=note):
        here = Path(folder)
        for name in sorted([*folders, *files]):
            path = here / name
            shown = printable(str(path.relative_to(landing)))
            if name.startswith("."):
                yield Hidden(shown)
            elif name in files or path.is_symlink() or _is_data(name):
                yield _look(path, shown, inside)
        folders[:] = sorted(n for n in folders if not n.startswith(".") and not _is_data(n))
    yield from closed


def _is_data(folder: str) -> bool:
    return folder.lower().endswith(DATA)


def _look(path: Path, name: str, inside: Path) -> LandingFile | RefusedFile:
    if path.is_symlink() and (sentence := _away(path, name, inside)):
        return RefusedFile(name, sentence)
    try:
        now = path.stat()
    except OSError as error:
        return RefusedFile(name, f"It cannot be opened ({error.strerror}).")
    if stat.S_ISDIR(now.st_mode):
        return RefusedFile(name, "It is a folder where a file should be. Deliver the file itself.")
    if not stat.S_ISREG(now.st_mode):
        return RefusedFile(name, "It is not a file (a pipe, socket or device).")
    if path.name.lower().endswith(UNFINISHED):
        return RefusedFile(name, GROWING)
    return LandingFile(path, name, _state(now))


def _away(link: Path, name: str, inside: Path) -> str | None:
    """Why a link is not followed: a sender must not reach other people's files."""
    target = link.resolve()
    if not target.is_relative_to(inside):
        return LINK_OUT
    if target.relative_to(inside).parts[:1] != Path(name).parts[:1]:
        return LINK_AWAY
    return None


def is_written_to(path: Path) -> bool:
    """True when the system knows of a writer; False also where it cannot know.

    Linux gives a read lease on a file only while nobody has it open for writing. Other systems,
    network disks and files of other owners do not report writers; there, a change during the read
    is noticed.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # The kernel announces a new writer by a signal; this one is ignored by default.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


class Unready(Exception):
    """The file cannot be read now; the message says why."""


class Hashes:
    """A store of hashes by path, size, time of change and inode, kept in the home folder."""

    def __init__(self) -> None:
        self._file = paths.ledger() / "hashes.json"
        self._known = _read(self._file)
        self._is_changed = False

    def of(self, entry: LandingFile) -> str:
        """The hash of a file's content.

        Raises Unready while somebody writes to the file, and when it changed during the read.
        """
        path = str(entry.path)
        if (known := self._known.get(path)) and known[:-1] == list(entry.state):
            return str(known[-1])
        digest = _digest(entry)
        if entry.age > UNSURE_SECONDS:
            self._known[path] = [*entry.state, digest]
            self._is_changed = True
        return digest

    def keep(self) -> None:
        """Save the hashes that were computed."""
        if self._is_changed:
            write_whole(self._file, json.dumps(self._known, sort_keys=True).encode())


def _digest(entry: LandingFile) -> str:
    try:
        if is_written_to(entry.path):
            raise Unready(GROWING)
        with entry.path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise Unready(f"It cannot be read ({error.strerror}).") from error
    if state_of(entry.path) != entry.state:
        raise Unready(GROWING)
    return digest


def _read(path: Path) -> dict[str, list[int | str]]:
    try:
        known: dict[str, list[int | str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known
