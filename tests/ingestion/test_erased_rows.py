"""People on the list of erasures never reach raw, whichever key, file or column names them."""

import json
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion.erasures import suppression_list
from orchestration.ingestion.erasures.purge_raw import purge
from orchestration.ingestion.erasures.suppression_list import ErasureProblem, Request
from orchestration.ingestion.ledger import LedgerRow, read_ledger
from orchestration.ingestion.pseudonyms.keys import keys_known, new_key, rotate_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.erased_rows import ErasedPeople
from orchestration.ingestion.validation.validate_file import validated
from orchestration.programmes.programme import Programme
from tests.ingestion.contract_builder import AS_OF, contract, delivery
from tests.ingestion.landing_builder import CLIPS, Place, invented_programme

NAME = "nowhere"


def _erase(programme: Programme, *identifiers: str, kind: str = "officer") -> ErasedPeople:
    request = Request(programme.programme, kind, identifiers)
    entry, _ = suppression_list.entry_of(request, keys_known(programme), "2026-11-30")
    suppression_list.add(entry)
    return suppression_list.erased_people(programme.programme)


@pytest.fixture
def real(place: Place) -> Place:
    place.programmes = [invented_programme(is_synthetic=False)]
    new_key(NAME)
    return place


def _officers(place: Place) -> set[str]:
    return set(place.raw()["officer"].to_list())


def _pseudonym(place: Place, officer: str) -> str:
    key = keys_known(place.programmes[0])[0]
    return str(Pseudonyms(key).of(pl.Series([officer]), "officer")[0])


def test_a_file_is_loaded_again_without_the_person_and_its_records_still_add_up(
    real: Place,
) -> None:
    real.deliver("clips.csv", CLIPS)
    real.load()
    pseudonym = _pseudonym(real, "PC1001")
    assert pseudonym in _officers(real)
    assert real.scan().deliveries == []
    # Systems differ in case and blanks for the same person.
    _erase(real.programmes[0], " pc1001 ")
    [row] = real.load()
    assert (row.records, row.accepted, row.erased, row.erasures) == (1, 1, 1, 1)
    assert row.reconciled
    assert pseudonym not in _officers(real)
    assert real.raw()["record_number"].to_list() == [2]
    assert real.scan().deliveries == []


def test_a_person_who_was_erased_stays_away_from_later_files_and_under_another_key(
    real: Place,
) -> None:
    _erase(real.programmes[0], "PC1001")
    rotate_key(real.programmes[0])
    real.deliver("clips_2.csv", CLIPS)
    [row] = real.load()
    assert (row.accepted, row.erased) == (1, 1)
    assert _officers(real) == {_pseudonym(real, "PC1002")}


def test_a_number_that_two_kinds_of_people_share_erases_one_of_them(place: Place) -> None:
    _erase(place.programmes[0], "PC1001", kind="complainant")
    place.deliver("clips.csv", CLIPS)
    [row] = place.load()
    assert (row.accepted, row.erased) == (2, 0)


def _gone(place: Place) -> LedgerRow:
    """The load of a file that a transfer took out of landing again."""
    paths.home().mkdir(parents=True, exist_ok=True)
    (paths.home() / "home.yml").write_text("landing: emptied\n")
    file = place.deliver("clips.csv", CLIPS)
    [row] = place.load()
    file.unlink()
    return row


def test_a_load_whose_file_is_gone_is_purged_in_place_and_twice_is_as_good_as_once(
    real: Place,
) -> None:
    row = _gone(real)
    before = _pseudonym(real, "PC1001")
    people = {NAME: _erase(real.programmes[0], "PC1001")}
    [done] = purge(people, real.contracts)
    assert (done.file_name, done.rows) == (row.file_name, 1)
    [now] = read_ledger()
    assert (now.records, now.accepted, now.erased, now.erasures) == (1, 1, 1, 1)
    assert str(now.first_event_date) == "2026-01-02"
    assert before.encode() not in row.raw_file.read_bytes()
    assert before not in _officers(real)
    assert purge(people, real.contracts) == []


