"""Where records end in a block of text, judged from its quotes alone."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from orchestration.ingestion.formats.csv_blocks import NEWLINE

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Earlier = TypeVar("Earlier", int, None)
RETURN = 13


@dataclass(frozen=True)
class Dialect:
    """The bytes that separate and enclose fields; `quote` is None when nothing is quoted."""

    separator: int
    quote: int | None
    escape: int | None


@dataclass(frozen=True)
class Piece:
    """What a block holds: ends of records, and the quote that is open or broken, by position.

    `strays` are carriage returns outside quotes that end no line.
    `broken` is the opening quote of the first field that is not closed properly, -1 when it was
    opened in an earlier block; `ends` then stop before it. `opening` is the quote still open at the
    end of the block, None when none is or it was opened earlier.
    """

    ends: Integers
    strays: Integers
    opened: bool
    opening: int | None
    broken: int | None


def read_block(block: bytes, dialect: Dialect, *, opened: bool) -> Piece:
    """Find the newlines outside quotes in a block that ends with a newline.

    `opened` says that the block begins inside a quoted field. Shapes: positions are 1-d int64.
    """
    data = np.frombuffer(block, dtype=np.uint8)
    newlines = np.flatnonzero(data == NEWLINE)
    returns = np.flatnonzero(data[:-1] == RETURN) if b"\r" in block else newlines[:0]
    strays = returns[data[returns + 1] != NEWLINE]
    quotes = _quotes(data, dialect)
    if not len(quotes):
        none = newlines[:0]
        ends, strays = (none, none) if opened else (newlines, strays)
        return Piece(ends, strays, opened=opened, opening=None, broken=None)
    run = _Run(data, quotes, dialect, opened=opened)
    closing = run.walk()
    counted = quotes[run.counts]
    ends, strays = (
        at[(np.searchsorted(counted, at) + opened) % 2 == 0] for at in (newlines, strays)
    )
    if closing is None and (len(counted) + opened) % 2 == 0:
        return Piece(ends, strays, opened=False, opening=None, broken=None)
    first = run.opening_of(len(quotes) if closing is None else closing)
    if closing is None:
        return Piece(ends, strays, opened=True, opening=_at(quotes, first, None), broken=None)
    place = _at(quotes, first, -1)
    return Piece(
        ends[ends < place], strays[strays < place], opened=False, opening=None, broken=place
    )


def _at(quotes: Integers, number: int, otherwise: Earlier) -> int | Earlier:
    return int(quotes[number]) if number >= 0 else otherwise


def _quotes(data: npt.NDArray[np.uint8], dialect: Dialect) -> Integers:
    """Positions of the quotes that are not taken back by another escape character."""
    if dialect.quote is None:
        return np.empty(0, dtype=np.int64)
    quotes = np.flatnonzero(data == dialect.quote)
    if dialect.escape in (None, dialect.quote):
        return quotes
    escaped = np.zeros(len(quotes), dtype=np.int64)
    running = np.ones(len(quotes), dtype=bool)
    while running.any():
        at = quotes - 1 - escaped
        running &= (at >= 0) & (data[np.maximum(at, 0)] == dialect.escape)
        escaped += running
    kept: Integers = quotes[escaped % 2 == 0]
    return kept


class _Run:
    """The quotes of a block in turn: each opens, closes, or stands for itself in plain text."""

    def __init__(
        self, data: npt.NDArray[np.uint8], quotes: Integers, dialect: Dialect, *, opened: bool
    ) -> None:
        doubled = dialect.escape == dialect.quote
        pair = (np.diff(quotes) == 1) & doubled
        self.paired = np.concatenate([[False], pair])
        before = data[np.maximum(quotes - 1, 0)]
        after = data[np.minimum(quotes + 1, len(data) - 1)]
        starts = (before == dialect.separator) | (before == NEWLINE) | (quotes == 0)
        stops = (after == dialect.separator) | (after == NEWLINE) | (after == RETURN)
        self.starts = np.flatnonzero(starts)
        wrong_start = ~(starts | self.paired)
        wrong_stop = ~(stops | np.concatenate([pair, [False]]))
        odd = np.arange(len(quotes)) % 2 == 1
        # For each phase (which of the even and the odd quotes open) the quotes that cannot be so.
        self.wrong = (
            np.flatnonzero(np.where(odd, wrong_stop, wrong_start)),
            np.flatnonzero(np.where(odd, wrong_start, wrong_stop)),
        )
        self.phase = int(opened)
        self.counts = np.ones(len(quotes), dtype=bool)
        self.first = 0

    def walk(self) -> int | None:
        """Pass over quotes in plain text; the first that closes a field wrongly, or None."""
        while True:
            wrong = self.wrong[self.phase]
            place = np.searchsorted(wrong, self.first)
            if place == len(wrong):
                return None
            at = int(wrong[place])
            if at % 2 != self.phase:
                return at
            # A quote inside an unquoted field is text, and so are all up to the next field.
            following = np.searchsorted(self.starts, at, side="right")
            last = len(self.counts)
            self.first = int(self.starts[following]) if following < len(self.starts) else last
            self.counts[at : self.first] = False
            self.phase = self.first % 2

    def opening_of(self, closing: int) -> int:
        """The quote that opened the field which `closing` would end; -1 if before the block."""
        at = closing - 1
        while at > self.first and self.paired[at]:
            at -= 2
        return at if at >= self.first else -1
