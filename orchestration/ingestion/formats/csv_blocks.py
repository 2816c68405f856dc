"""A text file in blocks of whole lines, inspected by two threads ahead of the one that counts."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
