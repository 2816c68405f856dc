"""The hashes by which releases are compared: of bytes, of canonical JSON and of a table's content.

A table's content hash does not depend on the order of rows or on how a file stores them. Each row
becomes text (the column's name order, each value as DuckDB prints it, `~` for null, every part
preceded by its length), each text its SHA-256; the hash of the table is the SHA-256 of the columns'
names and types followed by all row hashes in ascending order, so repeated rows count.
"""

import hashlib
import json
from pathlib import Path

import duckdb

from orchestration.storage.sql import identifier

BLOCK = 1 << 20


def of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_text(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and no escapes: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _value(column: str) -> str:
    text = f"cast({identifier(column)} as varchar)"
    return f"coalesce(length({text}) || ':' || {text}, '~')"


def of_relation(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Content hash of a table or of `read_parquet(...)`, as described at the top of this module."""
    columns = con.sql(f"describe select * from {relation}").fetchall()
    shape = canonical([[name, kind] for name, kind, *_ in columns])
    row = " || ".join(_value(name) for name, *_ in columns)
    query = f"""
        select coalesce(string_agg(row_hash, '' order by row_hash), '')
        from (select sha256({row}) as row_hash from {relation})
    """
    (hashes,) = con.sql(query).fetchall()[0]
    return of_text(shape + str(hashes))
