"""What changed between two releases: figures, missing values, tables and checks."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release.current import read_manifest
from orchestration.release.database import parquet_of
from orchestration.release.withdrawal import Withdrawal, read

FIGURE = (
    "programme_id",
    "metric_id",
    "area_id",
    "period_grain",
    "period_start",
    "breakdown",
    "breakdown_value",
)
COMPARED = ("value", "numerator", "denominator", "interval_low", "interval_high", "status")


@dataclass(frozen=True)
class ReleaseDifference:
    """Two releases side by side; every list is in the order of the figures' key.

    `withdrawn` are the records of withdrawal of the two, if any: a difference from such a release
    corrects a mistake.
    """

    old: str
    new: str
    figures: list[dict[str, Any]]
    new_missing: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    withdrawn: list[Withdrawal] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed at all."""
        return not (self.figures or self.new_missing or self.tables or self.checks)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return list(con.sql(query).pl().to_dicts())


def _figures(con: duckdb.DuckDBPyConnection, old: Path, new: Path) -> list[dict[str, Any]]:
    pairs = ", ".join(f"a.{name} as old_{name}, b.{name} as new_{name}" for name in COMPARED)
    changed = " or ".join(f"a.{name} is distinct from b.{name}" for name in COMPARED)
    query = f"""
        select
            case
                when a.metric_id is null then 'added'
                when b.metric_id is null then 'removed'
                else 'changed'
            end as change,
            {", ".join(FIGURE)}, {pairs}
        from {parquet_of(old, "fct_metrics")} as a
        full outer join {parquet_of(new, "fct_metrics")} as b using ({", ".join(FIGURE)})
        where {changed} or a.metric_id is null or b.metric_id is null
        order by {", ".join(FIGURE)}
    """
    return _rows(con, query)


def _is_new_missing(row: dict[str, Any]) -> bool:
    return row["old_value"] is not None and row["new_value"] is None


def _checks(con: duckdb.DuckDBPyConnection, old: Path, new: Path) -> list[dict[str, Any]]:
    query = f"""
        select check_name, a.status as old_status, b.status as new_status,
            a.failures as old_failures, b.failures as new_failures
        from {parquet_of(old, "release_checks")} as a
        full outer join {parquet_of(new, "release_checks")} as b using (check_name)
        where a.status is distinct from b.status or a.failures is distinct from b.failures
        order by check_name
    """
    return _rows(con, query)


def _count(con: duckdb.DuckDBPyConnection, release: Path, table: str) -> int:
    return int(con.sql(f"select count(*) from {parquet_of(release, table)}").fetchall()[0][0])


def _tables(con: duckdb.DuckDBPyConnection, old: Path, new: Path) -> list[dict[str, Any]]:
    before, after = (read_manifest(release)["outputs"] for release in (old, new))
    return [
        {
            "table": table,
            "old_rows": _count(con, old, table) if table in before else None,
            "new_rows": _count(con, new, table) if table in after else None,
        }
        for table in sorted(before.keys() | after.keys())
        if before.get(table, {}).get("content") != after.get(table, {}).get("content")
    ]


def diff(old: Path, new: Path) -> ReleaseDifference:
    """Compare two release folders by their Parquet files.

    `new_missing` are the figures that had a value and have none now, removed ones included; they
    are among `figures` too.
    """
    with duckdb.connect() as con:
        figures = _figures(con, old, new)
        return ReleaseDifference(
            old=old.name,
            new=new.name,
            figures=figures,
            new_missing=[row for row in figures if _is_new_missing(row)],
            tables=_tables(con, old, new),
            checks=_checks(con, old, new),
            withdrawn=[mark for mark in (read(old), read(new)) if mark],
        )
