"""Delimited text: CSV and its relatives, plain or packed, in any stated encoding.

The engine reads the file as delivered, or a repaired copy. Problems that it reports at a byte are
traced back to records, and records to lines.
"""

import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.column import DATED, NUMBERS, ColumnContract
from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.delivery import Fault, FileLimits, Refused
from orchestration.ingestion.formats.csv_blocks import (
    RETURN,
    Dialect,
    Integers,
    Looks,
    RowShape,
    header_fields,
    read_block,
)
from orchestration.ingestion.formats.csv_records import (
    LONGEST_RECORD,
    Block,
    Bounds,
    RecordScan,
    scan_text,
)
from orchestration.ingestion.formats.decode import BOM, is_packed, open_decoded, store
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.storage.sql import literal

BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "0", "1"})
NUMBER = re.compile(r"[-+]?[\d.,_]+([eE][-+]?\d+)?")
DIGIT = re.compile(r"\d")
# DuckDB's names for faults of a record, and ours.
REASONS = {
    "MISSING COLUMNS": "ragged",
    "TOO MANY COLUMNS": "ragged",
    "UNQUOTED VALUE": "bad_quotes",
    "INVALID ENCODING": "bad_bytes",
    "INVALID UNICODE": "bad_bytes",
    "LINE SIZE OVER MAXIMUM": "too_long",
}
STRICT = (
    "auto_detect = false, compression = 'none', encoding = 'utf-8', store_rejects = true,"
    f" rejects_limit = 0, max_line_size = {LONGEST_RECORD}"
)


def read_delimited(path: Path, contract: TableContract, limits: FileLimits) -> FileReader:
    """Open a delimited file; raises Refused when it cannot be read at all."""
    form = contract.meta.format
    with ExitStack() as resources:
        text = resources.enter_context(open_decoded(path, form.encoding, limits))
        dialect = _dialect(form)
        start = len(BOM) if text.read(len(BOM)) == BOM else 0
        shape_of, bounds = partial(_shape, contract), text_bounds(path, limits)
        scan = scan_text(text, dialect, start, shape_of=shape_of, bounds=bounds)
        headers = _headers(text, start, scan, form)
        delivered = Source(text, dialect, scan)
        source = Source.mended(text, dialect, scan, resources, lone=len(headers) == 1)
        return FileReader(
            headers=headers,
            query=_query(source.path, headers, form),
            records=scan.records,
            physical_lines=scan.lines,
            blank=len(scan.blank),
            skipped=np.sort(np.concatenate([scan.blank, scan.broken])),
            faults=scan.faults,
            lines=lambda records: lines_of(text, dialect, scan, records),
            rejected=lambda con: rejected_records(con, source, delivered),
            is_ascii=scan.is_ascii,
            has_controls=scan.has_controls,
            resources=resources.pop_all(),
        )


def text_bounds(path: Path, limits: FileLimits) -> Bounds:
    """The limits of a text; for a packed file the limit on records follows from its size."""
    records = limits.rows + path.stat().st_size if is_packed(path) else math.inf
    return Bounds(limits.columns, limits.blank_lines, records)


def _dialect(form: Format) -> Dialect:
    quote, escape = (ord(sign) if sign else None for sign in (form.quote, form.escape))
    return Dialect(ord(form.separator), quote, escape)


def _shape(contract: TableContract, header: bytes) -> RowShape:
    """What a row looks like below this header: typed fields hold a number, a day or a code."""
    dialect = _dialect(contract.meta.format)
    names = header_fields(header.decode("utf-8", errors="replace"), dialect)
    places = {name: at for at, name in enumerate(names)}
    typed = {
        places[name]: looks
        for column in contract.delivered
        for name in column.headers
        if name in places and (looks := _looks(column, contract.meta.format.nulls)) is not None
    }
    return RowShape(dialect, len(names), typed)


def _looks(column: ColumnContract, nulls: tuple[str, ...]) -> Looks | None:
    """Whether a text could be a value of the column; None where any text could."""
    empty, codes = {"", *nulls}, set(column.meta.allowed or ())
    if column.family in NUMBERS:
        return lambda text: text in empty or NUMBER.fullmatch(text) is not None
    if column.family in (*DATED, "time"):
        return lambda text: text in empty or DIGIT.search(text) is not None
    if column.family == "boolean":
        return lambda text: text in empty or text.lower() in BOOLEANS
    return (lambda text: text in empty or text in codes) if codes else None


def _headers(text: BinaryIO, start: int, scan: RecordScan, form: Format) -> list[str]:
    if scan.header_end == 0:
        raise Refused("The file holds no header.")
    text.seek(start)
    try:
        line = text.read(scan.header_end - start).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"The header is not text in the stated encoding {form.encoding}.") from error
    return header_fields(line, _dialect(form))


