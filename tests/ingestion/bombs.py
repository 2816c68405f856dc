"""Small files that ask for more than a machine has, each of another kind."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tests.ingestion.contract_builder import HEADER

ROW = "R1,2024-05-01 10:00:00,60,x"
COLUMNS = HEADER.split(",")


def blank_lines(path: Path) -> None:
    """Gzip of blank lines: half a megabyte unpacks to half a gigabyte."""
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode() + b"\n" * (500 << 20), 6))


def plain_blank_lines(path: Path) -> None:
    """Thirty million blank lines, not packed."""
    path.write_bytes(f"{HEADER}\n{ROW}\n".encode() + b"\n" * 30_000_000)


def blank_and_short(path: Path) -> None:
    """Gzip of blank lines with a short row now and then, and enough noise to hide behind."""
    path.write_bytes(gzip.compress(_noisy() + (b"\n" * 1000 + b"a\n") * 90_000))


def short_rows(path: Path) -> None:
    """Gzip of tens of millions of rows of one byte, and enough noise to hide behind."""
    path.write_bytes(gzip.compress(_noisy() + b"a\n" * 40_000_000))


def _noisy() -> bytes:
    """A header and rows that hardly shrink."""
    rows = (f"{ROW}{os.urandom(300).hex()}\n" for _ in range(1000))
    return f"{HEADER}\n{''.join(rows)}".encode()


def wide_header(path: Path) -> None:
    """A header of 100,000 fields."""
    path.write_text(HEADER + ",x" * 100_000 + f"\n{ROW}\n")


def wide_row(path: Path) -> None:
    """A row of 100,000 fields below a usual header."""
    path.write_text(f"{HEADER}\n{ROW}\n{ROW}{',x' * 100_000}\n{ROW}\n")


def many_wide_rows(path: Path) -> None:
    """Rows of 1,900 fields below a header of four."""
    path.write_text(f"{HEADER}\n" + f"{ROW}{',x' * 1900}\n" * 5_000)


def rows_a_little_too_wide(path: Path) -> None:
    """Rows of 400 fields, each too short to be looked at, below a header of four."""
    path.write_text(f"{HEADER}\n" + f"{ROW}{',x' * 400}\n" * 25_000)


def many_members(path: Path) -> None:
    """One JSON object of 20,000 members."""
    row = dict(zip(COLUMNS, ROW.split(","), strict=True))
    path.write_text(json.dumps(row | {f"k{n}": n for n in range(20_000)}) + "\n")


def other_members(path: Path) -> None:
    """JSON objects that each have a member of another name."""
    path.write_text("".join(json.dumps({f"k{n}": n}) + "\n" for n in range(50_000)))


def far_cell(path: Path) -> None:
    """A workbook whose last cell is the last there can be."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, name in enumerate(COLUMNS):
            sheet.write(0, at, name)
        sheet.write(1_048_575, 16_383, "x")


def far_down(path: Path) -> None:
    """A workbook with two cells, a thousand columns and a million rows apart."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Recording")
        sheet.write(1_048_575, 1_000, "x")


def swollen_part(path: Path) -> None:
    """A workbook whose sheet is packed blanks."""
    far_down(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] += b" " * (300 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def nulls(path: Path) -> None:
    """Parquet of nulls: hundreds of millions of rows in half a megabyte."""
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    batch = pa.table({name: pa.nulls(10_000_000, pa.string()) for name in COLUMNS}, schema)
    with pq.ParquetWriter(path, schema) as out:
        for _ in range(20):
            out.write_table(batch)


def repeated_text(path: Path) -> None:
    """Parquet of one long text that a dictionary repeats a million times."""
    dictionary = pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(0, pa.int32()), 900_000), pa.array(["x" * 200_000])
    )
    pq.write_table(pa.table(dict.fromkeys(COLUMNS, dictionary)), path)


BOMBS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "packed blank lines": ("csv", blank_lines, "200 times its size"),
    "blank lines": ("csv", plain_blank_lines, "blank lines follow one another"),
    "blank lines and short rows": ("csv", blank_and_short, "records"),
    "short rows": ("csv", short_rows, "records"),
    "wide header": ("csv", wide_header, "Line 1 has 100,004 fields"),
    "wide row": ("csv", wide_row, "Line 3 has 100,004 fields"),
    "many wide rows": ("csv", many_wide_rows, "far too many"),
    "rows a little too wide": ("csv", rows_a_little_too_wide, "memory"),
    "many members": ("jsonl", many_members, "different members"),
    "other members": ("jsonl", other_members, "different members"),
    "far cell": ("xlsx", far_cell, "reaches down to row 1,048,576 and over 16,384"),
    "far down": ("xlsx", far_down, "reaches down to row 1,048,576"),
    "swollen part": ("xlsx", swollen_part, "200 times its size"),
    "nulls": ("parquet", nulls, "claim 200,000,000 rows"),
    "repeated text": ("parquet", repeated_text, "memory"),
}
"""By name: the format, what writes the file, and what its refusal says."""
