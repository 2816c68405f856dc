"""After a change of contract, key or words: what is loaded again, what must be delivered again."""

import os

import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.ledger import LedgerProblem, read_ledger
from orchestration.ingestion.pseudonyms.keys import new_key, variable
from tests.ingestion.landing_builder import (
    CLIPS,
    CONTRACT,
    Place,
    invented_programme,
    with_version,
)


def _emptied() -> None:
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "home.yml").write_text("landing: emptied\n")


def test_a_file_that_left_landing_before_its_contract_changed_is_named(place: Place) -> None:
    _emptied()
    path = place.deliver("clips.csv", CLIPS)
    place.load()
    path.unlink()
    assert place.scan().stale_loads == []
    place.contracts[0] = with_version(place.contracts[0], 2)
    (named,) = place.scan().stale_loads
    assert named.name == "nowhere/clips.csv"
    assert "version 1 of its contract" in named.sentence
    assert read_ledger()[0].raw_file.exists()


def test_another_key_loads_again_what_is_in_landing_and_names_what_is_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _emptied()
    place.programmes = [invented_programme(is_synthetic=False)]
    _, old = new_key("nowhere")
    gone = place.deliver("clips_1.csv", CLIPS)
    place.deliver("clips_2.csv", CLIPS.replace("90", "91"))
    place.load()
    gone.unlink()
    monkeypatch.setenv(variable("nowhere"), os.urandom(32).hex())
    found = place.scan()
    assert [delivery.name for delivery in found.deliveries] == ["nowhere/clips_2.csv"]
    assert [each.name for each in found.stale_loads] == ["nowhere/clips_1.csv"]
    assert old.fingerprint in found.stale_loads[0].sentence
    prefixes = {person[:9] for person in place.raw()["officer"]}
    assert prefixes == {f"k{old.fingerprint}"}
    place.load()
    assert len({person[:9] for person in place.raw()["officer"]}) == 2


def test_other_words_in_a_contract_load_nothing_again(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    place.contracts[0] = place.contracts[0].model_copy(update={"description": "Said better."})
    assert not place.scan().deliveries


def test_another_time_zone_loads_again(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    place.load()
    place.programmes = [invented_programme().model_copy(update={"time_zone": "America/Chicago"})]
    assert len(place.scan().deliveries) == 1


def test_a_raw_file_that_was_lost_is_loaded_again(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    row.raw_file.unlink()
    assert len(place.scan().deliveries) == 1


def test_a_damaged_row_of_the_ledger_is_named_with_what_to_do(place: Place) -> None:
    place.deliver("clips.csv", CLIPS)
    (row,) = place.load()
    damaged = next(row.raw_file.parents[4].glob("ledger/rows/*/*/*/*.json"))
    damaged.write_text("{")
    with pytest.raises(LedgerProblem, match="Remove it"):
        place.scan()


def test_a_table_without_identifiers_is_not_loaded_again_for_the_key_of_another(
    place: Place,
) -> None:
    clips, complaints = CONTRACT.split("- name: complaints")
    text = complaints.replace("privacy: identifier, kind: officer", "privacy: published")
    staging = place.landing.parent / "staging"
    (staging / "invented" / "_invented.yml").write_text(f"{clips}- name: complaints{text}")
    place.contracts = read_contracts(staging)
    place.deliver("clips.csv", CLIPS)
    place.deliver("complaints.csv", "officer,logged_on\nk1,2026-01-05\n")
    assert [row.load_status for row in place.load()] == ["accepted", "accepted"]
    assert not place.scan().deliveries
