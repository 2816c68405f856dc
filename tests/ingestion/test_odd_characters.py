"""A NUL is in no id and no text, and an id is one id however its signs are written."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from tests.ingestion.contract_builder import CSV, RECORDINGS, contract, look, reasons

PERSON = {"header": "Note", "privacy": "identifier", "kind": "officer"}
HEADER = "Recording;Started;Seconds;Note"
ROW = "{};2024-05-01 10:00:00;60;{}"


def table(note: dict[str, Any], **meta: Any) -> Any:
    """The invented table with semicolons, and other settings of its note."""
    return contract({**RECORDINGS, "note": note}, format={**CSV, "separator": ";"}, **meta)


def text_of(ids: list[str], notes: list[str]) -> str:
    """A file with a row for each pair, as it is written where quotes are not needed."""
    rows = [ROW.format(one, note) for one, note in zip(ids, notes, strict=True)]
    return "\n".join([HEADER, *rows, ""])


CONTROLS = ["a\x00b", "\x00a", "a\x01", "a\x07b", "a\x1bb", "a\x1fb", "a\x7fb", "a\x81b", "a\x9fb"]


def test_a_control_character_in_a_text_rejects_its_row(tmp_path: Path) -> None:
    plain = ["a\tb", "caf\u00e9", "\u00a0a", "a\u2028b", "a\ufffdb", '"a\nb"']
    ids = [f"R{at}" for at in range(len(CONTROLS) + len(plain))]
    output = tmp_path / "raw.parquet"
    file = text_of(ids, [*CONTROLS, *plain])
    found = look(file, table({"header": "Note"}), folder=tmp_path, output=output)
    expected = [(at, at + 1, "Note", "control_character") for at in range(1, len(CONTROLS) + 1)]
    assert reasons(found) == expected
    assert pl.read_parquet(output)["note"].to_list() == [each.strip('"') for each in plain]


def test_a_control_character_in_an_id_rejects_its_row(tmp_path: Path) -> None:
    odd = [*CONTROLS, "a\tb", '"a\nb"', "a\ufffdb", "a\x85b"]
    for note, names in (({"header": "Note"}, ("Recording",)), (PERSON, ("Note", "Recording"))):
        output = tmp_path / "raw.parquet"
        found = look(text_of([*odd, "R1"], [*odd, "x"]), table(note), folder=tmp_path)
        assert found.accepted == 0 if output.exists() else found.accepted == 1
        rejected = {(row[0], row[2]) for row in reasons(found)}
        assert {(at, name) for at in range(1, len(odd) + 1) for name in names} <= rejected
        assert {row[3] for row in reasons(found)} == {"control_character"}


def test_latin_1_that_is_windows_1252_rejects_its_rows(tmp_path: Path) -> None:
    form = {**CSV, "separator": ";", "encoding": "latin-1"}
    of = contract(format=form)
    file = text_of(["R1", "R2"], ["\u201cno\u201d", "caf\u00e9"]).encode("cp1252")
    assert reasons(look(file, of, folder=tmp_path)) == [(1, 2, "Note", "control_character")]


SAME = {
    "R1": [
        "R1",
        " R1 ",
        "\tR1",
        "R1\u00a0",
        "R1\u200b",
        "\ufeffR1",
        "R\u00ad1",
        "\uff321",
        "R\uff11",
    ],
    "\u00e9-1": [
        "\u00e9-1",
        "e\u0301-1",
        "\u00e9\u20131",
        "\u00e9\u20111",
        "\u00e9\u22121",
        "\u202a\u00e9-1",
    ],
    "A B": ["A B", "A\u00a0B", "A\u3000B", '="A B"', "'A B"],
    "~x": ["~x", "~x ", "\u2066~x"],
}


@pytest.mark.parametrize("meant", SAME)
def test_an_id_is_the_same_however_its_signs_are_written(meant: str, tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    written = SAME[meant]
    found = look(
        text_of([each.replace('"', '""').join('""') for each in written], ["x"] * len(written)),
        table({"header": "Note"}, key=["recording_id"]),
        folder=tmp_path,
        output=output,
    )
    assert (found.accepted, found.duplicates) == (1, len(written) - 1)
    assert pl.read_parquet(output)["recording_id"].to_list() == [meant]


def test_a_person_is_the_same_however_the_number_is_written(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    written = [*SAME["R1"], "r1"]
    key = Pseudonyms(demonstration_key("harbour_town", 7))
    file = text_of([f"R{at}" for at in range(len(written))], written)
    look(file, table(PERSON), folder=tmp_path, output=output, pseudonyms=key)
    assert pl.read_parquet(output)["note"].n_unique() == 1


def test_plain_ids_are_trimmed_too(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    look(
        text_of(["R1 ", " R2", "  ", "~"], ["x"] * 4),
        table({"header": "Note"}),
        folder=tmp_path,
        output=output,
    )
    assert pl.read_parquet(output)["recording_id"].to_list() == ["R1", "R2", None, "~"]


def test_a_member_with_an_escaped_nul_rejects_its_record(tmp_path: Path) -> None:
    row = '{"Recording": "R1", "Started": "2024-05-01 10:00:00", "Seconds": 60, "Note": "a"}\n'
    file = row + row.replace('"a"', '"a\\u0000"') + row.replace("R1", "R\\u00001")
    found = look(file, contract(format={"type": "jsonl"}), folder=tmp_path)
    assert [row[:3] for row in reasons(found)] == [(2, 2, "Note"), (3, 3, "Recording")]


def test_a_parquet_text_with_a_nul_rejects_its_row(tmp_path: Path) -> None:
    path = tmp_path / "recordings.parquet"
    pl.DataFrame(
        {
            "Recording": ["R1", "R\x002", "R3 "],
            "Started": ["2024-05-01 10:00:00"] * 3,
            "Seconds": [60] * 3,
            "Note": ["a\x00", "b", "c"],
        }
    ).write_parquet(path)
    found = look(path, contract(format={"type": "parquet"}), folder=tmp_path)
    expected = [(1, None, "Note", "control_character"), (2, None, "Recording", "control_character")]
    assert reasons(found) == expected
