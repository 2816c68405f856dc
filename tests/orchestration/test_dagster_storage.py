"""Dagster records everything through engines kept open, and makes its own outside a run."""

from pathlib import Path

import dagster as dg
from sqlalchemy import text

from orchestration.runner.dagster_storage import engines_kept


@dg.asset
def counted() -> None:
    """An asset of the test."""


def test_dagster_makes_its_engines_where_they_are_kept_and_finds_its_events_again(
    tmp_path: Path,
) -> None:
    with engines_kept() as engines, dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        done = dg.materialize([counted], instance=instance)
        during = instance.get_latest_materialization_event(counted.key)
        databases = {Path(address).name for address in engines}
    assert {f"{done.run_id}.db", "index.db", "runs.db"} <= databases
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        after = instance.get_latest_materialization_event(counted.key)
    assert during is not None
    assert after is not None
    assert after.run_id == during.run_id == done.run_id


def test_no_event_waits_for_the_disk_and_what_is_written_ahead_is_kept(tmp_path: Path) -> None:
    with engines_kept() as engines, dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        dg.materialize([counted], instance=instance)
        for address, engine in engines.items():
            with engine.connect() as connection:
                settings = ("journal_mode", "synchronous")
                said = [connection.execute(text(f"pragma {one}")).scalar() for one in settings]
            assert said == ["wal", 1], address


def test_outside_a_run_dagster_makes_its_own_engines(tmp_path: Path) -> None:
    with engines_kept() as engines:
        pass
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        dg.materialize([counted], instance=instance)
    assert engines == {}
