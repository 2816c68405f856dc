"""A reader of one delivered file: a query over text columns, and an independent record count."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import duckdb
import numpy as np

from orchestration.ingestion.delivery import Fault
from orchestration.ingestion.formats.csv_blocks import Integers
from orchestration.storage.sql import literal


def no_faults(_: duckdb.DuckDBPyConnection) -> list[Fault]:
    """The faults of a format whose reader itself rejects no record."""
    return []


def no_lines(records: Integers) -> Integers:
    """The lines of a format that has none: 0 means unknown."""
    return np.zeros(len(records), dtype=np.int64)


@dataclass
class FileReader:
    """One delivered file as text.

    `query` selects columns c0, c1, ... of text in the order of `headers`, one row per record except
    those in `skipped` (blank or isolated, ascending) and those that `rejected` reports after the
    query ran. `records` comes from a count that does not use the query, `physical_lines` counts
    lines of text (None where there are none). `families` are the declared types that typed columns
    can hold; `is_typed` says that text came from typed cells, in the engine's own notation.
    `is_ascii` and `has_controls` say which characters the text holds, where that was checked: rows
    are then not searched for characters that the file does not have.
    """

    headers: list[str]
    query: str
    records: int
    physical_lines: int | None = None
    blank: int = 0
    skipped: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    faults: list[Fault] = field(default_factory=list)
    rejected: Callable[[duckdb.DuckDBPyConnection], list[Fault]] = no_faults
    lines: Callable[[Integers], Integers] = no_lines
    families: dict[str, set[str]] = field(default_factory=dict)
    is_typed: bool = False
    is_ascii: bool = False
    has_controls: bool = True
    resources: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.resources.close()


def null_or(text: str, nulls: tuple[str, ...]) -> str:
    """SQL for a text, null where it is one of the contract's codes for a missing value."""
    words = ", ".join(literal(word) for word in nulls)
    return f"case when {text} in ({words}) then null else {text} end" if words else text
