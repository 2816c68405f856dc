"""A text file in blocks of whole lines, inspected by two threads ahead of the one that counts.

Where records end in a block is judged from its quotes alone. Two stray quotes can swallow a file: a
stray quote in an empty field opens a text that ends at the next stray quote, thousands of rows
below, and every reader of CSV agrees that this is one record. Its lines give it away: each has as
many fields as the header, and, where the contract knows types, prose does not happen to have a date
or a number where the contract has one.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt

from orchestration.ingestion.delivery import Refused

BLOCK = 4 << 20
NEWLINE = 10
LONGEST_LINE = 8 << 20
TWO_NEWLINES = 0x0A0A
THREADS = 2
# Only a line as long as this can have so many fields that they have to be counted. Twice this
# length is never missed: every piece of a block of this length then has a line end.
LONG_LINE = 1000
SPACE, TAB, DELETE = 32, 9, b"\x7f"
# In UTF-8: the second set of control characters, and the replacement character.
ODD_SIGNS = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf\xbd")
# Reading often stops early, around broken quotes: no threads are started until they are needed.
ALONE = 2
Seen = TypeVar("Seen")
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
RETURN = 13
Looks = Callable[[str], bool]
# With this many lines between the first and the last, the majority of them decides.
ENOUGH_LINES = 3


def blocks_of_lines(stream: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines with their offsets; a last line without a line end is given one."""
    stream.seek(start)
    offset = start
    while block := stream.read(BLOCK):
        if not block.endswith(b"\n"):
            block += stream.readline(LONGEST_LINE)
            if len(block) >= BLOCK + LONGEST_LINE:
                raise Refused(f"A line is longer than {LONGEST_LINE >> 20} MiB: it never ends.")
        yield offset, block if block.endswith(b"\n") else block + b"\n"
        offset += len(block)


def inspected_blocks(
    stream: BinaryIO, start: int, look: Callable[[bytes], Seen]
) -> Iterator[tuple[int, bytes, Seen]]:
    """Blocks of whole lines with their offsets and the result of `look` for each, in order."""
    blocks = blocks_of_lines(stream, start)
    for _, (offset, block) in zip(range(ALONE), blocks, strict=False):
        yield offset, block, look(block)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[tuple[int, bytes, Future[Seen]]] = deque()
        for offset, block in blocks:
            waiting.append((offset, block, pool.submit(look, block)))
            if len(waiting) > THREADS:
                first, text, seen = waiting.popleft()
                yield first, text, seen.result()
        for first, text, seen in waiting:
            yield first, text, seen.result()


def has_controls(block: bytes, separator: int, plain: tuple[int, int] | None) -> bool:
    """Whether a block holds control characters that neither end a line nor separate fields.

    The replacement character for a lost letter counts as one. All are searched for at once: nearly
    all blocks have none, and their rows then need not be looked at one by one. `plain` is the
    result of `plain_ends`.
    """
    data = np.frombuffer(block, dtype=np.uint8)
    if plain is None:
        plain = block.count(b"\n"), block.count(b"\r\n") if b"\r" in block else 0
    expected = sum(plain) + (block.count(b"\t") if separator == TAB else 0)
    if int(np.count_nonzero(data < SPACE)) != expected or DELETE in block:
        return True
    return not block.isascii() and ODD_SIGNS.search(block) is not None


def plain_ends(block: bytes, quote: int | None) -> tuple[int, int] | None:
    """Line ends of a block, and how many are CRLF; None when it holds quotes or unusual lines.

    Unusual are blank lines, very long ones, and carriage returns that end no line or only some
    lines.
    """
    if quote is not None and quote in block:
        return None
    data = np.frombuffer(block, dtype=np.uint8)
    ends = data == NEWLINE
    if has_long_line(ends):
        return None
    newlines = int(np.count_nonzero(ends))
    has_returns = b"\r" in block
    returns = block.count(b"\r\n") if has_returns else 0
    uneven = has_returns and (returns != newlines or block.count(b"\r") != returns)
    return None if uneven or has_blank(block, data) else (newlines, returns)


def has_long_line(ends: npt.NDArray[np.bool_]) -> bool:
    """Whether a line may be longer than `LONG_LINE`; `ends` marks the bytes that end a line."""
    pieces = len(ends) // LONG_LINE
    each = ends[: pieces * LONG_LINE].reshape(pieces, LONG_LINE).any(axis=1)
    return not bool(each.all())


