"""Counts the records of a text file from its bytes, without the reader that loads it.

A newline inside quotes belongs to its record. A record whose quotes do not close properly, or close
so far below that they swallow other records, is isolated: it ends at the first line end after the
opening quote, and counting goes on after it.
"""

import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import BinaryIO

import numpy as np

from orchestration.ingestion.delivery import Fault, LimitMet, Refused, limit_setting
from orchestration.ingestion.formats.csv_blocks import (
    LONG_LINE,
    RETURN,
    Dialect,
    Flags,
    Integers,
    Piece,
    RowShape,
    ShapeOf,
    fields_of,
    first_swallowing,
    has_controls,
    inspected_blocks,
    is_swallowing,
    plain_ends,
    read_block,
    shape_by_header,
)

# DuckDB's longest record: a quote that stays open for longer was never closed.
LONGEST_RECORD = 2_000_000
LONGEST_HEADER = 1_000_000
# More broken records than this mean that another quote character is in use.
MOST_BROKEN = 1000


# A record with this many extra fields is kept from the engine, which reports each extra field
# together with the whole line.
TOO_MANY = 50


@dataclass(frozen=True)
class Bounds:
    """What a text may hold: fields in a line, blank lines in a row, and records."""

    columns: float = math.inf
    blank_lines: float = math.inf
    records: float = math.inf


NO_BOUNDS = Bounds()


@dataclass(frozen=True)
class Block:
    """Whole lines and what precedes them, so that the block can be read again."""

    offset: int
    length: int
    records: int
    lines: int
    opened: bool


