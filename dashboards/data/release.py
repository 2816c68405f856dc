"""The released tables, read-only: what of one release is open to one reader.

`open_release` is the only way to them. Every row, list and file that a page shows or saves goes
through the release it returns, and caches keep what one reader may see apart from another's.

The link `releases/current` is followed once per rerun of a page; everything the page shows then
comes from that folder. A connection is kept per release, and only the newest few are kept.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import polars as pl
import streamlit as st

from dashboards.data import scope as scopes
from dashboards.data.scope import Scope
from orchestration import paths
from orchestration.access.reader import EVERY, Level, Reader
from orchestration.release import current, tiers, withdrawal
from orchestration.release.database import NAME as DATABASE
from orchestration.release.withdrawal import Withdrawal
from orchestration.storage.spreadsheet_safety import escape

# Streamlit warns of every cache here that its server does not run yet when this is read before.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)

STATUS = "status.json"
KEPT = 3

Where = tuple[tuple[str, object], ...]
Made = TypeVar("Made")
# A page asks for a hundred figures of one area: the large tables are read in slices with these
# columns fixed, one query each, and a figure is looked up in the slice. Figures in parts are many
# times as many as whole ones, and a page asks for those of one measure.
WHOLE = {"breakdown", "breakdown_value"}
SLICES: dict[str, tuple[frozenset[str], ...]] = {
    "fct_metrics": (
        frozenset({"programme_id", "area_id", *WHOLE}),
        frozenset({"programme_id", "period_grain", "period_start", *WHOLE}),
        frozenset({"programme_id", "area_id", "metric_id"}),
    ),
    "fct_headlines": (frozenset({"programme_id"}),),
    # Small, and asked for by area or measure: one query for each programme.
    "fct_camera_dates": (frozenset({"programme_id"}),),
    "dim_promise": (frozenset({"programme_id"}),),
}
# Filtering a slice anew for every measure takes longer than parting it once.
MEASURE = "metric_id"


class NotOpen(PermissionError):
    """A reader asked to take away what their roles do not let them."""


@dataclass(frozen=True)
class Release:
    """A release folder by its real path, as far as one reader may see it.

    `manifest` and `run` are what it and its clocks say; `withdrawn` is the record of its
    withdrawal, None while it stands.

    It is opened anew for each rerun of a page, and keeps for that one what was read and worked out.
    """

    folder: Path
    is_current: bool
    manifest: dict[str, Any]
    run: dict[str, Any]
    reader: Reader
    scope: Scope
    withdrawn: Withdrawal | None = None
    _worked_out: dict[object, Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _slices: dict[tuple[str, Where], pl.DataFrame] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _parted: dict[tuple[str, Where], dict[object, pl.DataFrame]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def name(self) -> str:
        """The release's id."""
        return self.folder.name

    @property
    def cited_as(self) -> str:
        """The release's id as pages and citations give it: for a withdrawn one with a note."""
        return f"{self.name} (withdrawn)" if self.withdrawn else self.name

    @property
    def published(self) -> str:
        """When its run finished, ISO 8601 in UTC; empty when not known."""
        return str(self.run.get("finished", ""))

    def rows(self, table: str, **where: object) -> pl.DataFrame:
        """Rows of a released table in its own order, where the named columns hold these values."""
        for columns in SLICES.get(table, ()):
            if columns <= where.keys():
                fixed = tuple((name, where[name]) for name in sorted(columns))
                rest = {name: value for name, value in where.items() if name not in columns}
                if MEASURE in rest:
                    return _within(self._of_measure(table, fixed, rest.pop(MEASURE)), rest)
                return _within(self._slice(table, fixed), rest)
        return self._slice(table, _ordered(where))

    def _slice(self, table: str, fixed: Where) -> pl.DataFrame:
        """Rows of a table; the cache, which weighs all arguments, is asked once a rerun."""
        if (table, fixed) not in self._slices:
            self._slices[table, fixed] = select(str(self.folder), table, fixed, self.scope)
        return self._slices[table, fixed]

    def _of_measure(self, table: str, fixed: Where, measure: object) -> pl.DataFrame:
        """The rows of one measure in a slice, which is parted by measure once."""
        if (table, fixed) not in self._parted:
            parted = parted_by_measure(str(self.folder), table, fixed, self.scope)
            self._parted[table, fixed] = parted
        found = self._parted[table, fixed].get(measure)
        return self._slice(table, fixed).clear() if found is None else found

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What `make` works out of the rows, which a page asks for again under the same key."""
        if key not in self._worked_out:
            self._worked_out[key] = make()
        made: Made = self._worked_out[key]
        return made

    def values(self, table: str, column: str, **where: object) -> list[Any]:
        """The different values of a column, where the named columns hold these values."""
        if any(columns <= where.keys() for columns in SLICES.get(table, ())):
            found = self.rows(table, **where)
            return sorted(found[column].drop_nulls().unique().to_list()) if found.width else []
        return distinct(str(self.folder), table, column, _ordered(where), self.scope)

    def describe(self, table: str) -> dict[str, str]:
        """Meaning of each column of a table, as written once in dbt."""
        about = self.rows("release_columns", table_name=table)
        return dict(about.select("column_name", "description").iter_rows()) if len(about) else {}

    def may_download(self, programme: str | None = None) -> bool:
        """Whether the reader may take away rows of a programme, or of every one that is open."""
        if self.scope.whole:
            return self.reader.grant(programme or EVERY).may_download
        if programme is not None:
            return self.scope.grant(programme).may_download
        return all(grant.may_download for _, grant in self.scope.grants)

    def csv(self, table: str) -> bytes:
        """A released table as CSV, as far as it is open; raises NotOpen if it may not be saved."""
        if not self.may_download():
            message = f"{self.reader.actor} may look at {table} and not take it away"
            raise NotOpen(message)
        file = tiers.csv(self.folder, table)
        if self.scope.whole and file.is_file():
            return file.read_bytes()
        return escape(self.rows(table)).write_csv().encode()


def _ordered(where: dict[str, object]) -> Where:
    return tuple(sorted(where.items()))


def serving() -> Path | None:
    """Real path of the release being served, or None before the first."""
    return current.current(paths.releases())


def open_release(reader: Reader, name: str | None = None) -> Release | None:
    """The release called `name`, or the one being served, for a reader; None if there is none.

    None too where the reader may see nothing of it.
    """
    serves = serving()
    folder = serves if name is None else _kept(name)
    if folder is None or not reader.sees_data or not (tiers.internal(folder) / DATABASE).is_file():
        return None
    scope = scopes.scope_of(reader, areas_of(str(folder)))
    if not scope.whole and not scope.grants:
        return None
    return Release(
        folder,
        folder == serves,
        _manifest(folder, scope),
        current.read_run(folder),
        reader,
        scope,
        _mark(withdrawal.read(folder), scope),
    )


def _manifest(folder: Path, scope: Scope) -> dict[str, Any]:
    """A release's manifest; for readers of a part, without files, counts and other programmes."""
    made = current.read_manifest(folder)
    if scope.whole:
        return made
    ours = {name for name, grant in scope.grants if grant.level == Level.INTERNAL}
    kept = {name: made[name] for name in ("release", "as_of", "code") if name in made}
    carried = {name: one for name, one in made.get("carried", {}).items() if name in ours}
    return kept | {"programmes": [name for name, _ in scope.grants], "carried": carried}


