"""A text file in blocks of whole lines."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from orchestration.ingestion.outcome import Refused

BLOCK = 4 << 20
LONGEST_LINE = 8 << 20
TWO_NEWLINES = 0x0A0A


def blocks_of_lines(stream: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines with their offsets; a last line without an end is given one."""
    stream.seek(start)
    offset = start
    while block := stream.read(BLOCK):
        if not block.endswith(b"\n"):
            block += stream.readline(LONGEST_LINE)
            if len(block) >= BLOCK + LONGEST_LINE:
                raise Refused(f"A line is longer than {LONGEST_LINE >> 20} MiB: it never ends.")
        yield offset, block if block.endswith(b"\n") else block + b"\n"
        offset += len(block)


def has_blank(block: bytes, data: npt.NDArray[np.uint8]) -> bool:
    """Whether two newlines follow each other; pairs are compared at once, at both alignments."""
    if block.startswith((b"\n", b"\r\n")) or (b"\r" in block and b"\n\r\n" in block):
        return True
    ends = (data[shift : shift + (len(data) - shift) // 2 * 2].view(np.uint16) for shift in (0, 1))
    return any(bool((pairs == TWO_NEWLINES).any()) for pairs in ends)
