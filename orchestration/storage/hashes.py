"""The hashes by which releases are compared: of bytes, of canonical JSON and of a table's content.

A table's content hash does not depend on the order of rows or on how a file stores them. Each row
becomes text (the column's name order, each value as DuckDB prints it, `~` for null, every part
preceded by its length), each text its SHA-256; the hash of the table is the SHA-256 of the columns'
names and types followed by all row hashes in ascending order, so repeated rows count. The hash of
code is of what it does, without comments and docstrings (`of_sources`).
"""

import ast
import hashlib
import json
from collections.abc import Iterable
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


PYTHON = ".py"


def of_sources(root: Path, names: Iterable[str], *, without: Iterable[str] = ()) -> str:
    """SHA-256 over the names and contents of files: those that `names` are or hold below `root`.

    Of a Python module only its syntax counts, so that a comment, a docstring or the formatting does
    not change the version; of any other file every byte counts. What `without`
    names, hidden and compiled files do not count, nor do names that are not there.
    """
    left_out = {root / name for name in without}
    versions = {
        path.relative_to(root).as_posix(): _version(path)
        for name in names
        for path in (root / name, *(root / name).rglob("*"))
        if path.is_file() and _counts(path.relative_to(root)) and left_out.isdisjoint(_above(path))
    }
    return of_text(canonical(versions))


def _counts(path: Path) -> bool:
    return not any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _above(path: Path) -> set[Path]:
    return {path, *path.parents}


def _version(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == PYTHON:
        content = syntax(content).encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(content).hexdigest()


def syntax(module: bytes) -> str:
    """The syntax tree of a module as text, without docstrings and positions.

    `ast.dump` would not do: what it prints of the same module differs between versions of Python.
    """
    return _text(ast.parse(module))


def _text(value: object) -> str:
    if isinstance(value, ast.JoinedStr):
        # Python 3.12 ends some f-strings with an empty text.
        return f"JoinedStr({_text([each for each in value.values if not _is_empty(each)])})"
    if isinstance(value, ast.AST):
        # Later versions of Python have fields that earlier ones lack; they are empty in our code.
        fields = [
            f"{name}={_text(field)}"
            for name in value._fields
            if (field := getattr(value, name, None)) is not None and field != []
        ]
        return f"{type(value).__name__}({','.join(fields)})"
    if isinstance(value, list):
        return f"[{','.join(_text(each) for each in value if not _is_prose(each))}]"
    return repr(value)


def _is_prose(node: object) -> bool:
    """Whether a statement is only a text: a docstring, or an explanation of a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_empty(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and part.value == ""
