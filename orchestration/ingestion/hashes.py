"""SHA-256 of delivered files, remembered as long as a file is not touched."""

import hashlib
import json
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.durable import write_whole
from orchestration.ingestion.entries import GROWING, Entry, state_of
from orchestration.ingestion.writers import is_written_to

# A file changed this shortly before it was read may change again within the clock's grain.
UNSURE_SECONDS = 2.0


class Unready(Exception):
    """The file cannot be read now; the message says why."""


class Hashes:
    """A store of hashes by path, size, time of change and inode, kept in the home folder."""

    def __init__(self) -> None:
        self._file = paths.ledger() / "hashes.json"
        self._known = _read(self._file)
        self._is_changed = False

    def of(self, entry: Entry) -> str:
        """The hash of a file's content.

        Raises Unready while somebody writes to the file, and when it changed while it was read.
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
        """Remember what was computed."""
        if self._is_changed:
            write_whole(self._file, json.dumps(self._known, sort_keys=True).encode())


def _digest(entry: Entry) -> str:
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
