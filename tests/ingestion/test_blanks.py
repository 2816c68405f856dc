"""A cell of blanks alone gives nothing: missing where it is required, not stated elsewhere."""

from pathlib import Path

import polars as pl
import pytest

from tests.ingestion.contract_builder import CSV, HEADER, RECORDINGS, contract, look, reasons

GOOD = "R1,2024-05-01 10:00:00,60,x"
REQUIRED = {name: {**column, "required": True} for name, column in RECORDINGS.items()}
BLANKS = ["   ", "\t", "\u00a0", "\u2003 ", "\u200b", "\ufeff", '" "', '""']


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("at", range(4))
def test_blanks_in_a_required_column_reject_the_row(blank: str, at: int, tmp_path: Path) -> None:
    cells = GOOD.split(",")
    cells[at] = blank
    text = "\n".join([HEADER, GOOD, ",".join(cells), ""])
    found = look(text, contract(REQUIRED), folder=tmp_path)
    column = HEADER.split(",")[at]
    assert reasons(found) == [(2, 3, column, "missing_required")]


@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_in_another_column_are_not_stated(blank: str, tmp_path: Path) -> None:
    columns = {**RECORDINGS, "seconds": {"data_type": "bigint", "header": "Seconds"}}
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\n{GOOD}\n{blank},2024-05-01 10:00:00,{blank},{blank}\n"
    found = look(text, contract(columns), folder=tmp_path, output=output)
    assert (found.accepted, found.rejected) == (2, 0)
    raw = pl.read_parquet(output)
    assert raw.select("recording_id", "seconds", "note").row(1) == (None, None, None)
    assert raw["note"][0] == "x"


def test_blanks_around_a_text_stay_and_a_key_of_blanks_is_none(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    text = f"{HEADER}\nR1,2024-05-01 10:00:00,60, x \n  ,2024-05-01 10:00:00,60,x\n"
    found = look(text, contract(key=["recording_id"]), folder=tmp_path, output=output)
    assert reasons(found) == [(2, 3, "Recording", "missing_required")]
    assert pl.read_parquet(output)["note"].to_list() == [" x "]


def test_an_empty_text_is_nothing_whatever_the_contract_calls_null(tmp_path: Path) -> None:
    table = contract(REQUIRED, format={**CSV, "nulls": ["NULL"]})
    text = f"{HEADER}\n{GOOD}\nR2,2024-05-01 10:00:00,60,\nR3,2024-05-01 10:00:00,60,NULL\n"
    found = look(text, table, folder=tmp_path)
    assert [reason for *_, reason in reasons(found)] == ["missing_required"] * 2


@pytest.mark.parametrize("empty", [",,,", ' ,"",\t, '])
def test_rows_of_separators_alone_are_blank_lines(empty: str, tmp_path: Path) -> None:
    rows = [GOOD.replace("R1", f"R{at}") for at in range(30)]
    text = "\n".join([HEADER, *rows, *[empty] * 40, ""])
    output = tmp_path / "raw.parquet"
    found = look(text, folder=tmp_path, output=output)
    assert (found.refused, found.accepted, found.blank, found.rejected) == (None, 30, 40, 0)
    assert pl.read_parquet(output)["record_number"].to_list() == list(range(1, 31))


def test_a_row_with_something_in_a_column_nobody_declared_is_no_blank_line(tmp_path: Path) -> None:
    text = f"{HEADER},Extra\n{GOOD},\n,,,,\n,,,,Total 1\n"
    found = look(text, folder=tmp_path)
    assert (found.accepted, found.blank) == (1, 1)
    assert {line for _, line, *_ in reasons(found)} == {4}
