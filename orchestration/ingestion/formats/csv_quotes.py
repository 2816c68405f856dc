"""Where records end in a block of text, judged from its quotes alone."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from orchestration.ingestion.formats.csv_blocks import NEWLINE

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
RETURN = 13


@dataclass(frozen=True)
class Dialect:
    """The bytes that separate and enclose fields; `quote` is None when nothing is quoted."""

    separator: int
    quote: int | None
    escape: int | None


@dataclass(frozen=True)
class Piece:
    """What a block holds, by position: ends of records, and the quote that is open or broken.

    `strays` are carriage returns outside quotes that end no line, `inner` line ends inside quotes,
    `quotes` those that open or close a field; `began_open` says that the block begins inside one.
    `broken` is the opening quote of the first field that is not closed properly, -1 when it was
    opened in an earlier block; `ends` then stop before it. `opened` says that a quote is still open
    at the end of the block.
    """

    ends: Integers
    strays: Integers
    inner: Integers
    quotes: Integers
    began_open: bool
    opened: bool
    broken: int | None

    def is_outside(self, places: Integers) -> Flags:
        """Which of these positions are outside quotes."""
        found: Flags = (np.searchsorted(self.quotes, places) + self.began_open) % 2 == 0
        return found

    def before(self, place: int) -> "Piece":
        """The piece up to `place`; the field that is open there counts as broken."""
        ends, strays, inner = (at[at < place] for at in (self.ends, self.strays, self.inner))
        return replace(self, ends=ends, strays=strays, inner=inner, opened=False, broken=place)


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
        ends, inner = (none, newlines) if opened else (newlines, none)
        strays = none if opened else strays
        return Piece(ends, strays, inner, quotes, opened, opened, broken=None)
    run = _Run(data, quotes, dialect, opened=opened)
    closing = run.walk()
    counted = quotes[run.counts]
    is_outside = (np.searchsorted(counted, newlines) + opened) % 2 == 0
    ends, inner = newlines[is_outside], newlines[~is_outside]
    strays = strays[(np.searchsorted(counted, strays) + opened) % 2 == 0]
    piece = Piece(ends, strays, inner, counted, opened, opened=False, broken=None)
    if closing is None and (len(counted) + opened) % 2 == 0:
        return piece
    if closing is None:
        return replace(piece, opened=True)
    first = run.opening_of(closing)
    return piece.before(int(quotes[first]) if first >= 0 else -1)


def _quotes(data: npt.NDArray[np.uint8], dialect: Dialect) -> Integers:
    """Positions of the quotes that are not themselves escaped."""
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
    """The quotes of a block in turn: each opens a field, closes one, or is plain text."""

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
        # For each phase (whether even or odd quotes open a field), the quotes that cannot do so.
        self.wrong = (
            np.flatnonzero(np.where(odd, wrong_stop, wrong_start)),
            np.flatnonzero(np.where(odd, wrong_start, wrong_stop)),
        )
        self.phase = int(opened)
        self.counts = np.ones(len(quotes), dtype=bool)
        self.first = 0

    def walk(self) -> int | None:
        """Skip quotes in plain text; return the first that closes a field wrongly, or None."""
        while True:
            wrong = self.wrong[self.phase]
            place = np.searchsorted(wrong, self.first)
            if place == len(wrong):
                return None
            at = int(wrong[place])
            if at % 2 != self.phase:
                return at
            # A quote inside an unquoted field is text, and so are all quotes up to the next field.
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
