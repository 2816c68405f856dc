"""What is accepted: unharmed, or flagged and counted."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.ingestion.contract_builder import CSV, HEADER, RECORDINGS, contract, look

GOOD = "R1,2024-05-01 10:00:00,60,"
CODED: dict[str, dict[str, Any]] = {
    **RECORDINGS,
    "note": {"header": "Note", "allowed": ["arrest", "search"]},
}


def loaded(text: str | bytes, folder: Path, **meta: Any) -> pl.DataFrame:
    output = folder / "raw.parquet"
    found = look(text, contract(**meta), folder=folder, output=output)
    assert (found.refused, found.rejected) == (None, 0)
    return pl.read_parquet(output)


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (f"\ufeff{HEADER}\n{GOOD}x\n", "x"),
        (f"{HEADER}\r\n{GOOD}x\r\n", "x"),
        (f'{HEADER}\n{GOOD}"one\ntwo"\n', "one\ntwo"),
        (f'{HEADER}\n{GOOD}"said ""no"""\n', 'said "no"'),
        (f'{HEADER}\n{GOOD}5" tape\n', '5" tape'),
        (f"{HEADER}\n{GOOD}=1+1\n", "=1+1"),
        (f"{HEADER}\n{GOOD}@SUM(A1)\n", "@SUM(A1)"),
        (f"{HEADER}\n{GOOD}-2+3\n", "-2+3"),
        (f"{HEADER}\n{GOOD}Zoë\n", "Zoë"),
        (f"{HEADER}\n{GOOD}x", "x"),
        (f"{HEADER}\r\n{GOOD}x\n", "x"),
    ],
    ids=["bom", "crlf", "newline", "quote", "inch", "=", "@", "-", "unicode", "no end", "mixed"],
)
def test_what_only_looks_odd_is_loaded_as_it_is(written: str, note: str, tmp_path: Path) -> None:
    raw = loaded(written, tmp_path)
    assert raw["note"].to_list() == [note]
    assert raw["record_number"].to_list() == [1]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "iso-8859-15"])
def test_the_stated_encoding_is_used(encoding: str, tmp_path: Path) -> None:
    text = f"{HEADER}\n{GOOD}Zoë\n".encode(encoding)
    raw = loaded(text, tmp_path, format={**CSV, "encoding": encoding})
    assert raw["note"].to_list() == ["Zoë"]


def test_other_separators_quotes_and_words_for_nothing_are_as_stated(tmp_path: Path) -> None:
    form = {**CSV, "separator": ";", "quote": "'", "escape": "\\", "nulls": ["", "NA"]}
    text = HEADER.replace(",", ";") + "\nR1;2024-05-01 10:00:00;60;'it\\'s; so'\n"
    text += "R2;2024-05-01 10:00:00;60;NA\n"
    assert loaded(text, tmp_path, format=form)["note"].to_list() == ["it's; so", None]


def test_raw_rows_carry_where_they_came_from(tmp_path: Path) -> None:
    raw = loaded(f"{HEADER}\n\n{GOOD}\n\n{GOOD}\n", tmp_path)
    assert raw.columns[-5:] == [
        "programme_id",
        "file_hash",
        "file_name",
        "arrival",
        "record_number",
    ]
    assert raw["programme_id"].to_list() == ["harbour_town"] * 2
    assert raw["record_number"].to_list() == [2, 4]


def test_a_header_alone_is_accepted_with_a_warning(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    found = look(HEADER + "\n", folder=tmp_path, output=output)
    assert (found.records, found.accepted, found.refused) == (0, 0, None)
    assert found.warnings == ["The file holds a header and no records."]
    assert pl.read_parquet(output).height == 0


def test_zero_midnight_and_the_doubled_hour_are_counted(tmp_path: Path) -> None:
    flags = ["midnight", "autumn_hour"]
    started = {**RECORDINGS["started_at"], "flags": flags}
    times = ["2023-10-29 01:30:00", "2023-10-29 02:00:00", "2024-05-01 00:00:00"]
    rows = "".join(f"R{time[:4]},{time},0,\n" for time in times)
    found = look(
        f"{HEADER}\n{rows}", contract({**RECORDINGS, "started_at": started}), folder=tmp_path
    )
    assert found.accepted == 3
    assert found.flagged == {
        "seconds.zero": 3,
        "started_at.midnight": 1,
        "started_at.autumn_hour": 1,
    }


def test_an_added_column_is_accepted_and_named(tmp_path: Path) -> None:
    text = f"{HEADER},Officer Mood\n{GOOD},fine\n"
    found = look(text, folder=tmp_path)
    assert (found.accepted, found.added_columns) == (1, {5: "Officer Mood"})
    assert found.flagged["added_column"] == 1
    assert look(text, contract(undeclared="expected"), folder=tmp_path).added_columns == {}


def test_a_rare_unknown_code_becomes_unmapped(tmp_path: Path) -> None:
    rows = "".join(f"R{n},2024-05-01 10:00:00,60,arrest\n" for n in range(199))
    text = f"{HEADER}\n{rows}{GOOD}arest\n"
    output = tmp_path / "raw.parquet"
    found = look(text, contract(CODED), folder=tmp_path, output=output)
    assert found.flagged == {"note.unmapped": 1}
    assert pl.read_parquet(output)["note"].to_list()[-1] == "unmapped"


def test_a_renamed_column_is_read_under_its_alias(tmp_path: Path) -> None:
    note = {"header": "Note", "aliases": [{"name": "Remark", "since": "2024-01-01"}]}
    text = f"{HEADER.replace('Note', 'Remark')}\n{GOOD}x\n"
    assert look(text, contract({**RECORDINGS, "note": note}), folder=tmp_path).accepted == 1


def test_the_first_and_last_day_are_known(tmp_path: Path) -> None:
    found = look(f"{HEADER}\n{GOOD}\nR2,2024-05-09 10:00:00,1,\n", folder=tmp_path)
    assert [str(found.first_event), str(found.last_event)] == ["2024-05-01", "2024-05-09"]
