"""Delimited text: CSV and its relatives, plain or packed, in any stated encoding."""

import math
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from orchestration.ingestion.contracts.column import DATED, NUMBERS, ColumnContract
from orchestration.ingestion.contracts.table import Format, TableContract
from orchestration.ingestion.delivery import Refused
from orchestration.ingestion.formats.csv_quotes import Dialect
from orchestration.ingestion.formats.csv_records import Bounds, RecordScan, scan_text
from orchestration.ingestion.formats.csv_repair import STRICT, Source, lines_of, rejected_records
from orchestration.ingestion.formats.csv_swallowed import Looks, RowShape, header_fields
from orchestration.ingestion.formats.decode import BOM, is_packed, open_decoded
from orchestration.ingestion.formats.file_reader import FileReader
from orchestration.ingestion.limits import FileLimits
from orchestration.storage.sql import literal

BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "0", "1"})
NUMBER = re.compile(r"[-+]?[\d.,_]+([eE][-+]?\d+)?")
DIGIT = re.compile(r"\d")


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
