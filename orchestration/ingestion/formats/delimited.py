"""Delimited text: CSV and its relatives, plain or packed, in any stated encoding."""

import csv
import io
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.csv_quotes import Dialect
from orchestration.ingestion.formats.csv_records import Scan, scan_text
from orchestration.ingestion.formats.csv_repair import STRICT, Source, lines_of, rejected_records
from orchestration.ingestion.formats.decode import BOM, open_plain
from orchestration.ingestion.formats.reading import Reading
from orchestration.storage.sql import literal


def read_delimited(path: Path, form: Format) -> Reading:
    """Open a delimited file; raises Refused when it cannot be read at all."""
    with ExitStack() as resources:
        text = resources.enter_context(open_plain(path, form.encoding))
        dialect = _dialect(form)
        start = len(BOM) if text.read(len(BOM)) == BOM else 0
        scan = scan_text(text, dialect, start)
        headers = _headers(text, start, scan, form)
        delivered = Source(text, dialect, scan)
        source = Source.mended(text, dialect, scan, resources, lone=len(headers) == 1)
        return Reading(
            headers=headers,
            query=_query(source.path, headers, form),
            records=scan.records,
            blank=len(scan.blank),
            skipped=np.sort(np.concatenate([scan.blank, scan.broken])),
            faults=scan.faults,
            lines=lambda records: lines_of(text, dialect, scan, records),
            rejected=lambda con: rejected_records(con, source, delivered),
            resources=resources.pop_all(),
        )


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
