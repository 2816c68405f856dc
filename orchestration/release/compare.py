"""What changed between two releases: figures, checks, and tables row by row.

Figures and checks are compared for people. For `bodyworn reproduce` whole tables are: columns,
types, rows and values, with keys to look up. They are read with Polars and not with DuckDB, which
wrote them: a fault in how one engine writes or reads a file does not hide itself here. Keys are
primary keys of released tables, which name programmes, areas, periods and metrics and never a
person (the audit sees to that).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.release import tiers
from orchestration.release.current import read_manifest
from orchestration.release.database import parquet_of
from orchestration.release.dbt_artifacts import ABOUT
from orchestration.release.public.cube import FIGURE
from orchestration.release.withdrawal import Withdrawal, read

FIGURE_KEY = (
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
            {", ".join(FIGURE_KEY)}, {pairs}
        from {parquet_of(old, "fct_metrics")} as a
        full outer join {parquet_of(new, "fct_metrics")} as b using ({", ".join(FIGURE_KEY)})
        where {changed} or a.metric_id is null or b.metric_id is null
        order by {", ".join(FIGURE_KEY)}
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


SHOWN = 10
"""How many keys are named for each kind of difference; the count gives their total."""
OLD, NEW = "old", "new"
OCCURRENCE = "\0occurrence"
OTHER = "\0other "


@dataclass(frozen=True)
class Rows:
    """How many rows, and the keys of the first SHOWN of them in the order of the key."""

    count: int = 0
    keys: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TableDifference:
    """One table of an old and a new release; lists of columns are in the order of the old table.

    `missing_in` is "old" or "new" where only the other release has the table, else None. `types`
    holds column, old and new type; `values` has the rows in both whose value of a column differs,
    by column (null and NaN are two different values, and so are 0.0 and -0.0).
    """

    table: str
    key: list[str]
    missing_in: str | None = None
    columns_only_in_old: list[str] = field(default_factory=list)
    columns_only_in_new: list[str] = field(default_factory=list)
    columns_in_other_order: bool = False
    types: list[dict[str, str]] = field(default_factory=list)
    rows_only_in_old: Rows = Rows()
    rows_only_in_new: Rows = Rows()
    rows_in_other_order: bool = False
    values: dict[str, Rows] = field(default_factory=dict)


def _frame(release: Path, table: str) -> pl.DataFrame | None:
    """A table as its file in the release holds it; a name with a path is the public CSV."""
    path = release / table if "/" in table else tiers.parquet(release, table)
    if not path.is_file():
        return None
    return pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)


def _key(releases: Sequence[Path], table: str) -> list[str]:
    """The primary key as the first of the releases that describes the table declares it."""
    known = {"public/figures.csv": list(FIGURE)} | {one.name: list(one.key) for one in ABOUT}
    if table in known:
        return known[table]
    for release in releases:
        described = _frame(release, "release_columns")
        if described is not None:
            mine = described.filter(pl.col("table_name") == table, pl.col("is_key"))
            if len(mine):
                return mine.sort("column_position")["column_name"].to_list()
    return []


def _comparable(old: pl.DataType, new: pl.DataType) -> type[pl.DataType]:
    """The type in which values of two different types are compared."""
    if old.is_integer() and new.is_integer():
        return pl.Int128
    return pl.Float64 if old.is_numeric() and new.is_numeric() else pl.String


def _differs(column: str, kind: pl.DataType) -> pl.Expr:
    old, new = pl.col(column), pl.col(OTHER + column)
    differs = old.ne_missing(new)
    if kind.is_float():
        differs |= (old == 0) & (new == 0) & (1 / old != 1 / new)
    return differs.fill_null(value=False)


def _rows_of_table(found: pl.DataFrame, key: list[str]) -> Rows:
    return Rows(len(found), found.select(key).sort(key).head(SHOWN).to_dicts())


def _numbered(frame: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """With a number for each repetition of a key, so that repeated rows are counted too."""
    return frame.with_columns(pl.int_range(pl.len()).over(key).alias(OCCURRENCE))


def _compare_rows(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> dict[str, Any]:
    """Differences between two tables of the same columns and types."""
    same_order = old.select(key).equals(new.select(key))
    on = [*key, OCCURRENCE]
    before, after = _numbered(old, key), _numbered(new, key)
    gone = before.join(after, on=on, how="anti", nulls_equal=True)
    come = after.join(before, on=on, how="anti", nulls_equal=True)
    rest = [name for name in old.columns if name not in key]
    other = after.rename({name: OTHER + name for name in rest})
    both = before.join(other, on=on, how="inner", nulls_equal=True)
    changed = {name: both.filter(_differs(name, both.schema[name])) for name in rest}
    return {
        "rows_only_in_old": _rows_of_table(gone, key),
        "rows_only_in_new": _rows_of_table(come, key),
        "rows_in_other_order": not (len(gone) or len(come) or same_order),
        "values": {
            name: _rows_of_table(found, key) for name, found in changed.items() if len(found)
        },
    }


def compare_frames(
    table: str, key: Sequence[str], old: pl.DataFrame, new: pl.DataFrame
) -> TableDifference:
    """Compare two versions of a table row by row.

    Rows are matched by those columns of `key` that both have; without any, by all their columns.
    """
    shared = [name for name in old.columns if name in new.columns]
    by = [name for name in key if name in shared] or shared
    kinds = {name: (old.schema[name], new.schema[name]) for name in shared}
    other_types = {name: pair for name, pair in kinds.items() if pair[0] != pair[1]}
    casts = [pl.col(name).cast(_comparable(*pair)) for name, pair in other_types.items()]
    before, after = (frame.select(shared).with_columns(casts) for frame in (old, new))
    return TableDifference(
        table=table,
        key=by,
        columns_only_in_old=[name for name in old.columns if name not in shared],
        columns_only_in_new=[name for name in new.columns if name not in shared],
        columns_in_other_order=shared != [name for name in new.columns if name in shared],
        types=[
            {"column": name, OLD: str(was), NEW: str(now)}
            for name, (was, now) in other_types.items()
        ],
        **_compare_rows(before, after, by),
    )


def compare_table(old: Path, new: Path, table: str) -> TableDifference:
    """Compare one table of two release folders; `public/figures.csv` is a table too."""
    before, after = _frame(old, table), _frame(new, table)
    key = _key((old, new), table)
    if before is None or after is None:
        return TableDifference(table, key, missing_in=OLD if before is None else NEW)
    return compare_frames(table, key, before, after)


def _row_count(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _keys(rows: Rows) -> Iterator[str]:
    yield from ("    " + ", ".join(str(value) for value in key.values()) for key in rows.keys)
    if rows.count > len(rows.keys):
        yield f"    ... and {rows.count - len(rows.keys)} more"


def _columns(found: TableDifference, old: str, new: str) -> Iterator[str]:
    for names, where in ((found.columns_only_in_old, old), (found.columns_only_in_new, new)):
        if names:
            yield f"  columns only in {where}: {', '.join(names)}"
    for kind in found.types:
        yield f"  {kind['column']} is {kind[OLD]} in {old} and {kind[NEW]} in {new}"
    if found.columns_in_other_order:
        yield "  the columns are in another order"


def describe(found: TableDifference, old: str, new: str) -> list[str]:
    """Indented lines that say what differs, with `old` and `new` as the names of the releases.

    One line per key, its values in the order of the key's columns.
    """
    if found.missing_in:
        return [f"  the table is missing in {old if found.missing_in == OLD else new}"]
    lines = list(_columns(found, old, new))
    for rows, where in ((found.rows_only_in_old, old), (found.rows_only_in_new, new)):
        if rows.count:
            lines += [f"  {_row_count(rows.count)} only in {where}:", *_keys(rows)]
    for column, rows in found.values.items():
        lines += [f"  {column} differs in {_row_count(rows.count)}:", *_keys(rows)]
    if found.rows_in_other_order:
        lines.append("  the rows are in another order")
    if not lines:
        return ["  no column, type, row or value differs: the files store the same table otherwise"]
    return [f"  key: {', '.join(found.key)}", *lines]
