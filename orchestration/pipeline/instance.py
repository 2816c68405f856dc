"""Dagster's own record of runs, in the home folder: quiet, and quick for hundreds of checks."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import event

from orchestration import paths

if TYPE_CHECKING:
    from dagster import DagsterInstance

SETTINGS = """\
# Written by bodyworn when it was missing; yours to change.
telemetry:
  enabled: false
# Steps run inside one process and log to its event log: nothing else is to be captured.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
DATABASES = ("runs.db", "runs/index.db")


def dagster_home() -> Path:
    """`DAGSTER_HOME`, or `dagster` in the home folder; made when missing, with telemetry off."""
    named = os.environ.get("DAGSTER_HOME")
    folder = Path(named) if named else paths.home() / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        (folder / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    return folder


def _relax(connection: object, _record: object) -> None:
    """With a write-ahead log this is still safe against a crash, and needs no sync per event."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=NORMAL")


def _hold_open(database: Path) -> sqlite3.Connection:
    """One more connection, so that closing the others does not write the log back each time."""
    connection = sqlite3.connect(database)
    connection.execute("select count(*) from sqlite_master").fetchall()
    return connection


@contextmanager
def _engines_kept() -> Iterator[None]:
    """One engine per database, where Dagster makes one for every event.

    Each new engine learns its dialect and compiles every statement again, which took more of a
    run than writing the events did.
    """
    from dagster._core.storage.event_log.sqlite import sqlite_event_log

    made: dict[str, sqlalchemy.Engine] = {}
    storage = vars(sqlite_event_log)
    create = storage["create_engine"]

    def kept(url: str, **options: Any) -> sqlalchemy.Engine:
        if url not in made:
            made[url] = create(url, **options)
        return made[url]

    storage["create_engine"] = kept
    try:
        yield
    finally:
        storage["create_engine"] = create


@contextmanager
def instance() -> Iterator["DagsterInstance"]:
    """The Dagster instance of this home, for the length of a run.

    Dagster opens, commits and closes SQLite for every event; that is made cheap here.
    """
    from dagster import DagsterInstance

    folder = dagster_home()
    os.environ["DAGSTER_HOME"] = str(folder)
    event.listen(sqlalchemy.engine.Engine, "connect", _relax)
    try:
        with _engines_kept(), ExitStack() as stack:
            opened = stack.enter_context(DagsterInstance.get())
            for name in DATABASES:
                database = folder / "history" / name
                if database.is_file():
                    stack.enter_context(closing(_hold_open(database)))
            yield opened
    finally:
        event.remove(sqlalchemy.engine.Engine, "connect", _relax)
