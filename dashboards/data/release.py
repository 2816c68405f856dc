"""The released tables, read-only: whole from one release, whatever a run is doing meanwhile.

The link `releases/current` is followed once per rerun of a page; everything the page shows then
comes from that folder. A connection is kept per release, and only the newest few are kept.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import streamlit as st

from orchestration import paths
from orchestration.release import current, withdrawal
from orchestration.release.withdrawal import Withdrawal

STATUS = "status.json"
KEPT = 3

Where = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Release:
    """A release folder by its real path, with what its manifest and run clocks say.

    `withdrawn` is the record of its withdrawal, None while it stands.
    """

    folder: Path
    is_current: bool
    manifest: dict[str, Any]
    run: dict[str, Any]
    withdrawn: Withdrawal | None = None

    @property
    def name(self) -> str:
        """The release's id."""
        return self.folder.name

    @property
    def cited_as(self) -> str:
        """The release's id as pages and citations give it: one that was withdrawn says so."""
        return f"{self.name} (withdrawn)" if self.withdrawn else self.name

    @property
    def published(self) -> str:
        """When its run finished, ISO 8601 in UTC; empty when not known."""
        return str(self.run.get("finished", ""))

    def rows(self, table: str, **where: object) -> pl.DataFrame:
        """Rows of a released table in its own order, where the named columns hold these values."""
        return select(str(self.folder), table, tuple(sorted(where.items())))

    def values(self, table: str, column: str, **where: object) -> list[Any]:
        """The different values of a column, where the named columns hold these values."""
        return distinct(str(self.folder), table, column, tuple(sorted(where.items())))

    def describe(self, table: str) -> dict[str, str]:
        """Meaning of each column of a table, as written once in dbt."""
        about = self.rows("release_columns", table_name=table)
        return dict(about.select("column_name", "description").iter_rows()) if len(about) else {}


def serving() -> Path | None:
    """Real path of the release being served, or None before the first."""
    return current.current(paths.releases())


def open_release(name: str | None = None) -> Release | None:
    """The release called `name`, or the one being served; None when it is not there."""
    serves = serving()
    folder = serves if name is None else _kept(name)
    if folder is None or not (folder / "marts.duckdb").is_file():
        return None
    return Release(
        folder,
        folder == serves,
        current.read_manifest(folder),
        current.read_run(folder),
        withdrawal.read(folder),
    )


def _kept(name: str) -> Path | None:
    kept = {path.name: path.resolve() for path in current.published(paths.releases())}
    return kept.get(name)


def history() -> list[current.ReleaseSummary]:
    """Every release that is kept, newest first."""
    return current.list_releases(paths.releases())


def withdrawn() -> dict[str, Withdrawal]:
    """Every withdrawn release by name, those that are not kept any more among them."""
    return withdrawal.read_all(paths.releases())


def last_run() -> dict[str, Any]:
    """What the last run wrote about itself: `last_run` and `success`; empty if never."""
    path = paths.releases() / STATUS
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


@st.cache_resource(max_entries=KEPT, on_release=duckdb.DuckDBPyConnection.close, show_spinner=False)
def _connection(folder: str) -> duckdb.DuckDBPyConnection:
    return current.connect(Path(folder))


@st.cache_data(max_entries=512, show_spinner=False)
def select(folder: str, table: str, where: Where) -> pl.DataFrame:
    """Rows of a table of the release in `folder`; no columns when the release has no such table."""
    return _query(folder, table, "*", where)


@st.cache_data(max_entries=128, show_spinner=False)
def distinct(folder: str, table: str, column: str, where: Where) -> list[Any]:
    """The different values of a column in order; none when the release has no such table."""
    found = _query(folder, table, f'distinct "{column}"', where)
    return sorted(found[column].drop_nulls().to_list()) if found.width else []


def _query(folder: str, table: str, columns: str, where: Where) -> pl.DataFrame:
    # A cursor shares the open database: a release that is closed meanwhile is read to the end.
    with _connection(folder).cursor() as cursor:
        known = cursor.sql("select table_name from duckdb_tables() where not internal").fetchall()
        if (table,) not in known:
            return pl.DataFrame()
        conditions = " and ".join(f'"{column}" is not distinct from ?' for column, _ in where)
        query = f'select {columns} from "{table}" where {conditions or "true"}'
        found: pl.DataFrame = cursor.sql(query, params=[value for _, value in where]).pl()
        return found
