"""JSON lines: one object per line; nested values stay JSON text.

The engine reads a number into a double and prints it again, so that 1.10 becomes 1.1 and an id of
twenty digits another id; of two members with one name it takes one. Lines where that may happen are
read here exactly as written, instead.
"""

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from orchestration.ingestion.contracts.table import Format
from orchestration.ingestion.delivery import Fault, FileLimits, LimitMet, Refused, limit_setting
from orchestration.ingestion.formats.csv_blocks import Dialect, Integers
from orchestration.ingestion.formats.csv_records import scan_text
from orchestration.ingestion.formats.decode import BOM, open_decoded
from orchestration.ingestion.formats.delimited import (
    Source,
    lines_of,
    query_lines,
    rejected_records,
    text_bounds,
)
from orchestration.ingestion.formats.file_reader import FileReader, null_or
from orchestration.storage.sql import literal

# A byte that JSON text cannot hold, so that a line is one field.
NO_SEPARATOR = "\x01"
CREATE = """create temp table json_lines as select line,
    case when json_valid(line) then json_type(line) = 'OBJECT' else false end as is_object
    from ({})"""
# What the engine may print differently: exponents, trailing zeros, negative zero, and more digits
# than a double has. A text that merely looks so costs time and nothing else.
ALTERED = r"\d[eE][+-]?\d|\.\d*0[\s,\]}]|[:,\[]\s*-0|[\d.]{16}"
# A nested object, whose members nothing else compares.
NESTED = r"^\s*\{.*\{"
BLANKS = re.compile(r"[ \t\r\n]*")
# Lines in which the engine would drop a repeated member or change a number.
INEXACT = f"""select rowid as row, line from json_lines where is_object and (
    regexp_matches(line, {literal(ALTERED)}) or regexp_matches(line, {literal(NESTED)})
    or len(json_keys(line)) > len(list_distinct(json_keys(line))))"""
AT_ONCE = 100_000
EXACT = {"row": pl.Int64, "exact": pl.String, "is_repeated": pl.Boolean}
REPLACE = """update json_lines set line = coalesce(exact, line), is_object = exact is not null
    from exact_lines where json_lines.rowid = exact_lines.row"""
NAMED_IN_OBJECTS = "select distinct unnest(json_keys(line)) as name from json_lines where is_object"


def read_json_lines(
    con: duckdb.DuckDBPyConnection, path: Path, form: Format, limits: FileLimits
) -> FileReader:
    """Open a file of JSON objects, one per line; its newlines count the records."""
    with ExitStack() as resources:
        text = resources.enter_context(open_decoded(path, form.encoding, limits))
        dialect = Dialect(ord(NO_SEPARATOR), None, None)
        start = len(BOM) if text.read(len(BOM)) == BOM else 0
        text.seek(start)
        if text.read(1) == b"[":
            raise Refused(
                "The file is one JSON array: write JSON lines, one object a line and nothing around"
                " them."
            )
        scan = scan_text(text, dialect, start, header=False, bounds=text_bounds(path, limits))
        source = Source.mended(text, dialect, scan, resources, lone=True)
        con.execute(CREATE.format(query_lines(source.path)))
        faults = [*scan.faults, *rejected_records(con, source, Source(text, dialect, scan))]
        absent = np.unique(np.concatenate([scan.blank, [fault.record for fault in faults]]))
        present = np.setdiff1d(np.arange(1, scan.records + 1), absent)
        repeating = present[_make_exact(con)]
        strange = present[_rows_without_object(con)]
        at_lines = lines_of(text, dialect, scan, strange)
        for record, line in zip(strange.tolist(), at_lines.tolist(), strict=True):
            reason = "repeated_member" if record in repeating else "not_json"
            faults.append(Fault(record, line, None, reason))
        headers = _members(con, limits)
        return FileReader(
            headers=headers,
            query=_query(headers, form),
            records=scan.records,
            physical_lines=scan.lines,
            blank=len(scan.blank),
            skipped=np.unique(np.concatenate([absent, strange])).astype(np.int64),
            faults=faults,
            lines=lambda records: lines_of(text, dialect, scan, records),
            resources=resources.pop_all(),
        )


