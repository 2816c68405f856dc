"""A text file in blocks of whole lines."""

from collections.abc import Iterator
from typing import BinaryIO

from orchestration.ingestion.outcome import Refused

BLOCK = 4 << 20
LONGEST_LINE = 8 << 20


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
