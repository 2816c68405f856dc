"""At the door of landing: files that are not what they seem, and names that are hard to write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion import reading_child
from orchestration.ingestion.landing import files
from orchestration.ingestion.landing.files import LINK_AWAY
from orchestration.ingestion.ledger import read_ledger
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.ingestion.validation.validate_file import validated
from tests.ingestion.landing_builder import CLIPS, Place

MORE = "c3,PC1003,2026-01-03,10\n"


def _refused(place: Place) -> dict[str, str]:
    return {each.name: each.sentence for each in place.scan().refused}


def test_a_file_that_somebody_has_open_for_writing_waits(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    os.utime(path, (1, 1))
    with path.open("a"):
        found = place.scan()
        assert not found.deliveries
        assert "still being written" in found.refused[0].sentence
    assert len(place.scan().deliveries) == 1


def test_a_change_that_puts_the_clock_back_is_noticed(place: Place) -> None:
    path = place.deliver("clips.csv", CLIPS)
    os.utime(path, (1, 1))
    place.load()
    assert not place.scan().deliveries
    path.write_text(CLIPS.replace("90", "91"))
    os.utime(path, (1, 1))
    assert len(place.scan().deliveries) == 1


def test_a_file_that_grows_while_it_is_read_is_not_loaded_until_the_next_run(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS + MORE)

    @contextmanager
    def slow(file: Path, *arguments: Any, **options: Any) -> Iterator[ValidationResult]:
        with validated(file, *arguments, **options) as found:
            if file == path:
                with path.open("a") as out:
                    out.write(MORE.replace("c3", "c4"))
            yield found

    monkeypatch.setattr(reading_child, "validated", slow)
    statuses = {row.file_name: row.load_status for row in place.load()}
    assert statuses == {"nowhere/clips_1.csv": "refused", "nowhere/clips_2.csv": "accepted"}
    assert [row.file_name for row in read_ledger()] == ["nowhere/clips_2.csv"]
    monkeypatch.setattr(reading_child, "validated", validated)
    assert [(row.load_status, row.accepted) for row in place.load()] == [("accepted", 3)]


def test_a_link_into_the_folder_of_another_programme_is_refused(place: Place) -> None:
    theirs = place.deliver("clips.csv", CLIPS, programme="somewhere_else")
    (place.landing / "nowhere" / "clips.csv").symlink_to(theirs)
    assert _refused(place) == {"nowhere/clips.csv": LINK_AWAY}


def test_a_link_that_leads_nowhere_is_refused(place: Place) -> None:
    (place.landing / "nowhere" / "clips.csv").symlink_to(place.landing / "nowhere" / "gone.csv")
    assert list(_refused(place)) == ["nowhere/clips.csv"]


def test_a_folder_with_the_name_of_a_file_is_refused_and_not_entered(place: Place) -> None:
    place.deliver("clips.csv/clips.csv", CLIPS)
    assert "folder where a file should be" in _refused(place)["nowhere/clips.csv"]
    assert not place.scan().deliveries


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"clips\n may.csv", "clips\\n may.csv"),
        (b"clips\x1b[2J.csv", "clips\\x1b[2J.csv"),
        (b"clips-\xff.csv", "clips-\ufffd.csv"),
    ],
    ids=["line feed", "terminal code", "not UTF-8"],
)
def test_a_name_that_could_harm_a_terminal_or_a_log_is_loaded_and_shown_harmless(
    place: Place, name: bytes, shown: str
) -> None:
    path = os.fsencode(place.landing / "nowhere") + b"/" + name
    Path(os.fsdecode(path)).write_text(CLIPS)
    (row,) = place.load()
    assert (row.file_name, row.load_status, row.accepted) == (f"nowhere/{shown}", "accepted", 2)


def test_a_file_dated_in_the_future_does_not_make_every_run_wait(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.deliver("clips.csv", CLIPS)
    os.utime(path, (4_000_000_000, 4_000_000_000))
    monkeypatch.setattr(files, "WAIT_SECONDS", 3600.0)
    assert len(place.scan().deliveries) == 1
