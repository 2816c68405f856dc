"""Dagster's own record of runs, in the home folder: quiet, and quick for hundreds of checks."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

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


@contextmanager
def _engines_kept() -> Iterator[None]:
    """One engine, kept open, per database, where Dagster makes and closes one for every event.

    Each new engine learns its dialect and compiles every statement again, and each last connection
    that closes writes the log back, which took more of a run than writing the events did.
    """
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage

    made: dict[str, sqlalchemy.Engine] = {}
    create = sqlalchemy.create_engine

    def kept(url: str, **options: Any) -> sqlalchemy.Engine:
        if url not in made:
            made[url] = create(url, **options | {"poolclass": QueuePool})
            vars(made[url])["dispose"] = lambda: None
        return made[url]

    storages = [vars(sqlite_event_log), vars(sqlite_run_storage)]
    for storage in storages:
        storage["create_engine"] = kept
    try:
        yield
    finally:
        for storage in storages:
            storage["create_engine"] = create
        for engine in made.values():
            sqlalchemy.Engine.dispose(engine)


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
        with _engines_kept(), DagsterInstance.get() as opened:
            yield opened
    finally:
        event.remove(sqlalchemy.engine.Engine, "connect", _relax)
