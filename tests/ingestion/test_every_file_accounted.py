"""After a run every file of landing is named with what became of it, latecomers too."""

from pathlib import Path

import pytest

from orchestration.ingestion.ledger import quarantine_file, read_ledger
from orchestration.runner.run import RunReport
from orchestration.runner.run_report import as_text, summarise
from orchestration.steps.accounting import (
    FileReport,
    account_for,
    left_for_the_next,
    statuses,
    to_mend,
)
from orchestration.steps.load_raw import write_ledger_tables
from orchestration.steps.run_inputs import RunInputs
from orchestration.steps.status import RunStatus
from tests.ingestion.landing_builder import AS_OF, CLIPS, Place

ONE_BAD = CLIPS + "c3,PC1003,2026-01-03,-5\n"


def _inputs(place: Place) -> RunInputs:
    """A run's inputs over the invented programme, with landing as it stands now."""
    inputs = RunInputs(place.landing, AS_OF)
    inputs.__dict__.update(contracts=place.contracts, programmes=place.programmes)
    assert inputs.scan is not None
    return inputs


def _run(place: Place) -> list[FileReport]:
    before, inputs = statuses(), _inputs(place)
    place.load()
    write_ledger_tables(inputs)
    return account_for(inputs, before)


def _outcomes(files: list[FileReport]) -> dict[str, str]:
    return {Path(one.file).name: one.outcome for one in files}


def test_every_file_of_landing_has_an_outcome(place: Place) -> None:
    place.deliver("clips_1.csv", CLIPS)
    taken_out = place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    assert _outcomes(_run(place)) == {"clips_1.csv": "read", "clips_2.csv": "read"}
    taken_out.unlink()
    place.deliver("clips_3.csv", CLIPS.replace("seconds", "length"))
    place.deliver("clips_4.csv.part", CLIPS)
    place.deliver("clips_5.csv", ONE_BAD)
    place.deliver("copy/clips_1.csv", CLIPS)
    place.deliver("notes.txt", "hello")
    place.deliver(".hidden.csv", CLIPS)
    files = _run(place)
    found = {one.file.removeprefix("nowhere/"): one.outcome for one in files}
    assert {name.split(" ")[0]: outcome for name, outcome in found.items()} == {
        "clips_1.csv": "unchanged",
        "clips_2.csv": "withdrawn",
        "clips_3.csv": "refused",
        "clips_4.csv.part": "still being written",
        "clips_5.csv": "read",
        "copy/clips_1.csv": "unchanged",
        "notes.txt": "unclaimed",
        ".hidden.csv": "unclaimed",
    }
    assert [Path(one["file"]).name for one in to_mend(files)] == [
        "clips_3.csv",
        "clips_4.csv.part",
    ]
    again = _outcomes(_run(place))
    assert "clips_2.csv" not in again
    assert again["clips_3.csv"] == "refused"


def test_what_came_while_the_run_was_under_way_is_named_and_not_taken_for_loaded(
    place: Place,
) -> None:
    place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    inputs = _inputs(place)
    place.load()
    place.deliver("clips_3.csv", ONE_BAD)
    place.deliver("later.txt", "hello")
    place.deliver("clips_2.csv", CLIPS.replace("90", "92"))
    (place.landing / "nowhere" / "clips_1.csv").unlink()
    write_ledger_tables(inputs)
    files = account_for(inputs, {})
    assert _outcomes(files) == {
        "clips_1.csv": "taken out during the run",
        "clips_2.csv": "arrived during the run",
        "clips_3.csv": "arrived during the run",
        "later.txt": "arrived during the run",
    }
    assert len(left_for_the_next(files)) == 4
    assert len(read_ledger()) == 2


def test_a_run_gives_rejected_rows_by_file_in_text_and_as_data(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BODYWORN_HOME", str(tmp_path / "home"))
    place.deliver("clips.csv", ONE_BAD)
    files = _run(place)
    summary = summarise(RunReport(RunStatus(0, "Released r."), files=files))
    [row] = read_ledger()
    path = str(quarantine_file(*row.identity))
    assert summary["files"] == [
        {
            "file": "nowhere/clips.csv",
            "outcome": "read",
            "records": 3,
            "accepted": 2,
            "rejected": 1,
            "quarantine": path,
        }
    ]
    text = as_text(summary)
    assert f"Rejected nowhere/clips.csv: 1 of 3 records: {path}" in text
    assert "Files    1 read" in text


def test_a_file_that_counts_on_in_an_earlier_version_is_named_in_every_run(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    _run(place)
    place.deliver("clips.csv", CLIPS.replace("seconds", "length"))
    for _ in range(2):
        text = as_text(summarise(RunReport(RunStatus(3, "Released r."), files=_run(place))))
        assert "Stale nowhere/clips.csv counts on: Its newer version could not be read" in text