def _mark(mark: Withdrawal | None, scope: Scope) -> Withdrawal | None:
    """The record of a withdrawal; the reason in words may mention a programme that is closed."""
    if mark is None or scope.whole or set(mark.programmes) <= {name for name, _ in scope.grants}:
        return mark
    return replace(mark, why="It was withdrawn by those who made it.", programmes=[])


def _kept(name: str) -> Path | None:
    there = [path for path in current.published(paths.releases()) if not tiers.purged_on(path)]
    return {path.name: path.resolve() for path in there}.get(name)


def programmes() -> set[str]:
    """Programmes that a role may name: those described here and those being served."""
    described = {path.parent.name for path in paths.PROGRAMMES.glob("*/programme.yml")}
    serves = serving()
    return described | set(current.read_manifest(serves)["programmes"] if serves else ())


def history(reader: Reader) -> list[current.ReleaseSummary]:
    """Every release that is kept and of which the reader may see something, newest first."""
    every = current.list_releases(paths.releases())
    if reader.sees_everything:
        return every
    return [part for each in every if (part := _part(each, reader)) is not None]


def _part(summary: current.ReleaseSummary, reader: Reader) -> current.ReleaseSummary | None:
    """The entry of one release without what it says about programmes that are closed."""
    seen = [name for name in summary.programmes if reader.grant(name).level]
    if not seen:
        return None
    scope = Scope(tuple((name, reader.grant(name)) for name in seen))
    made = current.read_manifest(paths.releases() / summary.release)
    ours = {name for name, grant in scope.grants if grant.level == Level.INTERNAL}
    files = [one for one in made["inputs"] if one["programme_id"] in ours]
    mark = _mark(summary.withdrawn, scope)
    return replace(summary, programmes=seen, files=len(files), tests={}, withdrawn=mark)


