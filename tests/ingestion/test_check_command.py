"""`bodyworn check`: what would be accepted or rejected of a file, without loading it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from orchestration import paths
from orchestration.cli import app
from orchestration.ingestion.contracts import table
from orchestration.ingestion.reading_child import validate_and_write
from orchestration.ingestion.reading_process import READING
from tests.ingestion.landing_builder import CLIPS, Place

PERSON = "Jane Q. Invented"
COUNTS = {"records": 5, "accepted": 2, "rejected": 1, "blank": 1, "duplicates": 1}
FAULTY = CLIPS + f"c3,{PERSON},2026-01-03,-5\n\nc1,PC1001,2026-01-01,60\n"


@pytest.fixture
def checked(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The command knows the invented contracts and no others, and reads in this process."""
    tables = {(table.source, table.name): table for table in place.contracts}
    monkeypatch.setattr(table, "find_contract", lambda *names: tables[names])
    monkeypatch.setattr(READING, "read", validate_and_write)
    return place


def _check(file: Path, *options: str) -> Result:
    command = ["check", str(file), "--source", "invented", "--table", "clips", *options]
    return CliRunner().invoke(app, [*command, "--as-of", "2026-01-31"])


def _json(file: Path) -> tuple[int, dict[str, Any]]:
    done = _check(file, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_clean_file_needs_no_key_and_loads_nothing(checked: Place) -> None:
    code, said = _json(checked.deliver("clips.csv", CLIPS))
    assert (code, said["accepted"], said["reasons"], said["reconciled"]) == (0, 2, [], True)
    assert "key made for this check" in said["notes"][0]
    assert not paths.home().exists()


def test_rejects_are_counted_placed_and_explained_without_their_values(checked: Place) -> None:
    code, said = _json(checked.deliver("clips.csv", FAULTY))
    assert code == 1
    assert {name: said[name] for name in COUNTS} == COUNTS
    (reason,) = said["reasons"]
    place = {name: reason[name] for name in ("record", "line", "column", "reason")}
    assert place == {"record": 3, "line": 4, "column": "seconds", "reason": "below_minimum"}
    assert said["reasons_total"] == 1
    assert PERSON not in json.dumps(said)


def test_many_rejects_are_capped_and_their_total_told(checked: Place) -> None:
    rows = "".join(f"d{n},PC1,2026-01-03,-5\n" for n in range(500))
    _, said = _json(checked.deliver("clips.csv", CLIPS + rows))
    assert (len(said["reasons"]), said["reasons_total"]) == (200, 500)


def test_a_renamed_column_refuses_the_file_and_prints_the_line_to_add(checked: Place) -> None:
    file = checked.deliver("clips.csv", CLIPS.replace("seconds", "length"))
    code, said = _json(file)
    assert code == 2
    assert "aliases" in said["refused"]
    assert "Refused" in _check(file).stdout


def test_people_read_counts_places_and_what_to_do(checked: Place) -> None:
    done = _check(checked.deliver("clips.csv", FAULTY))
    assert done.exit_code == 1
    assert "5 records, 2 accepted, 1 rejected" in done.stdout
    assert "rejected: 1 seconds.below_minimum" in done.stdout
    assert "record 3, line 4, column seconds" in done.stdout
    assert PERSON not in done.stdout


def test_a_reader_that_breaks_down_quotes_nothing(
    checked: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(PERSON)

    monkeypatch.setattr("orchestration.ingestion.validation.validate_file.open_file", broken)
    code, said = _json(checked.deliver("clips.csv", CLIPS))
    assert code == 2
    assert PERSON not in json.dumps(said)


def test_an_unknown_programme_is_answered_with_those_there_are(checked: Place) -> None:
    done = _check(checked.deliver("clips.csv", CLIPS), "--programme", "atlantis")
    assert done.exit_code == 2
    assert "there are:" in done.stderr


def test_a_file_that_is_not_there_is_one_line(checked: Place) -> None:
    done = _check(checked.landing / "gone.csv")
    assert done.exit_code == 2
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.output
