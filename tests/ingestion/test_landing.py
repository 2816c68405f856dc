"""Landing: what is new, known, claimed by nobody or turned away at the door."""

import os
import time
from pathlib import Path

import pytest

from orchestration.ingestion.landing import files
from orchestration.ingestion.landing.files import HIDDEN, LINK_OUT
from tests.ingestion.landing_builder import CLIPS, Place, invented_programme

ODD_NAMES = ["clips of; May.csv", "clips'quote'.csv", 'clips"double".csv', "clips-żółw-🎥.csv"]


def test_a_file_nobody_claims_is_listed(place: Place) -> None:
    place.deliver("notes.txt", "hello")
    assert place.scan().unclaimed == ["nowhere/notes.txt"]


def test_files_outside_the_programmes_folders_are_listed_too(place: Place) -> None:
    place.deliver("clips.csv", CLIPS, programme="somewhere_else")
    found = place.scan()
    assert found.unclaimed == ["somewhere_else/clips.csv"]
    assert not found.deliveries


def test_what_is_hidden_is_not_read_and_listed_with_the_reason(place: Place) -> None:
    place.deliver(".clips.csv", CLIPS)
    place.deliver(".old/clips.csv", CLIPS)
    found = place.scan()
    assert found.unclaimed == [f"nowhere/.clips.csv ({HIDDEN})", f"nowhere/.old ({HIDDEN})"]
    assert not found.deliveries
    assert not found.refused


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_file_names_are_delivered(place: Place, name: str) -> None:
    place.deliver(name, CLIPS)
    assert [delivery.path.name for delivery in place.scan().deliveries] == [name]


def test_a_file_in_a_dated_folder_is_claimed_by_its_name(place: Place) -> None:
    place.deliver("2026-01-03/clips.csv", CLIPS)
    assert [delivery.name for delivery in place.scan().deliveries] == [
        "nowhere/2026-01-03/clips.csv"
    ]


def test_an_entry_that_points_outside_landing_is_refused_and_others_go_on(
    place: Place, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(CLIPS)
    place.deliver("clips_b.csv", CLIPS)
    (place.landing / "nowhere" / "clips_a.csv").symlink_to(secret)
    found = place.scan()
    assert [(each.name, each.sentence) for each in found.refused] == [
        ("nowhere/clips_a.csv", LINK_OUT)
    ]
    assert [delivery.name for delivery in found.deliveries] == ["nowhere/clips_b.csv"]


def test_a_linked_folder_that_points_outside_is_refused(place: Place, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "clips.csv").write_text(CLIPS)
    (place.landing / "nowhere" / "more").symlink_to(outside)
    assert [each.sentence for each in place.scan().refused] == [LINK_OUT]


def test_a_pipe_is_refused_without_being_opened(place: Place) -> None:
    os.mkfifo(place.landing / "nowhere" / "clips.csv")
    assert "not a file" in place.scan().refused[0].sentence


@pytest.mark.parametrize("name", ["clips.csv.part", "clips.csv.TMP", "clips.csv.filepart"])
def test_a_name_of_an_unfinished_transfer_is_refused(place: Place, name: str) -> None:
    place.deliver(name, CLIPS)
    assert "still being written" in place.scan().refused[0].sentence


def test_a_file_that_grows_while_it_is_looked_at_is_refused_until_it_rests(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.deliver("clips.csv", CLIPS)
    monkeypatch.setattr(files, "WAIT_SECONDS", 3600.0)

    def sender_writes(_seconds: float) -> None:
        with path.open("a") as out:
            out.write("c3,PC1003,2026-01-03,10\n")

    monkeypatch.setattr(time, "sleep", sender_writes)
    found = place.scan()
    assert not found.deliveries
    assert "still being written" in found.refused[0].sentence
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    assert len(place.scan().deliveries) == 1


def test_two_claims_refuse_a_file_and_name_both(place: Place) -> None:
    other = invented_programme("elsewhere").model_copy(update={"landing": ["nowhere"]})
    place.programmes.append(other)
    place.deliver("clips.csv", CLIPS)
    found = place.scan()
    assert not found.deliveries
    assert "nowhere: invented.clips, elsewhere: invented.clips" in found.refused[0].sentence


def test_arrival_follows_the_order_of_names_and_is_kept(place: Place) -> None:
    place.deliver("clips_b.csv", CLIPS + "c9,PC1,2026-01-01,1\n")
    place.deliver("clips_c.csv", CLIPS)
    assert [(d.name, d.arrival) for d in place.scan().deliveries] == [
        ("nowhere/clips_b.csv", 1),
        ("nowhere/clips_c.csv", 2),
    ]
    place.deliver("clips_a.csv", CLIPS + "c8,PC1,2026-01-01,1\n")
    assert [(d.name, d.arrival) for d in place.scan().deliveries] == [
        ("nowhere/clips_b.csv", 1),
        ("nowhere/clips_c.csv", 2),
        ("nowhere/clips_a.csv", 3),
    ]


def test_the_same_content_under_two_names_is_one_delivery(place: Place) -> None:
    place.deliver("clips_a.csv", CLIPS)
    place.deliver("clips_b.csv", CLIPS)
    assert [delivery.name for delivery in place.scan().deliveries] == ["nowhere/clips_a.csv"]
