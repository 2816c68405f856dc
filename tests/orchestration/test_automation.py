"""The schedule, the sensors and the heartbeat, ticked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import dagster as dg
import pytest

from orchestration.definitions import definitions
from orchestration.defs import automation
from orchestration.defs.raw import CONTRACTS
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.landing.scan import LandingScan
from orchestration.steps import run_inputs as looked_at
from orchestration.steps.status import RunStatus, write_status

SUCCESS = RunStatus(0, "Released r.", "run", "r")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path))
    monkeypatch.delenv("LANDING", raising=False)
    monkeypatch.delenv("BODYWORN_WEBHOOK", raising=False)
    return tmp_path


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def _arrives(monkeypatch: pytest.MonkeyPatch, *hashes: str) -> str:
    """Let landing hold these files for a table; returns its asset key."""
    table = CONTRACTS[0]
    new = [Delivery("p", table.source, table.name, Path(h), h, h) for h in hashes]
    monkeypatch.setattr(looked_at, "scan", lambda *_a, **_k: LandingScan(deliveries=new))
    return f"raw/{table.source}/{table.name}"


def _sensor(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(
        instance, cursor=cursor, repository_def=definitions().get_repository_def()
    )


def _tick(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    return cast("dg.RunRequest | dg.SkipReason", automation.new_files(context))


def test_an_empty_landing_starts_nothing(instance: dg.DagsterInstance) -> None:
    assert isinstance(_tick(_sensor(instance, None)), dg.SkipReason)


def test_a_new_file_starts_one_run_and_the_next_tick_none(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _arrives(monkeypatch, "aa")
    first = _sensor(instance, None)
    request = _tick(first)
    assert isinstance(request, dg.RunRequest)
    chosen = {one.to_user_string() for one in request.asset_selection or []}
    assert {one for one in chosen if one.startswith("raw/")} == {key}
    assert "release/current" in chosen
    assert isinstance(_tick(_sensor(instance, first.cursor)), dg.SkipReason)


def test_another_file_starts_another_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _arrives(monkeypatch, "aa")
    first = _sensor(instance, None)
    before = _tick(first)
    _arrives(monkeypatch, "aa", "bb")
    after = _tick(_sensor(instance, first.cursor))
    assert isinstance(before, dg.RunRequest)
    assert isinstance(after, dg.RunRequest)
    assert before.run_key != after.run_key


def test_the_schedule_asks_for_one_run_a_night_and_its_assets_are_in_the_job(
    instance: dg.DagsterInstance,
) -> None:
    night = datetime(2026, 11, 21, 3, tzinfo=UTC)
    repository = definitions().get_repository_def()
    context = dg.build_schedule_context(
        instance, scheduled_execution_time=night, repository_def=repository
    )
    [request] = automation.every_night.evaluate_tick(context).run_requests or []
    assert request.run_key == "2026-11-21"
    job = repository.get_job(automation.JOB)
    assert set(request.asset_selection or []) <= set(job.asset_layer.selected_asset_keys)
    assert automation.every_night.cron_schedule == "0 3 * * *"


def test_nothing_starts_by_itself_before_somebody_turns_it_on() -> None:
    repository = definitions().get_repository_def()
    assert {one.default_status.value for one in repository.schedule_defs} == {"STOPPED"}
    assert {one.default_status.value for one in repository.sensor_defs} == {"STOPPED"}


def test_the_heartbeat_is_quiet_after_a_success_and_fails_when_none_came_in_time() -> None:
    write_status(SUCCESS)
    assert isinstance(automation.heartbeat(), dg.SkipReason)
    write_status(SUCCESS, now=datetime.now(UTC) - timedelta(hours=37))
    with pytest.raises(dg.Failure, match="no run has succeeded for 37 hours"):
        automation.heartbeat()