def has_blank(block: bytes, data: npt.NDArray[np.uint8]) -> bool:
    """Whether two newlines follow each other; pairs are compared at once, at both alignments."""
    if block.startswith((b"\n", b"\r\n")) or (b"\r" in block and b"\n\r\n" in block):
        return True
    ends = (data[shift : shift + (len(data) - shift) // 2 * 2].view(np.uint16) for shift in (0, 1))
    return any(bool((pairs == TWO_NEWLINES).any()) for pairs in ends)


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


@dataclass(frozen=True)
class RowShape:
    """What a row of this file looks like: its number of fields, and which texts fit some of them.

    `typed` says, by the place of a field, whether a text can be a value of it.
    """

    dialect: Dialect
    fields: int
    typed: Mapping[int, Looks] = field(default_factory=dict)

    def is_row(self, line: bytes) -> bool:
        """Whether a line could be a record, whatever its quotes say.

        It has as many fields as the header, and at least half of its typed fields fit.
        """
        if line.count(self.dialect.separator) + 1 != self.fields:
            return False
        cells = line.decode("utf-8", errors="replace").split(chr(self.dialect.separator))
        fitting = sum(fits(cells[at].strip(' "\r')) for at, fits in self.typed.items())
        return 2 * fitting >= len(self.typed)


ShapeOf = Callable[[bytes], RowShape]


def shape_by_header(header: bytes, dialect: Dialect) -> RowShape:
    """The shape of rows of a file of which only the header is known."""
    return RowShape(dialect, len(header_fields(header.decode("utf-8", "replace"), dialect)))


def header_fields(header: str, dialect: Dialect) -> list[str]:
    """The names in a header, without blanks around them."""
    fields = csv.reader(
        io.StringIO(header, newline=""),
        delimiter=chr(dialect.separator),
        quotechar=chr(dialect.quote) if dialect.quote else None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=False,
    )
    return [name.strip() for name in next(fields, [])]


def is_swallowing(lines: Sequence[bytes], shape: RowShape) -> bool:
    """Whether a well-quoted record of these lines, of the right number of fields, swallows rows.

    Its first and last line look like rows; or, where the rows with the stray quotes have faults of
    their own, most of several lines between them do.
    """
    first, *inner, last = (shape.is_row(line) for line in lines)
    return (first and last) or (len(inner) >= ENOUGH_LINES and 2 * sum(inner) > len(inner))


def first_swallowing(
    block: bytes, piece: Piece, start: int, carried: bytes, shape: RowShape
) -> int | None:
    """Where the first record of a block that swallows others has its first line end.

    `start` is where the first record begins, negative when that was in an earlier block, whose part
    of the record is `carried`. -1 when that first record is the one; None when no record is. A
    record over several lines with more or fewer fields than the header counts as one that swallows.
    """
    if not len(piece.ends):
        return None
    if start < 0 and _is_carried_at_fault(block, piece, carried, shape):
        return -1
    if not len(piece.inner):
        return None
    separators = _separators(block, shape.dialect)
    inner, records = _complete(piece, after=0 if start < 0 else -1)
    starts = np.concatenate([[start], piece.ends[:-1] + 1])
    for record in _suspects(inner, records, starts, piece, separators, shape.fields):
        text = block[starts[record] : piece.ends[record]]
        is_ragged = _fields(separators, piece, starts[record], piece.ends[record]) != shape.fields
        if is_ragged or is_swallowing(text.split(b"\n"), shape):
            return int(inner[np.searchsorted(records, record)])
    return None


def _is_carried_at_fault(block: bytes, piece: Piece, carried: bytes, shape: RowShape) -> bool:
    text = carried + block[: piece.ends[0]]
    is_ragged = fields_of(text, shape.dialect) != shape.fields
    return is_ragged or is_swallowing(text.split(b"\n"), shape)


def fields_of(record: bytes, dialect: Dialect) -> int:
    """How many fields a record has; separators inside quotes do not count."""
    whole = read_block(record + b"\n", dialect, opened=False)
    return _fields(_separators(record, dialect), whole, 0, len(record))


def _separators(text: bytes, dialect: Dialect) -> Integers:
    return np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == dialect.separator)


def _complete(piece: Piece, after: int) -> tuple[Integers, Integers]:
    """Line ends inside quotes, each with its record, for records that end in the block."""
    records = np.searchsorted(piece.ends, piece.inner)
    kept = (records < len(piece.ends)) & (records > after)
    return piece.inner[kept], records[kept]


def _fields(separators: Integers, piece: Piece, start: int, end: int) -> int:
    """How many fields a record has; separators inside quotes do not count."""
    inside = separators[np.searchsorted(separators, start) : np.searchsorted(separators, end)]
    return int(np.count_nonzero(piece.is_outside(inside))) + 1


def _suspects(
    inner: Integers,
    records: Integers,
    starts: Integers,
    piece: Piece,
    separators: Integers,
    fields: int,
) -> list[int]:
    """Records over several lines that need a closer look, ascending.

    Those are records with another number of fields than the header, and records of which a line
    after the first has as many fields as the header: most texts over several lines have none.
    """
    if not len(inner):
        return []
    several = np.unique(records)
    ends = np.where(
        np.append(records[1:] != records[:-1], True), piece.ends[records], np.append(inner[1:], 0)
    )
    counts = np.searchsorted(separators, ends) - np.searchsorted(separators, inner)
    splitting = records[counts + 1 == fields]
    outside = separators[piece.is_outside(separators)]
    found = np.searchsorted(outside, piece.ends[several]) - np.searchsorted(
        outside, starts[several]
    )
    ragged = several[found + 1 != fields]
    suspects: list[int] = np.union1d(splitting, ragged).tolist()
    return suspects
