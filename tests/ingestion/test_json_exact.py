"""A JSON object gives each member once, and each number as it is written, to the last digit."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.ingestion.formats import json_lines
from tests.ingestion.contract_builder import RECORDINGS, contract, look, reasons

FORM = {"type": "jsonl"}
ROW = '{"Recording": "R1", "Started": "2024-05-01 10:00:00", "Seconds": 60, "Note": null}\n'
TWICE = {
    "other value": ROW.replace("}", ', "Seconds": 70}'),
    "same value": ROW.replace("}", ', "Seconds": 60}'),
    "escaped": ROW.replace("}", ', "\\u0053econds": 70}'),
    "nobody declared": ROW.replace("}", ', "x": 1, "x": 1}'),
    "in a nested object": ROW.replace("null", '{"a": 1, "a": 2}'),
    "in a nested list": ROW.replace("null", '[{"a": {"b": 1, "b": 1}}]'),
}


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_member_given_twice_rejects_the_record(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "AT_ONCE", at)
    lines = [ROW, TWICE["other value"], "no json\n", *TWICE.values(), ROW]
    found = look("".join(lines), contract(format=FORM), folder=tmp_path)
    repeated = [(at, at, None, "repeated_member") for at in (2, *range(4, 4 + len(TWICE)))]
    assert reasons(found) == sorted([*repeated, (3, 3, None, "not_json")], key=lambda row: row[0])
    assert found.accepted == 2


def kept(folder: Path, column: dict[str, Any], written: list[str]) -> list[Any]:
    """What is stored of values of the column `note`, written as they are into JSON."""
    output = folder / "raw.parquet"
    of = contract({**RECORDINGS, "note": {**column, "header": "Note"}}, format=FORM)
    text = "".join(ROW.replace("null", value) for value in written)
    found = look(text, of, folder=folder, output=output)
    assert (found.refused, found.rejected) == (None, 0)
    return pl.read_parquet(output).sort("record_number")["note"].to_list()


NUMBERS = ["1.10", "1e5", "12345678901234567890123", "9007199254740993.0", "-0", "1.0", "-0.0"]


def test_a_number_in_a_text_is_what_is_written(tmp_path: Path) -> None:
    assert kept(tmp_path, {}, NUMBERS) == NUMBERS


def test_a_nested_value_in_a_text_is_what_is_written(tmp_path: Path) -> None:
    written = ['{"a": 1.10, "b": [1e5, {"c": "\u00e9"}]}', "[1.50, 2]", '"a { \\" 1e5, }"', '"-0"']
    assert kept(tmp_path, {}, written) == [*written[:2], 'a { " 1e5, }', "-0"]


def test_a_long_whole_number_stays_one(tmp_path: Path) -> None:
    written = ["9007199254740993.0", "9007199254740993", "1.00"]
    assert kept(tmp_path, {"data_type": "bigint"}, written) == [2**53 + 1, 2**53 + 1, 1]


def test_a_negative_zero_is_no_answer_to_yes_or_no(tmp_path: Path) -> None:
    of = contract({**RECORDINGS, "note": {"data_type": "boolean", "header": "Note"}}, format=FORM)
    text = "".join(ROW.replace("null", value) for value in ("true", "false", "-0"))
    found = look(text, of, folder=tmp_path)
    assert reasons(found) == [(3, 3, "Note", "wrong_type")]


def test_an_object_nested_too_deeply_to_be_looked_through_is_rejected(tmp_path: Path) -> None:
    deep = ROW.replace("null", "[" * 5000 + "{}" + "]" * 5000)
    found = look("".join([ROW, deep]), contract(format=FORM), folder=tmp_path)
    assert reasons(found) == [(2, 2, None, "not_json")]


def test_plain_lines_are_left_to_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: str) -> str:
        raise AssertionError

    monkeypatch.setattr(json_lines, "exact_object", never)
    plain = {"Recording": "R1", "Started": "2024-05-01 10:00:00.120", "Seconds": 60, "Note": "x"}
    text = f"{json.dumps(plain)}\n"
    assert look(text, contract(format=FORM), folder=tmp_path).accepted == 1