def _query(path: str, headers: list[str], form: Format) -> str:
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(headers)))
    nulls = ", ".join(literal(null) for null in form.nulls)
    options = [
        f"columns = {{{columns}}}",
        f"delim = {literal(form.separator)}",
        f"quote = {literal(form.quote)}",
        f"escape = {literal(form.escape if form.quote else '')}",
        f"nullstr = [{nulls}]",
        "header = true",
        STRICT,
    ]
    return f"select * from read_csv({literal(path)}, {', '.join(options)})"


def records_at(stream: BinaryIO, dialect: Dialect, scan: RecordScan, offsets: Integers) -> Integers:
    """The numbers of the records that hold these bytes; blank ones are skipped.

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


def lines_of(stream: BinaryIO, dialect: Dialect, scan: RecordScan, records: Integers) -> Integers:
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


def _by_block(
    scan: RecordScan, wanted: Integers, firsts: list[int]
) -> Iterator[tuple[Block, Integers]]:
    """The blocks that hold something wanted, with it; `firsts` is where each block begins."""
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


@dataclass(frozen=True)
class Source:
    """A text and its scan. `lone` says that blank lines were left out of a copy."""

    stream: BinaryIO
    dialect: Dialect
    scan: RecordScan
    lone: bool = False

    @property
    def path(self) -> str:
        """A path without characters that a glob could read; it needs no name on disk."""
        return f"/dev/fd/{self.stream.fileno()}"

    @classmethod
    def mended(
        cls, text: BinaryIO, dialect: Dialect, scan: RecordScan, resources: ExitStack, *, lone: bool
    ) -> Self:
        """The text itself, or a copy without what the engine cannot read.

        That is: isolated records, two kinds of line end in one file, and (lone) blank lines of a
        file with a single column, which would be loaded as empty values.
        """
        drop_blank = lone and len(scan.blank) > 0
        if not (scan.faults or drop_blank or (scan.plain_ends and scan.return_ends)):
            return cls(text, dialect, scan)
        copy = store(_clean(text, scan, dialect, drop_blank=drop_blank))
        resources.enter_context(copy)
        again = scan_text(copy, dialect, header=scan.header_end > 0)
        return cls(copy, dialect, again, lone=drop_blank)


def query_lines(path: str) -> str:
    """A query of whole lines, for formats that hold one record a line."""
    options = f"header = false, delim = '\x01', quote = '', escape = '', {STRICT}"
    return f"select line from read_csv({literal(path)}, columns = {{'line': 'VARCHAR'}}, {options})"


def _clean(
    text: BinaryIO, scan: RecordScan, dialect: Dialect, *, drop_blank: bool
) -> Iterator[bytes]:
    for block in scan.blocks:
        text.seek(block.offset)
        lines = text.read(block.length)
        yield _clean_block(
            lines if lines.endswith(b"\n") else lines + b"\n",
            block,
            scan.spans,
            dialect,
            drop_blank=drop_blank,
        )


def _clean_block(
    lines: bytes,
    block: Block,
    spans: list[tuple[int, int]],
    dialect: Dialect,
    *,
    drop_blank: bool,
) -> bytes:
    data = np.frombuffer(lines, dtype=np.uint8)
    ends = read_block(lines, dialect, opened=block.opened).ends
    keep = np.ones(len(data), dtype=bool)
    keep[ends[(ends > 0) & (data[ends - 1] == RETURN)] - 1] = False
    for begin, end in spans:
        keep[max(begin - block.offset, 0) : max(end - block.offset, 0)] = False
    if drop_blank and len(ends):
        starts = np.concatenate([[0], ends[:-1] + 1])
        alone = np.add.reduceat(keep[: ends[-1] + 1], starts) == 1
        alone[0] &= not block.opened
        keep[ends[alone]] = False
    return data[keep].tobytes()


def rejected_records(
    con: duckdb.DuckDBPyConnection, source: Source, delivered: Source
) -> list[Fault]:
    """What the engine itself rejected, by record and line of the delivered file."""
    errors = con.sql(
        "select line_byte_position as place, min(error_type::string) as kind"
        " from reject_errors group by all order by place"
    ).pl()
    faults: list[Fault] = []
    for (kind,), found in errors.group_by("kind", maintain_order=True):
        places = found["place"].cast(pl.Int64).to_numpy()
        records = _as_delivered(
            records_at(source.stream, source.dialect, source.scan, places), source, delivered.scan
        )
        lines = lines_of(delivered.stream, delivered.dialect, delivered.scan, records)
        reason = REASONS.get(str(kind), "ragged")
        pairs = zip(records.tolist(), lines.tolist(), strict=True)
        faults += [Fault(record, line, None, reason) for record, line in pairs]
    return faults


def _as_delivered(records: Integers, source: Source, scan: RecordScan) -> Integers:
    """Record numbers of the copy as record numbers of the delivered file."""
    if source.scan is scan:
        return records
    gone = np.sort(np.concatenate([scan.broken, scan.blank])) if source.lone else scan.broken
    return records + np.searchsorted(gone - np.arange(len(gone)), records, side="right")
