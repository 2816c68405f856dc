"""A delivered file, a fault in it, and its refusal: types shared by all of `ingestion`."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

Identity = tuple[str, str, str, str]


class FileState(NamedTuple):
    """Size, two times and inode of a file: one of them changes when it is written or replaced."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True)
class Delivery:
    """A file as delivered for one table of one programme, and its place in the arrival order.

    `name` is its path below landing, so that files of the same name in two folders differ. `as_of`
    is set when a load is repeated. `state` is the state of the file when it was hashed.
    """

    programme: str
    source: str
    table: str
    path: Path
    name: str
    file_hash: str
    arrival: int = 0
    as_of: date | None = None
    state: FileState | None = None

    @property
    def identity(self) -> Identity:
        """Programme, source, table and content."""
        return self.programme, self.source, self.table, self.file_hash


@dataclass(frozen=True)
class Fault:
    """A record that cannot be used, by its place in the file; its content is never kept."""

    record: int
    line: int | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class RefusedFile:
    """A file or folder in landing that is not loaded, and what can be done about it."""

    name: str
    sentence: str


class Refused(Exception):
    """The whole file is refused; the message says why and what the sender can do.

    `kept` is the wording for ledger and pages, where the message itself may only appear on a
    terminal.
    """

    def __init__(self, message: str, kept: str | None = None) -> None:
        super().__init__(message)
        self.kept = kept


class LimitMet(Refused):
    """The whole file is refused because it exceeds a limit, which a setting may raise."""


class NotNow(Exception):
    """The file cannot be loaded in this run; the message says why, the next run tries again."""
