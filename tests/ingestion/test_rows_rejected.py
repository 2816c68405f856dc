"""What is rejected: one record, with its place, a reason and a sentence, and never its content."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.ingestion.contract_builder import CSV, HEADER, RECORDINGS, contract, look, reasons

GOOD = "R1,2024-05-01 10:00:00,60,x"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("R9,2024-05-01 10:00:00,sixty,x", "Seconds", "wrong_type"),
        ("R9,2024-05-01 10:00:00,1.5,x", "Seconds", "wrong_type"),
        ("R9,2024-05-01 10:00:00,1_0,x", "Seconds", "wrong_type"),
        ("R9,2024-05-01 10:00:00,0x1F,x", "Seconds", "wrong_type"),
        ("R9,2024-05-01 10:00:00,,x", "Seconds", "missing_required"),
        ("R9,2024-05-01 10:00:00,-1,x", "Seconds", "below_minimum"),
        ("R9,2024-05-01 10:00:00,86401,x", "Seconds", "above_maximum"),
        ("R9,2030-01-01 10:00:00,60,x", "Started", "impossible_date"),
        ("R9,2026-11-22 00:00:00,60,x", "Started", "impossible_date"),
        ("R9,1900-01-01 00:00:00,60,x", "Started", "impossible_date"),
        ("R9,2024-13-05 10:00:00,60,x", "Started", "impossible_date"),
        ("R9,31/02/2024 10:00,60,x", "Started", "impossible_date"),
        ("R9,infinity,60,x", "Started", "wrong_type"),
        ("R9,2024-05-01T10:00:00+01:00,60,x", "Started", "undeclared_offset"),
        ("R9,2024-05-01T10:00Z,60,x", "Started", "undeclared_offset"),
        ("R9,2024-05-01 10:00:00,60", None, "ragged"),
        ("R9,2024-05-01 10:00:00,60,x,y", None, "ragged"),
        ("   ", None, "ragged"),
        ("R9,2024-05-01 10:00:00,60,\udcff", None, "bad_bytes"),
        ('R9,2024-05-01 10:00:00,60,"x', None, "bad_quotes"),
        ('R9,2024-05-01 10:00:00,60,"a "b" c"', None, "bad_quotes"),
        ("R9,2024-05-01 10:00:00,60,a\rb", None, "stray_return"),
    ],
)
def test_one_bad_record_is_rejected_and_the_others_are_not(
    row: str, column: str | None, reason: str, tmp_path: Path
) -> None:
    text = f"{HEADER}\n{GOOD}\n{row}\n\n{GOOD}\n{GOOD}\n{GOOD}\n"
    output = tmp_path / "raw.parquet"
    found = look(text.encode(errors="surrogateescape"), folder=tmp_path, output=output)
    assert reasons(found) == [(2, 3, column, reason)]
    assert (found.records, found.accepted, found.blank) == (6, 4, 1)
    assert pl.read_parquet(output)["record_number"].to_list() == [1, 4, 5, 6]
    assert found.rejects["sentence"].null_count() == 0


@pytest.mark.parametrize("width", [1, 10, 11, 21, 22, 63, 70])
def test_faults_keep_their_column_and_reason_in_a_table_of_any_width(
    width: int, tmp_path: Path
) -> None:
    names = [f"n{at:02}" for at in range(width)]
    wide = {name: {"data_type": "bigint", "header": name, "max": 9} for name in names}
    good = ",".join("5" for _ in names)
    bad = ",".join("x" if at % 3 == 0 else "99" if at % 3 == 1 else "7" for at in range(width))
    text = "\n".join([",".join(names), good, bad, *[good] * 3]) + "\n"
    found = look(text, contract(wide), folder=tmp_path)
    expected = {0: "wrong_type", 1: "above_maximum"}
    assert reasons(found) == [
        (2, 3, name, expected[at % 3]) for at, name in enumerate(names) if at % 3 in expected
    ]


def test_every_column_at_fault_is_named(tmp_path: Path) -> None:
    found = look(f"{HEADER}\nR9,soon,-5,x\n{GOOD}\n{GOOD}\n", folder=tmp_path)
    assert reasons(found) == [
        (1, 2, "Seconds", "below_minimum"),
        (1, 2, "Started", "wrong_type"),
    ]
    assert found.rejected == 1


def test_lines_are_those_of_the_file_when_records_span_several(tmp_path: Path) -> None:
    long = 'R1,2024-05-01 10:00:00,60,"a\nb\nc"'
    found = look(f"{HEADER}\n{long}\n{long}\nR9,2024-05-01 10:00:00,-1,x\n", folder=tmp_path)
    assert reasons(found) == [(3, 8, "Seconds", "below_minimum")]


def test_bytes_that_the_stated_encoding_does_not_have_reject_their_record(tmp_path: Path) -> None:
    form = {**CSV, "encoding": "cp1252"}
    text = f"{HEADER}\n{GOOD}\nR2,2024-05-01 10:00:00,60,".encode() + b"\x81\n"
    found = look(text, contract(format=form), folder=tmp_path)
    assert reasons(found) == [(2, 3, None, "bad_bytes")]


def test_an_unclosed_quote_costs_one_record_of_thousands(tmp_path: Path) -> None:
    rows = [f"R{n},2024-05-01 10:00:00,60,x" for n in range(5000)]
    rows[49] = 'R49,2024-05-01 10:00:00,60,"forgotten'
    rows[4000] = 'R4000,2024-05-01 10:00:00,60,"a, quoted"'
    found = look(HEADER + "\n" + "\n".join(rows), folder=tmp_path)
    assert (found.records, found.accepted) == (5000, 4999)
    assert reasons(found) == [(50, 51, None, "bad_quotes")]


def test_in_a_file_with_one_column_an_empty_value_is_a_blank_line(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {"note": {"header": "Note", "required": True}}
    found = look('Note\na\n\n""\nb\n', contract(columns), folder=tmp_path)
    assert (found.records, found.accepted, found.blank) == (4, 2, 2)
    assert reasons(found) == []


def test_no_message_holds_a_value_of_the_file(tmp_path: Path) -> None:
    columns = {**RECORDINGS, "note": {"header": "Note", "privacy": "identifier", "kind": "officer"}}
    rows = "Smith,Smith,Smith,Smith\nSmith,2024-05-01 10:00:00,Smith,Smith\nSmith\n"
    found = look(
        f"{HEADER}\n{rows}{GOOD}\n{GOOD}\n{GOOD}\n{GOOD}\n", contract(columns), folder=tmp_path
    )
    assert found.rejected == 3
    assert "Smith" not in found.rejects.write_csv()
