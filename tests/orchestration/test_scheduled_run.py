"""A run that Dagster starts keeps the promises of the command's: erasures, and the memory."""

import shutil
from datetime import date
from pathlib import Path
from unittest.mock import create_autospec

import dagster as dg
import polars as pl
import pytest

from orchestration import definitions, paths
from orchestration.definitions import Inputs
from orchestration.defs import automation, publication
from orchestration.ingestion.erasures import suppression_list
from orchestration.ingestion.erasures.suppression_list import Request
from orchestration.ingestion.landing import files
from orchestration.ingestion.ledger import read_ledger
from orchestration.ingestion.pseudonyms.keys import keys_known, new_key
from orchestration.ingestion.reading_child import validate_and_write
from orchestration.ingestion.reading_process import READING
from orchestration.release.purge import StillNeeded, purge_superseded
from orchestration.steps import erasing, run_inputs
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.status import NOT_ERASED, read_status
from tests.ingestion.landing_builder import CLIPS, invented_place, invented_programme
from tests.release import fixture_public_extract

NAME = "nowhere"
OTHER = dg.AssetKey("other")


@pytest.fixture
def interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A loaded file that is gone, and a person of it on the list whom no run took out yet."""
    monkeypatch.setattr(READING, "read", validate_and_write)
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.0)
    place = invented_place(tmp_path)
    place.programmes = [programme] = [invented_programme(is_synthetic=False)]
    new_key(NAME)
    (paths.home() / "home.yml").write_text("landing: emptied\n")
    clips = place.deliver("clips.csv", CLIPS)
    place.load()
    clips.unlink()
    request = Request(NAME, "officer", ("PC1001",))
    suppression_list.add(suppression_list.entry_of(request, keys_known(programme), "2026-11-30")[0])
    monkeypatch.setattr(run_inputs, "read_programmes", lambda: place.programmes)
    monkeypatch.setattr(run_inputs, "read_contracts", lambda: place.contracts)
    monkeypatch.setattr(definitions, "chosen", lambda _inputs: [publication.KEY, OTHER])
    for made in ("derived/ingestion/ledger.parquet", "derived/parsed/abc/manifest.json"):
        (paths.home() / made).parent.mkdir(parents=True)
        (paths.home() / made).touch()
    return place.landing


def _rows() -> int:
    [row] = read_ledger()
    return pl.read_parquet(row.raw_file).height


def _run(
    landing: Path,
    instance: dg.DagsterInstance,
    *,
    fails: bool = False,
    chosen: list[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    """A run of Dagster's over small assets in the place of ours, which looks at raw as it goes."""

    @dg.asset(key=publication.KEY)
    def release(inputs: dg.ResourceParam[RunInputs]) -> dg.MaterializeResult[None]:
        assert inputs.scope == [NAME]
        if fails:
            raise dg.Failure("no release")
        return dg.MaterializeResult(metadata={"rows": _rows()})

    @dg.asset(key=OTHER)
    def other() -> None:
        """Something else, so that a run can be of a part."""

    job = dg.Definitions(
        assets=[release, other],
        jobs=[dg.define_asset_job("all")],
        resources={"inputs": Inputs(landing=str(landing))},
        executor=dg.in_process_executor,
    ).resolve_job_def("all")
    return job.execute_in_process(instance=instance, asset_selection=chosen, raise_on_error=False)


def test_a_run_of_everything_takes_the_person_out_before_it_loads_and_finishes(
    interrupted: Path,
) -> None:
    assert (_rows(), suppression_list.unfinished_erasures([NAME])) == (2, {NAME: 1})
    with dg.DagsterInstance.ephemeral() as instance:
        done = _run(interrupted, instance)
        assert done.success
        made = instance.get_latest_materialization_event(publication.KEY)
        assert made
        assert made.asset_materialization
        assert made.asset_materialization.metadata["rows"].value == 1
    assert suppression_list.unfinished_erasures([NAME]) == {}
    assert not (paths.derived() / "ingestion").exists()
    # What dbt parsed was read before the run began, and holds nobody.
    assert (paths.parsed() / "abc" / "manifest.json").is_file()


def test_a_run_that_makes_no_release_leaves_the_erasure_to_the_next(interrupted: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert not _run(interrupted, instance, fails=True).success
        assert suppression_list.unfinished_erasures([NAME]) == {NAME: 1}
        assert _run(interrupted, instance).success
    assert suppression_list.unfinished_erasures([NAME]) == {}


def test_a_run_of_a_part_removes_nothing_that_it_does_not_make_again(interrupted: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(interrupted, instance, chosen=[publication.KEY]).success
    assert (_rows(), suppression_list.unfinished_erasures([NAME])) == (2, {NAME: 1})
    assert (paths.derived() / "ingestion").is_dir()


def test_where_an_earlier_release_has_to_stay_the_run_is_recorded_as_failed_and_says_why(
    interrupted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge = create_autospec(purge_superseded, side_effect=StillNeeded("nowhere: held"))
    monkeypatch.setattr(erasing, "purge_superseded", purge)
    served = paths.releases() / "2026-01-31-abc"
    served.mkdir(parents=True)
    monkeypatch.setattr(automation, "current", lambda _releases: served)
    with dg.DagsterInstance.ephemeral() as instance:
        done = _run(interrupted, instance)
        assert suppression_list.unfinished_erasures([NAME]) == {NAME: 1}
        run = instance.get_run_by_id(done.run_id)
        assert run
        assert run.tags[NOT_ERASED] == "nowhere: held"
        event = done.all_events[-1]
        automation.record_success(
            dg.build_run_status_sensor_context("record_success", event, instance, run)
        )
    said = read_status()["last_run"]
    assert said["ok"] is False
    assert said["sentence"] == "2026-01-31-abc serves.\nAn erasure is not finished: nowhere: held."


def test_without_the_memory_of_what_was_published_no_run_begins(
    interrupted: Path, tmp_path: Path
) -> None:
    for day in (date(2024, 3, 1), date(2024, 3, 2)):
        home, run = tmp_path / "home", f"run-{day}"
        made = fixture_public_extract.release(home, as_of=day, run_id=run)
        assert made.release.parent == paths.releases()
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(interrupted, instance).success
        shutil.rmtree(paths.releases() / "memory")
        done = _run(interrupted, instance)
    assert not done.success
    [said] = [str(event.event_specific_data) for event in done.all_events if event.is_failure]
    assert "Without it hidden figures could be worked out" in said
