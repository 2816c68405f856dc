"""The independent count of records agrees with a slow, obvious one."""

import io
import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.formats import csv_blocks
from orchestration.ingestion.formats.csv_blocks import Dialect
from orchestration.ingestion.formats.csv_records import RecordScan, scan_text

WIDTH = 2
COMMA = Dialect(ord(","), ord('"'), ord('"'))


def scan(text: bytes, dialect: Dialect = COMMA) -> RecordScan:
    return scan_text(io.BytesIO(text), dialect)


def obvious(text: bytes) -> tuple[int, list[int], list[int]]:
    """Records, blank and broken ones, read field by field; the header is record 0."""
    ends, broken, at = [-1], [], 0
    while at < len(text):
        end, fields = end_of_record(text, at)
        lines = text[at:end].split(b"\n")
        if len(lines) > 1 and at > 0 and (fields != WIDTH or holds_records(lines)):
            end, fields = at + len(lines[0]), 0
        if not fields:
            broken.append(len(ends) - 1)
        ends.append(end)
        at = end + 1
    pairs = pairwise(ends[1:])
    blank = [number for number, (last, end) in enumerate(pairs, 1) if end == last + 1]
    return len(ends) - 2, blank, broken


def holds_records(lines: list[bytes]) -> bool:
    """Whether the lines of one record are records themselves: two stray quotes swallowed them."""
    split = [line.count(b",") + 1 == WIDTH for line in lines]
    most = 2 * sum(split[1:-1]) > len(lines) - 2
    return (split[0] and split[-1]) or (most and len(lines) > 4)


def end_of_record(text: bytes, at: int) -> tuple[int, int]:
    """Where the record ends that begins here, and its fields; 0 when its quotes do not close."""
    fields = 0
    while True:
        fields += 1
        if text[at : at + 1] == b'"':
            opening, at = at, close_of(text, at + 1)
            if at < 0:
                newline = text.find(b"\n", opening)
                return (newline if newline >= 0 else len(text)), 0
        found = re.compile(rb"[,\n]").search(text, at)
        if found is None or found.group() == b"\n":
            return (found.start() if found else len(text)), fields
        at = found.end()


def close_of(text: bytes, at: int) -> int:
    """The place behind the quote that closes the field, -1 when none does properly."""
    while (at := text.find(b'"', at)) >= 0:
        if text[at + 1 : at + 2] != b'"':
            return at + 1 if text[at + 1 : at + 2] in (b",", b"\n", b"\r", b"") else -1
        at += 2
    return -1


CELLS = st.sampled_from(
    ["a", "", "1", '"q"', '""', '"a\nb"', '"x""y"', '"open', 'in"side', '"bad"x', '5" tape', '"\n"']
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12)


@settings(max_examples=400, deadline=None)
@given(rows=ROWS, size=st.sampled_from([1, 5, 17, 4 << 20]), end=st.sampled_from(["\n", ""]))
def test_records_are_counted_as_if_read_byte_by_byte(
    rows: list[list[str]], size: int, end: str
) -> None:
    text = ("h,h\n" + "\n".join(",".join(row) for row in rows) + end).encode()
    usual = csv_blocks.BLOCK
    csv_blocks.BLOCK = size
    try:
        found = scan(text)
    finally:
        csv_blocks.BLOCK = usual
    counted = (found.records, found.blank.tolist(), found.broken.tolist())
    assert counted == obvious(text)
