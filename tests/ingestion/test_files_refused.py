"""What is refused: the whole file, with a sentence that says what to do; nothing is written."""

import gzip
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion.validation import typed_table
from tests.ingestion.contract_builder import CSV, HEADER, RECORDINGS, contract, look

ROW = "R1,2024-05-01 10:00:00,60,x\n"


def refusal(content: str | bytes | Path, folder: Path, of: Any = None) -> str:
    output = folder / "raw.parquet"
    found = look(content, of, folder=folder, output=output)
    assert found.refused is not None
    assert (found.accepted, found.rejects.height) == (0, 0)
    assert not output.exists()
    assert not list(folder.glob("*.unfinished"))
    return found.refused


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    said = refusal("Recording,Started,Note\nR1,2024-05-01,x\n", tmp_path)
    assert said == "Missing columns: Seconds."


def test_a_renamed_column_is_refused_with_the_line_to_add(tmp_path: Path) -> None:
    said = refusal(f"{HEADER.replace('Seconds', 'Duration (s)')}\n{ROW}", tmp_path)
    assert 'aliases: [{name: "Duration (s)", since: 2026-11-21}]' in said
    assert "The header Duration (s) of the file fits no column and is nearest to Seconds" in said
    assert "If the contract of harbour.recordings misspells it, mend `header`" in said


def test_a_line_of_data_in_place_of_the_header_is_not_shown(tmp_path: Path) -> None:
    said = refusal(ROW * 3, tmp_path)
    assert said.startswith("None of the columns of harbour.recordings is there")
    assert "R1" not in said


def test_a_retyped_column_is_refused(tmp_path: Path) -> None:
    said = refusal(HEADER + "\n" + "R1,2024-05-01 10:00:00,00:01:00,x\n" * 5, tmp_path)
    assert said.startswith("Seconds cannot be read as bigint in 5 of 5 records")


def test_too_many_unknown_codes_refuse_the_file(tmp_path: Path) -> None:
    columns = {**RECORDINGS, "note": {"header": "Note", "allowed": ["arrest"]}}
    said = refusal(f"{HEADER}\n{ROW * 2}", tmp_path, contract(columns))
    assert said.startswith("2 of 2 codes in Note are not in the contract's list")


@pytest.mark.parametrize("content", [b"", gzip.compress(b"")], ids=["plain", "gzip"])
def test_an_empty_file_is_refused(content: bytes, tmp_path: Path) -> None:
    assert refusal(content, tmp_path) == "The file is empty: not even a header."


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(f"{HEADER}\n{ROW * 100}".encode())
    assert refusal(whole[:-20], tmp_path).startswith("The gzip is truncated")


def test_a_gzip_that_is_damaged_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(f"{HEADER}\n{ROW}".encode()))
    whole[-6] ^= 0xFF
    assert refusal(bytes(whole), tmp_path).startswith("The gzip is damaged")


def test_a_gzip_that_grows_two_hundredfold_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(f"{HEADER}\n{'x' * 20_000_000}\n".encode())
    assert "200 times its size" in refusal(bomb, tmp_path)


def test_a_gzip_that_grows_past_two_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Noise keeps it below 200 times its size; blank lines make it long. What is unpacked until the
    # limit is thrown away, so that the test fills no disk.
    monkeypatch.setattr("tempfile.TemporaryFile", partial(Path(os.devnull).open, "wb"))
    noise, blank_lines = os.urandom(12 << 20), gzip.compress(b"\n" * (128 << 20))
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(f"{HEADER}\n".encode() + noise, 0) + blank_lines * 16)
    assert 200 * bomb.stat().st_size > 2_000_000_000
    assert "more than 2,000 MB" in refusal(bomb, tmp_path)


def test_broken_quotes_throughout_refuse_the_file(tmp_path: Path) -> None:
    rows = 'R1,2024-05-01 10:00:00,60,"x"y\n' * 1001
    assert "1000 records have broken quotes" in refusal(f"{HEADER}\n{rows}", tmp_path)


def test_a_header_with_an_open_quote_is_refused(tmp_path: Path) -> None:
    said = refusal(f'Recording,"Started,Seconds,Note\n{ROW}', tmp_path)
    assert said.startswith("The header cannot be read")


def test_a_header_in_another_encoding_is_refused(tmp_path: Path) -> None:
    said = refusal(f"{HEADER},é\n{ROW}".encode("utf-16"), tmp_path)
    assert said.startswith("The file looks like UTF-16, and its contract states utf-8.")


def test_lines_that_end_in_carriage_returns_alone_are_refused(tmp_path: Path) -> None:
    said = refusal(f"{HEADER}\n{ROW}".replace("\n", "\r"), tmp_path)
    assert said == "The header cannot be read: a quote or a carriage return breaks it."


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    said = refusal(f"{HEADER},Note\nR1,2024-05-01,1,x,y\n", tmp_path)
    assert said == "The column Note stands twice in the file."


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "recordings.csv"
    path.write_text(f"{HEADER}\n{ROW}")
    create = typed_table.create_typed_table

    def create_and_append(*args: Any, **named: Any) -> Any:
        table = create(*args, **named)
        path.write_text(f"{HEADER}\n{ROW}{ROW}")
        return table

    validation = "orchestration.ingestion.validation.validate_file"
    monkeypatch.setattr(f"{validation}.create_typed_table", create_and_append)
    assert refusal(path, tmp_path).startswith("The file changed while it was read")


def test_a_count_that_does_not_add_up_fails_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.ingestion.formats.delimited.rejected_records", lambda *_: [])
    said = refusal(f"{HEADER}\n{ROW}R2,too,short\n", tmp_path)
    assert said.startswith("The count does not add up: 2 records in the file, 1 read")


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "utf-16"])
def test_a_file_in_utf8_under_another_stated_encoding_is_refused(
    encoding: str, tmp_path: Path
) -> None:
    text = f"{HEADER}\nR1,2024-05-01 10:00:00,60,caf\u00e9\n"
    of = contract(format={**CSV, "encoding": encoding})
    said = look(text, of, folder=tmp_path).refused or ""
    assert "its contract states" in said
    assert look(text.encode(encoding), of, folder=tmp_path).accepted == 1
