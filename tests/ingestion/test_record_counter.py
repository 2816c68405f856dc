"""The independent count of records agrees with a slow, obvious one."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.formats import blocks
from orchestration.ingestion.formats.quotes import Dialect
from orchestration.ingestion.formats.scan import Scan, scan_text

COMMA = Dialect(ord(","), ord('"'), ord('"'))


def scan(text: bytes, dialect: Dialect = COMMA) -> Scan:
    return scan_text(io.BytesIO(text), dialect)


def obvious(text: bytes) -> tuple[int, list[int], list[int]]:
    """Records, blank and broken ones, read byte by byte; the header is record 0."""
    records, blank, broken, at = -1, [], [], 0
    while at < len(text):
        start, field_start, quoted, after = at, True, False, False
        opening, fault = -1, False
        while at < len(text):
            sign = text[at : at + 1]
            if quoted:
                if sign == b'"' and text[at + 1 : at + 2] == b'"':
                    at += 1
                elif sign == b'"':
                    quoted, after = False, True
                    if text[at + 1 : at + 2] not in (b",", b"\n", b"\r", b""):
                        fault = True
                        break
            elif sign == b"\n":
                break
            elif field_start and sign == b'"':
                quoted, opening = True, at
            field_start = not quoted and sign == b","
            at += 1
        fault = fault or quoted
        if fault:
            end = text.find(b"\n", opening)
            at = len(text) if end < 0 else end
        at += 1
        records += 1
        if fault:
            broken.append(records)
        elif records and text[start : at - 1] in (b"", b"\r"):
            blank.append(records)
        _ = after
    return max(records, 0), blank, broken


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
    usual = blocks.BLOCK
    blocks.BLOCK = size
    try:
        found = scan(text)
    finally:
        blocks.BLOCK = usual
    counted = (found.records, found.blank.tolist(), found.broken.tolist())
    assert counted == obvious(text)