@dataclass
class RecordScan:
    """Records numbered from 1; the header is record 0, `spans` are bytes of isolated records.

    `has_controls` says that control characters may stand inside fields, line ends among them.
    """

    records: int = -1
    lines: int = 0
    header_end: int = 0
    blanks: list[Integers] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    plain_ends: int = 0
    return_ends: int = 0
    blocks: list[Block] = field(default_factory=list)
    is_ascii: bool = True
    has_controls: bool = False

    @property
    def blank(self) -> Integers:
        """The numbers of the blank records, ascending."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self.blanks])

    @property
    def broken(self) -> Integers:
        """The numbers of the isolated records, ascending."""
        return np.array([fault.record for fault in self.faults], dtype=np.int64)


def scan_text(
    stream: BinaryIO,
    dialect: Dialect,
    start: int = 0,
    *,
    header: bool = True,
    shape_of: ShapeOf | None = None,
    bounds: Bounds = NO_BOUNDS,
) -> RecordScan:
    """Count records and find the blank and the broken ones, reading from `start` to the end.

    `shape_of` says from the header what a row looks like; without it, rows are told from prose by
    their number of fields alone. Raises Refused when quotes are broken too often or a line never
    ends, and LimitMet when the file exceeds `bounds`.
    """
    usual = partial(shape_by_header, dialect=dialect)
    counter = _Counter(
        dialect, start, RecordScan(records=-1 if header else 0), shape_of or usual, bounds
    )
    resume: int | None = start
    while resume is not None:
        resume = counter.read(stream, resume)
    counter.hold_records()
    counter.scan.records = max(counter.scan.records, 0)
    return counter.scan


class _Counter:
    """The state of a scan between blocks: the current record and the quote that is open."""

    def __init__(
        self, dialect: Dialect, start: int, scan: RecordScan, shape_of: ShapeOf, bounds: Bounds
    ) -> None:
        self.scan = scan
        self.dialect = dialect
        self.record_start = start
        self.opened = False
        self.resume = (start, 0)
        self.record_line = 1
        self.shape_of = shape_of
        self.bounds = bounds
        # The number of consecutive blank lines so far.
        self.blank_lines = 0
        self.shape: RowShape | None = None
        # The part of the current record in earlier blocks.
        self.carried = b""

    def read(self, stream: BinaryIO, start: int) -> int | None:
        """Count from `start`; return where to go on after isolating a record, None at the end."""
        for offset, block, (plain, is_ascii, is_odd) in inspected_blocks(stream, start, self._look):
            self.hold_records()
            self.scan.is_ascii &= is_ascii
            self.scan.has_controls |= is_odd
            if plain is not None and not self.opened and self.scan.records >= 0:
                self._take_plain(offset, block, *plain)
                continue
            piece = self._without_swallowed(
                offset, block, read_block(block, self.dialect, opened=self.opened)
            )
            self._take(offset, block, piece)
            endless = self.opened and offset + len(block) - self.record_start > LONGEST_RECORD
            if piece.broken is not None or endless:
                return self._isolate()
        return self._isolate() if self.opened else None

    def _look(self, block: bytes) -> tuple[tuple[int, int] | None, bool, bool]:
        """What can be said about a block before it is known where its records begin."""
        plain = plain_ends(block, self.dialect.quote)
        return plain, block.isascii(), has_controls(block, self.dialect.separator, plain)

    def _without_swallowed(self, offset: int, block: bytes, piece: Piece) -> Piece:
        """The piece up to a record that swallows others, which counts as broken."""
        start = self.record_start - offset
        if self.scan.records < 0 and len(piece.ends):
            self._take_header(self._from(block, start, int(piece.ends[0])))
        if self.shape is not None and self.dialect.quote is not None:
            place = first_swallowing(block, piece, start, self.carried, self.shape)
            piece = piece if place is None else piece.before(place)
        return piece

    def _from(self, block: bytes, start: int, end: int) -> bytes:
        """A record up to `end`, together with its part in earlier blocks."""
        return block[start:end] if start >= 0 else self.carried + block[:end]

    def _take_header(self, text: bytes) -> None:
        """Learn from the header what a row looks like; raises Refused when it swallows rows."""
        if len(text) > LONGEST_HEADER:
            raise LimitMet(f"The header is longer than {LONGEST_HEADER:,} bytes.")
        self.shape = self.shape_of(text)
        if self.shape.fields > self.bounds.columns:
            raise LimitMet(self._too_many(1, self.shape.fields))
        lines = text.split(b"\n")
        if len(lines) > 1 and is_swallowing(lines, self.shape):
            raise Refused(
                f"The header cannot be read: a quote in it opens a text that ends on line"
                f" {len(lines)} and holds whole rows. Remove the stray quotes."
            )

    def hold_records(self) -> None:
        """Raise LimitMet when there are more records than there may be."""
        if self.scan.records > self.bounds.records:
            raise LimitMet(
                f"It unpacks to more than {self.bounds.records:,.0f} records, far more than a file"
                f" of its size should hold ({limit_setting('rows')} allows more)."
            )

    def _take_plain(self, offset: int, block: bytes, newlines: int, returns: int) -> None:
        """Count a block without quotes or unusual lines by its newlines alone."""
        self._keep(offset, len(block))
        self.scan.records += newlines
        self.scan.lines += newlines
        self.scan.return_ends += returns
        self.scan.plain_ends += newlines - returns
        self.record_start = offset + len(block)

    def _keep(self, offset: int, length: int) -> None:
        scan = self.scan
        scan.blocks.append(Block(offset, length, scan.records, scan.lines, self.opened))

    def _take(self, offset: int, block: bytes, piece: Piece) -> None:
        """Count the records that end in the block and remember the quote it leaves open."""
        self._keep(offset, len(block))
        if len(piece.ends):
            self._take_records(offset, block, piece)
        start = self.record_start - offset
        if 0 <= start < len(block):
            following = block.index(b"\n", start) + 1
            self.resume = (offset + following, self.scan.lines + block.count(b"\n", 0, following))
            self.record_line = self._line(block, start)
        self.scan.lines += block.count(b"\n")
        self.opened = piece.opened
        self.carried = self._from(block, start, len(block)) if piece.opened else b""

    def _take_records(self, offset: int, block: bytes, piece: Piece) -> None:
        scan, ends = self.scan, piece.ends
        data = np.frombuffer(block, dtype=np.uint8)
        starts = np.concatenate([[self.record_start - offset], ends[:-1] + 1])
        returned = (ends > starts) & (data[ends - 1] == RETURN)
        blank = ends - starts == returned
        if scan.records < 0:
            scan.header_end = offset + int(ends[0]) + 1
            blank[0] = False
        if blank.any():
            self._hold_blank_lines(blank)
        else:
            self.blank_lines = 0
        scan.blanks.append(scan.records + 1 + np.flatnonzero(blank))
        scan.return_ends += int(returned.sum())
        scan.plain_ends += len(ends) - int(returned.sum())
        scan.has_controls |= len(piece.inner) > 0
        torn = np.unique(np.searchsorted(ends, piece.strays))
        unreadable = dict.fromkeys(torn[torn < len(ends)].tolist(), "stray_return")
        unreadable |= dict.fromkeys(self._overlong(block, piece, starts), "ragged")
        for at, reason in sorted(unreadable.items()):
            start = int(starts[at])
            line = self._line(block, start)
            self._fault(at, line, reason, (offset + start, offset + int(ends[at]) + 1))
        scan.records += len(ends)
        self.record_start = offset + int(ends[-1]) + 1

    def _hold_blank_lines(self, blank: Flags) -> None:
        """Count consecutive blank lines, also across blocks."""
        others = np.flatnonzero(~blank)
        bounds = np.concatenate([[-1 - self.blank_lines], others, [len(blank)]])
        longest = int(np.diff(bounds).max()) - 1
        if longest > self.bounds.blank_lines:
            raise LimitMet(
                f"More than {self.bounds.blank_lines:,.0f} blank lines follow one another: deliver"
                f" the file without them ({limit_setting('blank_lines')} allows more)."
            )
        self.blank_lines = int(bounds[-1] - bounds[-2]) - 1

    def _overlong(self, block: bytes, piece: Piece, starts: Integers) -> list[int]:
        """Long records with far more fields than the header, by their place in the block.

        Raises LimitMet for one with more fields than any file may have.
        """
        if self.shape is None:
            return []
        found = []
        for at in np.flatnonzero(piece.ends - starts > LONG_LINE).tolist():
            record = self._from(block, int(starts[at]), int(piece.ends[at]))
            fields = fields_of(record, self.dialect)
            if fields > self.bounds.columns:
                raise LimitMet(self._too_many(self._line(block, int(starts[at])), fields))
            if self.scan.records >= 0 and fields > self.shape.fields + TOO_MANY:
                found.append(at)
        return found

    def _too_many(self, line: int, fields: int) -> str:
        return (
            f"Line {line} has {fields:,} fields, more than the {self.bounds.columns:,.0f} that a"
            f" file may have: is the separator the one its contract states?"
            f" {limit_setting('columns')} allows more."
        )

    def _line(self, block: bytes, start: int) -> int:
        """The line on which a record begins; one that began in an earlier block keeps its own."""
        if start < 0:
            return self.record_line
        return self.scan.lines + block.count(b"\n", 0, start) + 1

    def _fault(self, ahead: int, line: int, reason: str, span: tuple[int, int]) -> None:
        scan = self.scan
        number = scan.records + 1 + ahead
        if number == 0:
            raise Refused("The header cannot be read: a quote or a carriage return breaks it.")
        if len(scan.faults) == MOST_BROKEN:
            raise Refused(
                f"More than {MOST_BROKEN} records have broken quotes or line ends, or far too many"
                " fields: the file is not written with the quote and separator that its contract"
                " states."
            )
        scan.faults.append(Fault(number, line, None, reason))
        scan.spans.append(span)

    def _isolate(self) -> int:
        """End the record at its first line end, and go on from there."""
        scan = self.scan
        end, lines = self.resume
        self._fault(0, self.record_line, "bad_quotes", (self.record_start, end))
        scan.records += 1
        scan.lines = lines
        scan.blocks = [_shortened(b, self.record_start) for b in scan.blocks]
        scan.blocks = [b for b in scan.blocks if b.length > 0]
        self.opened, self.carried = False, b""
        self.record_start = end
        return end


def _shortened(block: Block, end: int) -> Block:
    return replace(block, length=min(block.length, end - block.offset))