def test_a_purge_that_was_killed_between_file_and_ledger_is_finished_by_the_next(
    real: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _gone(real)
    people = {NAME: _erase(real.programmes[0], "PC1001")}

    def killed(_: LedgerRow) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.ingestion.erasures.purge_raw.append", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(people, real.contracts)
    assert [row.accepted for row in read_ledger()] == [2]
    purge(people, real.contracts)
    [row] = read_ledger()
    assert (row.accepted, row.erased, row.erasures) == (1, 1, 1)


def _look(tmp_path: Path, text: str, people: ErasedPeople) -> tuple[int, int, list[object]]:
    """Rows and texts erased of a file, and the rows that stay."""
    columns: dict[str, dict[str, Any]] = {
        "recording_id": {"header": "Recording", "required": True},
        "staff_id": {"header": "Officer", "privacy": "identifier", "kind": "officer"},
        "staff_name": {"header": "Name", "privacy": "drop", "kind": "officer"},
        "note": {"header": "Note"},
    }
    file = tmp_path / "recordings.csv"
    file.write_text("Recording,Officer,Name,Note\n" + text)
    table = contract(columns, key=["recording_id"], event_date=None)
    with validated(
        file, table, as_of=AS_OF, time_zone="Europe/London", pseudonyms=None, erased=people
    ) as found:
        assert found.rows is not None
        kept = found.rows.con.sql(found.rows.query).fetchall()
        assert found.reconciled
    assert delivery(file)
    return found.erased, found.erased_texts, [(row[0], row[2]) for row in kept]


def test_a_name_in_a_dropped_column_erases_a_row_that_no_number_gives_to_somebody_else(
    place: Place, tmp_path: Path
) -> None:
    people = _erase(place.programmes[0], "PC1001", "Jane Smith")
    rows = "r1,,Jane Smith,\nr2,PC1002,Jane Smith,\nr3,N/A,jane smith,\nr4,,Jane Smithson,\n"
    erased, texts, kept = _look(tmp_path, rows, people)
    assert (erased, texts) == (2, 0)
    assert kept == [("r2", None), ("r4", None)]


def test_a_text_that_mentions_the_person_is_emptied_and_an_id_that_does_goes_with_its_row(
    place: Place, tmp_path: Path
) -> None:
    people = _erase(place.programmes[0], "PC1001")
    rows = "r1,PC1002,,seen with pc1001.\nPC1001-77,,,\nr3,PC1002,,PC10012 was there\nr4,,,x\n"
    erased, texts, kept = _look(tmp_path, rows, people)
    assert (erased, texts) == (1, 1)
    assert kept == [("r1", None), ("r3", "PC10012 was there"), ("r4", "x")]


def test_a_short_number_inside_a_text_is_nobody(place: Place, tmp_path: Path) -> None:
    people = _erase(place.programmes[0], "1001")
    erased, texts, _ = _look(tmp_path, "r1,,,1001 people\nr2,1001,,\n", people)
    assert (erased, texts) == (1, 0)


def test_the_list_holds_nothing_of_the_person_and_is_for_its_owner_alone(real: Place) -> None:
    _erase(real.programmes[0], "PC1001", "Jane Smith")
    text = suppression_list.list_file().read_text()
    for secret in ("PC1001", "Jane", "SMITH", _pseudonym(real, "PC1001")[-26:]):
        assert secret not in text
    for name in (suppression_list.NAME, suppression_list.KEYED_BY):
        assert stat.S_IMODE((paths.keys() / name).stat().st_mode) == 0o600
    # On another home's list the same person has another digest: no list tells numbers of officers.
    first = json.loads(text)["identifiers"]
    suppression_list.list_file().unlink()
    (paths.keys() / suppression_list.KEYED_BY).unlink()
    _erase(real.programmes[0], "PC1001", "Jane Smith")
    again = json.loads(suppression_list.list_file().read_text())["identifiers"]
    assert not set(first) & set(again)


def test_a_list_that_was_changed_cut_or_lost_stops_the_load_in_words(real: Place) -> None:
    _erase(real.programmes[0], "PC1001")
    _erase(real.programmes[0], "PC1002")
    real.deliver("clips.csv", CLIPS)
    real.load()
    file = suppression_list.list_file()
    whole = file.read_text()
    first, second = whole.splitlines()
    for text, said in (
        (whole.replace("2026-11-30", "2026-11-29", 1), "Line 1 of .* was changed"),
        (f"{second}\n", "Line 1 of .* was changed"),
        (f"{first}\n", "has 1 entries of nowhere, and files were loaded when there were 2"),
        ("", "has 0 entries of nowhere, and files were loaded when there were 2"),
    ):
        file.write_text(text)
        with pytest.raises(ErasureProblem, match=said):
            real.scan()
    file.write_text(whole)
    (paths.keys() / suppression_list.KEYED_BY).unlink()
    with pytest.raises(ErasureProblem, match=r"erasures\.secret is gone"):
        real.scan()


def test_what_a_power_cut_left_half_written_is_cut_off_and_written_again(real: Place) -> None:
    _erase(real.programmes[0], "PC1001")
    with suppression_list.list_file().open("a") as file:
        file.write('{"half": ')
    assert _erase(real.programmes[0], "PC1002").count == 2


def test_a_home_from_an_older_backup_knows_whom_it_still_holds(real: Place) -> None:
    _erase(real.programmes[0], "PC1001")
    assert suppression_list.unfinished_erasures([NAME]) == {NAME: 1}
    suppression_list.finish_erasures({NAME: 1})
    assert suppression_list.unfinished_erasures([NAME]) == {}
    _erase(real.programmes[0], "PC1002")
    assert suppression_list.unfinished_erasures([NAME]) == {NAME: 2}
    suppression_list.finish_erasures({NAME: 2})
    suppression_list.reopen_erasure(NAME, 1)
    assert suppression_list.unfinished_erasures([NAME]) == {NAME: 2}
