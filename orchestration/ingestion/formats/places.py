"""From bytes to records and from records to lines, looked up only where something was found."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from orchestration.ingestion.formats.quotes import Dialect, Integers, read_block
from orchestration.ingestion.formats.scan import Block, Scan


def records_at(stream: BinaryIO, dialect: Dialect, scan: Scan, offsets: Integers) -> Integers:
    """The numbers of the records that hold these bytes; blank ones are passed over.

    A reader that reports a record after blank lines may point at the first of those.
    """
    found = [
        numbers[np.searchsorted(starts, wanted, side="right") - 1]
        for block, wanted in _by_block(scan, np.sort(offsets), [b.offset for b in scan.blocks])
        for starts, _, numbers in [_starts(stream, dialect, block)]
    ]
    records = np.concatenate([np.empty(0, dtype=np.int64), *found])
    while (blank := np.isin(records, scan.blank)).any():
        records = records + blank
    return np.unique(records)


def lines_of(stream: BinaryIO, dialect: Dialect, scan: Scan, records: Integers) -> Integers:
    """The lines (from 1) on which these records begin; `records` ascend, as does the result."""
    if scan.lines == scan.records + (scan.header_end > 0):
        return records + (scan.header_end > 0)
    firsts = [b.records + 1 + b.opened for b in scan.blocks]
    lines = np.zeros(len(records), dtype=np.int64)
    for block, wanted in _by_block(scan, records, firsts):
        _, at_lines, numbers = _starts(stream, dialect, block)
        place = np.minimum(np.searchsorted(numbers, wanted), max(len(numbers) - 1, 0))
        hit = numbers[place] == wanted if len(numbers) else np.zeros(len(wanted), dtype=bool)
        lines[np.searchsorted(records, wanted[hit])] = at_lines[place[hit]]
    for fault in scan.faults:
        lines[records == fault.record] = fault.line or 0
    return lines


def _by_block(scan: Scan, wanted: Integers, firsts: list[int]) -> Iterator[tuple[Block, Integers]]:
    """The blocks that hold something wanted, with what; `firsts` is where each block begins."""
    homes = np.searchsorted(np.array(firsts, dtype=np.int64), wanted, side="right") - 1
    for home in np.unique(homes[homes >= 0]):
        yield scan.blocks[home], wanted[homes == home]


def _starts(
    stream: BinaryIO, dialect: Dialect, block: Block
) -> tuple[Integers, Integers, Integers]:
    """Offsets, lines and numbers of the records that begin in a block."""
    stream.seek(block.offset)
    text = stream.read(block.length)
    text = text if text.endswith(b"\n") else text + b"\n"
    ends = read_block(text, dialect, opened=block.opened).ends
    begins = np.concatenate([np.zeros(int(not block.opened), dtype=np.int64), ends + 1])
    begins = begins[begins < len(text)]
    newlines = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    lines = block.lines + 1 + np.searchsorted(newlines, begins)
    numbers = block.records + 1 + block.opened + np.arange(len(begins))
    return block.offset + begins, lines, numbers
