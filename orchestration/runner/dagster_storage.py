"""Dagster's SQLite storage with one open engine per database, for the length of a run.

Dagster makes and closes an engine for every event. Each new engine learns its dialect and compiles
every statement again, which takes most of the time that events cost: a tenth of a small run. There
is no setting for it, so `create_engine` is replaced in two private modules of Dagster.
`tests/benchmarks/dagster_events.py` prints the gain, and `tests/orchestration/test_dagster_storage`
fails when Dagster no longer makes its engines there.

Nor does each event wait for the disk: Dagster writes ahead (WAL), so that a killed run loses none,
and a machine without power at most the last of a run that has to be made again anyway.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy.pool import QueuePool


def _without_waiting(connection: Any, _record: object) -> None:
    """Let a new connection of SQLite wait for the disk at checkpoints, not at every commit."""
    connection.execute("pragma synchronous = normal")


@contextmanager
def engines_kept() -> Iterator[dict[str, sqlalchemy.Engine]]:
    """Keep the engines of Dagster's event log and run storage open; yields them by address."""
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage

    made: dict[str, sqlalchemy.Engine] = {}
    create = sqlalchemy.create_engine

    def kept(url: str, **options: Any) -> sqlalchemy.Engine:
        if url not in made:
            made[url] = create(url, **options | {"poolclass": QueuePool})
            # Dagster disposes of an engine after each use; this one is disposed of at the end.
            vars(made[url])["dispose"] = lambda: None
            sqlalchemy.event.listen(made[url], "connect", _without_waiting)
        return made[url]

    storages = [vars(sqlite_event_log), vars(sqlite_run_storage)]
    for storage in storages:
        storage["create_engine"] = kept
    try:
        yield made
    finally:
        for storage in storages:
            storage["create_engine"] = create
        for engine in made.values():
            sqlalchemy.Engine.dispose(engine)
