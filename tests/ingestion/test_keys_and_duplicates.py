"""Rows that share a key, rows that repeat, people behind pseudonyms, and wide publications."""

from pathlib import Path
from typing import Any

import polars as pl

from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from tests.ingestion.contract_builder import HEADER, RECORDINGS, contract, look, reasons

TIME = "2024-05-01 10:00:00"
PEOPLE = Pseudonyms(demonstration_key("harbour_town", 7))
OFFICER: dict[str, dict[str, Any]] = {
    **RECORDINGS,
    "note": {"header": "Note", "privacy": "identifier", "kind": "officer"},
}


def test_an_exact_repeat_of_a_key_is_dropped_and_counted(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\nR1,{TIME},60,x\nR2,{TIME},60,x\nR1,{TIME},60,x\nR1,{TIME},60,x\n"
    found = look(text, contract(key=["recording_id"]), folder=tmp_path, output=output)
    assert (found.accepted, found.duplicates, found.rejected) == (2, 2, 0)
    assert pl.read_parquet(output)["record_number"].to_list() == [1, 2]


def test_two_contents_of_a_key_reject_every_record_of_it(tmp_path: Path) -> None:
    text = f"{HEADER}\nR1,{TIME},60,x\nR2,{TIME},60,x\nR1,{TIME},61,x\nR1,{TIME},60,x\n"
    found = look(text, contract(key=["recording_id"]), folder=tmp_path)
    assert (found.accepted, found.duplicates, found.rejected) == (1, 0, 3)
    assert {reason for *_, reason in reasons(found)} == {"conflicting_key"}


def test_a_record_without_its_key_is_rejected(tmp_path: Path) -> None:
    text = f"{HEADER}\n,{TIME},60,x\nR2,{TIME},60,x\n"
    found = look(text, contract(key=["recording_id"]), folder=tmp_path)
    assert reasons(found) == [(1, 2, "Recording", "missing_required")]


def test_a_record_that_is_rejected_takes_no_key_from_another(tmp_path: Path) -> None:
    text = f"{HEADER}\nR1,{TIME},-1,x\nR1,{TIME},60,x\n"
    found = look(text, contract(key=["recording_id"]), folder=tmp_path)
    assert (found.accepted, found.rejected, found.duplicates) == (1, 1, 0)


def test_without_a_key_every_row_is_kept_and_repeats_are_counted(tmp_path: Path) -> None:
    found = look(f"{HEADER}\n" + f"R1,{TIME},60,\n" * 3 + f"R2,{TIME},60,\n", folder=tmp_path)
    assert (found.accepted, found.duplicates_kept, found.duplicates) == (4, 2, 0)


def test_people_become_pseudonyms_and_spellings_of_one_are_one(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\nR1,{TIME},60,ab12\nR2,{TIME},60, AB12 \nR3,{TIME},60,\nR4,{TIME},60,cd34\n"
    found = look(text, contract(OFFICER), folder=tmp_path, output=output, pseudonyms=PEOPLE)
    raw = pl.read_parquet(output)
    one, same, nobody, other = raw["note"].to_list()
    assert found.accepted == 4
    assert one == same == PEOPLE.of(pl.Series(["AB12"]), "officer")[0]
    assert (nobody, other != one) == (None, True)
    assert b"ab12" not in output.read_bytes().lower()
    assert raw["record_number"].to_list() == [1, 2, 3, 4]


def test_a_key_of_people_compares_the_people_not_their_spelling(tmp_path: Path) -> None:
    text = f"{HEADER}\nR1,{TIME},60,ab12\nR1,{TIME},60,AB12\n"
    for people in (None, PEOPLE):
        found = look(text, contract(OFFICER, key=["note"]), folder=tmp_path, pseudonyms=people)
        assert (found.accepted, found.duplicates) == (1, 1)


def test_what_is_dropped_or_coarsened_never_reaches_raw(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {
        "recording_id": {"header": "Recording", "privacy": "drop"},
        "started_at": {"data_type": "timestamp", "privacy": "quasi", "coarsen": "month"},
        "age": {"data_type": "integer", "privacy": "quasi", "coarsen": "age_band"},
        "postcode": {"privacy": "quasi", "coarsen": "place_code"},
    }
    output = tmp_path / "raw.parquet"
    text = "Recording,started_at,age,postcode\nSmith,2024-05-17 10:00:00,37,SE1 9PZ\n"
    found = look(text, contract(columns), folder=tmp_path, output=output)
    raw = pl.read_parquet(output)
    assert found.accepted == 1
    assert raw.columns[:3] == ["started_at", "age", "postcode"]
    assert [str(value) for value in raw.row(0)[:3]] == ["2024-05-01 00:00:00", "30", "SE1"]
    assert b"Smith" not in output.read_bytes()


def test_a_wide_publication_becomes_a_row_per_period(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {
        "published_area": {"header": "Area", "required": True},
        "month_code": {"required": True},
        "crime_count": {"data_type": "bigint", "required": True, "min": 0},
    }
    wide = {"columns": "^[0-9]{6}$", "name_to": "month_code", "value_to": "crime_count"}
    of = contract(columns, unpivot=wide, key=["published_area", "month_code"])
    output = tmp_path / "raw.parquet"
    text = "Area,202401,202402\nNorth,1,2\nSouth,3,\nNorth,1,2\nEast,4,5\n"
    found = look(text, of, folder=tmp_path, output=output)
    raw = pl.read_parquet(output)
    assert (found.records, found.accepted, found.duplicates) == (4, 2, 1)
    assert reasons(found) == [(2, 3, "202402", "missing_required")]
    assert raw.select("published_area", "month_code", "crime_count", "record_number").rows() == [
        ("North", "202401", 1, 1),
        ("North", "202402", 2, 1),
        ("East", "202401", 4, 4),
        ("East", "202402", 5, 4),
    ]
