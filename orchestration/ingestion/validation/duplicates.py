"""Rows that share a key or are exact duplicates: found by hash, confirmed by comparison."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from orchestration.ingestion.formats.csv_quotes import Integers


@dataclass(frozen=True)
class SharedKeys:
    """Positions of exact duplicates of an earlier row, and of rows in conflict with another."""

    duplicates: Integers
    conflicts: Integers


def rows_sharing_a_key(
    con: duckdb.DuckDBPyConnection,
    lookup: str,
    compared: Callable[[str], str],
    key: Sequence[str],
    content: Sequence[str],
) -> SharedKeys:
    """Rows of `valid` with the key of another row, with the same or with different content.

    `lookup` hashes the keys; the few rows whose hash recurs are compared with all their content by
    `compared`. Hashes (64 bits) are sorted outside the engine, in less memory than grouping needs.
    """
    suspects = _recurring(con, f"select row, hash({', '.join(key)}) as hash from {lookup}")
    if not len(suspects):
        return SharedKeys(suspects, suspects)
    con.register("suspects", {"row": suspects})
    keys, contents = ", ".join(key), ", ".join(content)
    found = con.sql(
        "select row,"
        f" row_number() over (partition by {keys}, {contents} order by row) > 1 as again,"
        f" count(*) over (partition by {keys}) as same_key,"
        f" count(*) over (partition by {keys}, {contents}) as same_content"
        f" from {compared('(select * from valid semi join suspects using (row))')} order by row"
    ).fetchnumpy()
    con.unregister("suspects")
    conflicting = found["same_key"] != found["same_content"]
    return SharedKeys(found["row"][found["again"] & ~conflicting], found["row"][conflicting])


def _recurring(con: duckdb.DuckDBPyConnection, hashed: str) -> Integers:
    """The rows whose hash occurs more than once, ascending."""
    hashes = con.sql(f"select hash from ({hashed})").fetchnumpy()["hash"]
    hashes.sort()
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    del hashes
    if not len(twice):
        return np.empty(0, dtype=np.int64)
    con.register("twice", {"hash": twice})
    rows = con.sql(f"select row from ({hashed}) semi join twice using (hash) order by row")
    found: Integers = rows.fetchnumpy()["row"]
    con.unregister("twice")
    return found


def count_kept_duplicates(
    con: duckdb.DuckDBPyConnection, relation: str, content: Sequence[str]
) -> int:
    """How many rows equal an earlier one in every column, by 64-bit hash."""
    query = f"select hash({', '.join(content)}) as hash from {relation}"
    hashes = con.sql(query).fetchnumpy()["hash"]
    hashes.sort()
    return int((hashes[1:] == hashes[:-1]).sum())
