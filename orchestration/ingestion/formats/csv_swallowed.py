"""Records whose lines are records themselves: two stray quotes can swallow a file.

A stray quote in an empty field opens a text that ends at the next stray quote, thousands of rows
below, and every reader of CSV agrees that this is one record. Its lines give it away: each has as
many fields as the header, and, where the contract knows types, prose does not happen to have a date
or a number where the contract has one.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.ingestion.formats.csv_quotes import Dialect, Integers, Piece, read_block

Looks = Callable[[str], bool]
# With this many lines between the first and the last, the majority of them decides.
ENOUGH_LINES = 3


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
