"""What a check is given, and what it answers."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from orchestration.release.artifacts import Artifacts


@dataclass(frozen=True)
class Finding:
    """A sentence about a candidate; an error stops its release, a warning is noted."""

    check: str
    severity: Literal["error", "warning"]
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """The finding as `audit.json` writes it."""
        return asdict(self)


@dataclass(frozen=True)
class Evidence:
    """A candidate opened for reading."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    manifest: dict[str, Any]
    artifacts: Artifacts

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the candidate's tables."""
        return self.con.sql(query).fetchall()

    def columns(self, kind: str | None = None) -> list[tuple[str, str]]:
        """Table and column names of the candidate, of one DuckDB type or of all."""
        chosen = f"and data_type = '{kind}'" if kind else ""
        query = f"""
            select table_name, column_name from duckdb_columns()
            where not internal {chosen} order by all
        """
        return [(str(table), str(column)) for table, column in self.rows(query)]


Check = Callable[[Evidence], Iterator[Finding]]
