"""Finds texts in any files of a folder: in their bytes, decompressed, and in decoded tables.

A search of bytes finds no text in a compressed block of Parquet or DuckDB, and rows that a database
deleted may still be in its file. So both are searched: the bytes of every file, and the values of
every table in it.
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.storage.sql import identifier, literal

NO_TEXT = re.compile(
    r"(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL|DATE|TIME|BOOL)[^\[]*$"
)
"""Types of columns that cannot hold a text."""
# zipfile raises RuntimeError for an archive with a password or an unknown compression.
CANNOT_SEARCH = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile, duckdb.Error)
BLOCK, OVERLAP = 1 << 22, 1 << 10


@dataclass
class FoundTexts:
    """Files that hold a text, and files that may: those that cannot be read or unpacked."""

    holding: list[Path] = field(default_factory=list)
    not_searched: list[Path] = field(default_factory=list)


def find_texts(folder: Path, texts: Collection[str], skip: Collection[Path] = ()) -> FoundTexts:
    """Find files below a folder that hold one of some texts as a separate word, in any case.

    Returns these files, and those that could not be searched completely (no permission, damaged,
    encrypted, unknown compression), in order of their paths.
    """
    found = FoundTexts()
    if not texts:
        return found
    looked_for = _pattern(texts)
    left_out = [path.resolve() for path in skip]
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        if any(path.resolve().is_relative_to(other) for other in left_out):
            continue
        try:
            if _holds(path, looked_for, texts):
                found.holding.append(path)
        except CANNOT_SEARCH:
            found.not_searched.append(path)
    return found


def _pattern(texts: Collection[str]) -> re.Pattern[bytes]:
    forms = {form for text in texts for form in (text, text.encode("unicode_escape").decode())}
    anyone = b"|".join(re.escape(form.encode()) for form in sorted(forms))
    return re.compile(rb"(?<![0-9A-Za-z])(?:" + anyone + rb")(?![0-9A-Za-z])", re.IGNORECASE)


def _holds(path: Path, looked_for: re.Pattern[bytes], texts: Collection[str]) -> bool:
    if looked_for.search(str(path.name).encode()) or _in_blocks(_bytes(path), looked_for):
        return True
    name = path.name.casefold()
    if name.endswith(".parquet"):
        return _in_tables([f"read_parquet({literal(str(path))})"], None, texts)
    if name.endswith((".duckdb", ".db")) and _is_duckdb(path):
        return _in_tables(None, path, texts)
    return _in_blocks(_decompressed(path), looked_for)


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _decompressed(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"\x1f\x8b":
        with gzip.open(path) as unpacked:
            while block := unpacked.read(BLOCK):
                yield block
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                with archive.open(member) as inside:
                    while block := inside.read(BLOCK):
                        yield block


def _in_blocks(blocks: Iterator[bytes], looked_for: re.Pattern[bytes]) -> bool:
    before = b""
    for block in blocks:
        if looked_for.search(before + block):
            return True
        before = block[-OVERLAP:]
    return False


def _is_duckdb(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _in_tables(relations: list[str] | None, database: Path | None, texts: Collection[str]) -> bool:
    """Whether a text is in any column of a file's tables, read as DuckDB returns them."""
    with duckdb.connect(str(database) if database else ":memory:", read_only=bool(database)) as con:
        # A long search would print its progress into the command's output.
        con.execute("set enable_progress_bar = false")
        if relations is None:
            query = "select database_name, schema_name, table_name from duckdb_tables()"
            relations = [".".join(map(identifier, names)) for names in con.sql(query).fetchall()]
        return any(_in_relation(con, relation, texts) for relation in relations)


def _in_relation(con: duckdb.DuckDBPyConnection, relation: str, texts: Collection[str]) -> bool:
    described = con.sql(f"describe select * from {relation}").fetchall()
    columns = [name for name, kind, *_ in described if not NO_TEXT.match(kind)]
    anyone = "|".join(re.escape(text) for text in texts)
    pattern = literal(rf"(?i)(^|[^0-9A-Za-z])({anyone})([^0-9A-Za-z]|$)")
    tests = [f"regexp_matches({identifier(name)}::varchar, {pattern})" for name in columns]
    if not tests:
        return False
    query = f"select 1 from {relation} where {' or '.join(tests)} limit 1"
    return bool(con.sql(query).fetchall())
