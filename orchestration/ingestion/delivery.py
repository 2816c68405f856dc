"""A delivered file, a fault in it, and its refusal: what every part of the ingestion speaks of."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

Identity = tuple[str, str, str, str]


class State(NamedTuple):
    """What is different when a file was written to or replaced: size, two clocks, inode."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True)
class Delivery:
    """A file as delivered for one table of one programme, and its place in the order of arrival.

    `name` is its path below landing, which tells files of one name in two folders apart. `as_of`
    is set when a load is repeated. `state` is how the file stood when it was hashed.
    """

    programme: str
    source: str
    table: str
    path: Path
    name: str
    file_hash: str
    arrival: int = 0
    as_of: date | None = None
    state: State | None = None

    @property
    def identity(self) -> Identity:
        """Programme, source, table and content."""
        return self.programme, self.source, self.table, self.file_hash


@dataclass(frozen=True)
class Fault:
    """One record that cannot be used, by its place in the file; never its content."""

    record: int
    line: int | None
    column: str | None
    reason: str


class Refused(Exception):
    """The whole file is refused; the message says why and what the sender can do."""
