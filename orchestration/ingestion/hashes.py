"""SHA-256 of delivered files, remembered as long as a file is not touched."""

import hashlib
import json
import time
from pathlib import Path

from orchestration import paths
from orchestration.ingestion.durable import write_whole
from orchestration.ingestion.entries import Entry, state_of

# A file changed this shortly before it was read may change again within the clock's grain.
UNSURE_SECONDS = 2.0


class Hashes:
    """A store of hashes by path, size, time of change and inode, kept in the home folder."""

    def __init__(self) -> None:
        self._file = paths.ledger() / "hashes.json"
        self._known = _read(self._file)
        self._is_changed = False

    def of(self, entry: Entry) -> str | None:
        """The hash of a file's content; None when it changed while it was read."""
        path = str(entry.path)
        state = list(entry.state)
        if (known := self._known.get(path)) and known[:3] == state:
            return str(known[3])
        try:
            with entry.path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return None
        if state_of(entry.path) != entry.state:
            return None
        if time.time() - entry.changed_ns / 1e9 > UNSURE_SECONDS:
            self._known[path] = [*state, digest]
            self._is_changed = True
        return digest

    def keep(self) -> None:
        """Remember what was computed."""
        if self._is_changed:
            write_whole(self._file, json.dumps(self._known, sort_keys=True).encode())


def _read(path: Path) -> dict[str, list[int | str]]:
    try:
        known: dict[str, list[int | str]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known