def _make_exact(con: duckdb.DuckDBPyConnection) -> Integers:
    """Replace each value that the engine would alter by its text in the file.

    A line that repeats a member, or is not strictly JSON, no longer counts as an object; returns
    the rows that repeat a member, from 0.
    """
    rows = con.sql("select count(*) from json_lines").fetchall()[0][0]
    repeating: list[int] = []
    for start in range(0, rows, AT_ONCE):
        batch = f"{INEXACT} and rowid >= {start} and rowid < {start + AT_ONCE}"
        found = [(row, *_exact(line)) for row, line in con.sql(batch).fetchall()]
        repeating += [row for row, _, is_repeated in found if is_repeated]
        if found:
            frame = pl.DataFrame(found, schema=EXACT, orient="row")
            con.register("exact_lines", frame.to_arrow())
            con.execute(REPLACE)
            con.unregister("exact_lines")
    return np.array(repeating, dtype=np.int64)


def _exact(line: str) -> tuple[str | None, bool]:
    """The line with its values as texts, and whether a member is repeated."""
    try:
        return exact_object(line), False
    except RepeatedMember:
        return None, True
    except (ValueError, RecursionError):
        return None, False


def _members(con: duckdb.DuckDBPyConnection, limits: FileLimits) -> list[str]:
    """The names of members in any object, in order; raises LimitMet when they are too many."""
    named = con.sql(f"{NAMED_IN_OBJECTS} order by name limit {limits.columns + 1}").fetchall()
    if len(named) > limits.columns:
        raise LimitMet(
            f"Its objects have more than {limits.columns:,} different members, more than a file may"
            f" have columns ({limit_setting('columns')} allows more)."
        )
    return [str(name) for (name,) in named]


def _rows_without_object(con: duckdb.DuckDBPyConnection) -> Integers:
    rows = con.sql("select rowid as row from json_lines where not is_object order by row")
    found: Integers = rows.fetchnumpy()["row"]
    return found


def _query(headers: list[str], form: Format) -> str:
    columns = ", ".join(
        f"{null_or(f'json_extract_string(line, {_path(name)})', form.nulls)} as c{at}"
        for at, name in enumerate(headers)
    )
    return f"select {columns or 'null as c0'} from json_lines where is_object"


def _path(name: str) -> str:
    """The JSON path of a member, whatever its name holds."""
    return literal('$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"')


class RepeatedMember(Exception):
    """An object has two members of one name."""


def exact_object(line: str) -> str:
    """The object of a line, each value as the text in the file.

    A text stays what it is and null stays null; any other value becomes its text, to the last
    digit. Raises RepeatedMember where an object, or one within it, has two members of one name, and
    ValueError or RecursionError where the line is not one object.
    """
    members: dict[str, str | None] = {}
    at = _past_blanks(line, 0)
    if line[at : at + 1] != "{":
        raise ValueError("no object")
    at = _past_blanks(line, at + 1)
    while line[at : at + 1] != "}":
        name, at = DECODER.raw_decode(line, at)
        at = _past(":", line, at)
        value, end = DECODER.raw_decode(line, at)
        if name in members:
            raise RepeatedMember
        members[name] = value if value is None or isinstance(value, str) else line[at:end]
        at = _past_blanks(line, end)
        if line[at : at + 1] != "}":
            at = _past(",", line, at)
    return json.dumps(members)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise RepeatedMember
    return members


DECODER = json.JSONDecoder(object_pairs_hook=_unrepeated)


def _past_blanks(line: str, at: int) -> int:
    found = BLANKS.match(line, at)
    return found.end() if found else at


def _past(sign: str, line: str, at: int) -> int:
    at = _past_blanks(line, at)
    if line[at : at + 1] != sign:
        raise ValueError(f"no {sign}")
    return _past_blanks(line, at + 1)
