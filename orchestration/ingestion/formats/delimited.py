"""Delimited text: CSV and its relatives, plain or packed, in any stated encoding."""

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.contract_tables import Format
from orchestration.ingestion.formats.places import lines_of, records_at
from orchestration.ingestion.formats.plain import BOM, open_plain, store
from orchestration.ingestion.formats.quotes import RETURN, Dialect, Integers, read_block
from orchestration.ingestion.formats.reading import Reading, quoted
from orchestration.ingestion.formats.scan import LONGEST_RECORD, Scan, scan_text
from orchestration.ingestion.outcome import Fault, Refused

# DuckDB's names for what is wrong with a record, and ours.
REASONS = {
    "MISSING COLUMNS": "ragged",
    "TOO MANY COLUMNS": "ragged",
    "UNQUOTED VALUE": "bad_quotes",
    "INVALID ENCODING": "bad_bytes",
    "INVALID UNICODE": "bad_bytes",
    "LINE SIZE OVER MAXIMUM": "too_long",
}


def read_delimited(path: Path, form: Format) -> Reading:
    """Open a delimited file; raises Refused when it cannot be read at all."""
    with ExitStack() as resources:
        text = resources.enter_context(open_plain(path, form.encoding))
        dialect = _dialect(form)
        start = len(BOM) if text.read(len(BOM)) == BOM else 0
        scan = scan_text(text, dialect, start)
        headers = _headers(text, start, scan, form)
        lone = len(headers) == 1 and len(scan.blank) > 0
        source = Source(text, dialect, scan)
        if scan.faults or lone or (scan.plain_ends and scan.return_ends):
            clean = resources.enter_context(store(_mended(text, scan, dialect, lone=lone)))
            source = Source(clean, dialect, scan_text(clean, dialect))
        reading = Reading(
            headers=headers,
            query=_query(source.path, headers, form),
            records=scan.records,
            blank=len(scan.blank),
            skipped=np.sort(np.concatenate([scan.blank, scan.broken])),
            faults=scan.faults,
            lines=lambda records: lines_of(text, dialect, scan, records),
            rejected=lambda con: _rejected(con, source, Source(text, dialect, scan), lone=lone),
            resources=resources.pop_all(),
        )
    return reading


class Source:
    """The bytes that DuckDB reads, which may be a mended copy, and their scan."""

    def __init__(self, stream: BinaryIO, dialect: Dialect, scan: Scan) -> None:
        self.stream, self.dialect, self.scan = stream, dialect, scan

    @property
    def path(self) -> str:
        """A path that holds no character a glob could read, and works without a name on disk."""
        return f"/dev/fd/{self.stream.fileno()}"


def _dialect(form: Format) -> Dialect:
    quote, escape = (ord(sign) if sign else None for sign in (form.quote, form.escape))
    return Dialect(ord(form.separator), quote, escape)


def _headers(text: BinaryIO, start: int, scan: Scan, form: Format) -> list[str]:
    if scan.header_end == 0:
        raise Refused("The file holds no header.")
    text.seek(start)
    try:
        line = text.read(scan.header_end - start).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"The header is not text in the stated encoding {form.encoding}.") from error
    fields = csv.reader(
        io.StringIO(line, newline=""),
        delimiter=form.separator,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        strict=False,
    )
    return [name.strip() for name in next(fields, [])]


def _query(path: str, headers: list[str], form: Format) -> str:
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(headers)))
    nulls = ", ".join(quoted(null) for null in form.nulls)
    options = [
        f"columns = {{{columns}}}",
        f"delim = {quoted(form.separator)}",
        f"quote = {quoted(form.quote)}",
        f"escape = {quoted(form.escape if form.quote else '')}",
        f"nullstr = [{nulls}]" if nulls else "nullstr = []",
        "header = true, auto_detect = false, compression = 'none', encoding = 'utf-8'",
        "store_rejects = true, rejects_limit = 0",
        f"max_line_size = {LONGEST_RECORD}",
    ]
    return f"select * from read_csv({quoted(path)}, {', '.join(options)})"


def _mended(text: BinaryIO, scan: Scan, dialect: Dialect, *, lone: bool) -> Iterator[bytes]:
    """The file without its isolated records, with one kind of line end, and (lone) no blank line.

    A blank line of a file with a single column would be loaded as an empty value.
    """
    for block in scan.blocks:
        text.seek(block.offset)
        lines = text.read(block.length)
        lines = lines if lines.endswith(b"\n") else lines + b"\n"
        data = np.frombuffer(lines, dtype=np.uint8)
        ends = read_block(lines, dialect, opened=block.opened).ends
        keep = np.ones(len(data), dtype=bool)
        returned = ends[(ends > 0) & (data[ends - 1] == RETURN)]
        keep[returned - 1] = False
        for begin, end in scan.spans:
            keep[max(begin - block.offset, 0) : max(end - block.offset, 0)] = False
        if lone:
            starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
            length = np.add.reduceat(keep, starts) if len(ends) else ends
            keep[ends[(length == 1) & ~((starts == 0) & block.opened)]] = False
        yield data[keep].tobytes()


def _rejected(
    con: duckdb.DuckDBPyConnection, source: Source, delivered: Source, *, lone: bool
) -> list[Fault]:
    """What DuckDB rejected by itself, by record and line of the delivered file."""
    errors = con.sql(
        "select line_byte_position as place, min(error_type::varchar) as kind"
        " from reject_errors group by all order by place"
    ).pl()
    faults: list[Fault] = []
    for (kind,), found in errors.group_by("kind"):
        reason = REASONS.get(str(kind), "ragged")
        at = found["place"].cast(pl.Int64).to_numpy()
        records = records_at(source.stream, source.dialect, source.scan, at)
        if source.scan is not delivered.scan:
            records = _as_delivered(records, delivered.scan, lone=lone)
        lines = lines_of(delivered.stream, delivered.dialect, delivered.scan, records)
        pairs = zip(records.tolist(), lines.tolist(), strict=True)
        faults += [Fault(record, line, None, reason) for record, line in pairs]
    return faults


def _as_delivered(records: Integers, scan: Scan, *, lone: bool) -> Integers:
    """Numbers in the mended copy as numbers in the delivered file."""
    gone = np.sort(np.concatenate([scan.broken, scan.blank])) if lone else scan.broken
    return records + np.searchsorted(gone - np.arange(len(gone)), records, side="right")