def withdrawn(reader: Reader) -> dict[str, Withdrawal]:
    """Every withdrawn release by name, those that are not kept any more among them."""
    every = withdrawal.read_all(paths.releases())
    if reader.sees_everything:
        return every
    found = {}
    for name, mark in every.items():
        seen = [each for each in mark.programmes if reader.grant(each).level]
        scope = Scope(tuple((each, reader.grant(each)) for each in seen))
        if (part := _mark(mark, scope)) is not None:
            found[name] = part
    return found


def last_run(reader: Reader) -> dict[str, Any]:
    """What the last run recorded about itself: `last_run` and `success`; empty if never.

    Its sentences name files of any programme, so readers of a part get only the clocks.
    """
    path = paths.releases() / STATUS
    try:
        status = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
    if reader.sees_everything:
        return status
    ends = {
        name: status[name] for name in ("last_run", "success", "not_started") if status.get(name)
    }
    brief = {
        name: {key: end[key] for key in ("at", "ok") if key in end} for name, end in ends.items()
    }
    return {**brief, "expected_within_hours": status.get("expected_within_hours", 36)}


@st.cache_resource(max_entries=KEPT, on_release=duckdb.DuckDBPyConnection.close, show_spinner=False)
def _connection(folder: str) -> duckdb.DuckDBPyConnection:
    return current.connect(Path(folder))


@st.cache_data(max_entries=8, show_spinner=False)
def areas_of(folder: str) -> list[tuple[str, str, str | None]]:
    """Programme, area and the area above it, of every area of the release in `folder`."""
    with _connection(folder).cursor() as cursor:
        query = "select programme_id, area_id, parent_area_id from dim_area"
        return list(cursor.sql(query).fetchall()) if "dim_area" in columns_of(folder) else []


# What one scope lets through is never given to another: caches are keyed by it.
BY_SCOPE: dict[str | type[Any], Callable[[Any], Any]] = {Scope: lambda scope: scope.key}


# A frame is never changed, so the cached one is returned without copying it.
@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_SCOPE)
def select(folder: str, table: str, where: Where, scope: Scope) -> pl.DataFrame:
    """Rows of a table of the release in `folder`; no columns when the release has no such table."""
    return _query(folder, table, "*", where, scope)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_SCOPE)
def parted_by_measure(
    folder: str, table: str, where: Where, scope: Scope
) -> dict[object, pl.DataFrame]:
    """The rows that `select` finds, parted by measure; in each part in their own order."""
    rows = select(folder, table, where, scope)
    if MEASURE not in rows.columns:
        return {}
    parts = rows.partition_by(MEASURE, as_dict=True, maintain_order=True)
    return {measure: part for (measure,), part in parts.items()}


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=BY_SCOPE)
def distinct(folder: str, table: str, column: str, where: Where, scope: Scope) -> list[Any]:
    """The different values of a column in order; none when the release has no such table."""
    found = _query(folder, table, f'distinct "{column}"', where, scope)
    return sorted(found[column].drop_nulls().to_list()) if found.width else []


@st.cache_data(max_entries=8, show_spinner=False)
def columns_of(folder: str) -> dict[str, list[str]]:
    """The columns of every table of the release in `folder`, by its name."""
    query = "select table_name, column_name from duckdb_columns() where not internal"
    found: dict[str, list[str]] = {}
    with _connection(folder).cursor() as cursor:
        for table, column in cursor.sql(query).fetchall():
            found.setdefault(table, []).append(column)
    return found


def _within(rows: pl.DataFrame, where: dict[str, object]) -> pl.DataFrame:
    """Rows of a slice where the other columns hold these values."""
    if not where or not rows.width:
        return rows
    return rows.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in where.items())


def _query(folder: str, table: str, columns: str, where: Where, scope: Scope) -> pl.DataFrame:
    # A cursor shares the open database: a release that is closed meanwhile can be read to the end.
    known = columns_of(folder).get(table)
    if not known:
        return pl.DataFrame()
    with _connection(folder).cursor() as cursor:
        conditions = " and ".join(f'"{column}" is not distinct from ?' for column, _ in where)
        opened = scopes.relation(table, known, scope, Path(folder))
        query = f"select {columns} from {opened} where {conditions or 'true'}"
        found: pl.DataFrame = cursor.sql(query, params=[value for _, value in where]).pl()
        return found
