"""What spreadsheets, exports and people do to values: read as meant, or said so as to be mended."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.ingestion.contract_builder import contract, look, reasons

COLUMNS: dict[str, dict[str, Any]] = {
    "complaint_id": {"header": "id", "required": True},
    "logged": {"data_type": "date", "header": "logged", "required": True},
    "at": {"data_type": "time", "header": "at"},
    "n": {"data_type": "bigint", "header": "n"},
    "amount": {"data_type": "decimal(12,2)", "header": "amount"},
    "is_closed": {"data_type": "boolean", "header": "closed"},
}
HEADER = "id,logged,at,n,amount,closed"
ROWS = [f"C{at},2024-05-{at:02},10:00,5,7.50,true" for at in range(1, 10)]
TABLE = contract(COLUMNS, key=["complaint_id"], event_date="logged")


def _with(column: str, value: str) -> str:
    cells = dict(zip(HEADER.split(","), ["C99", *ROWS[0].split(",")[1:]], strict=True))
    return "\n".join([HEADER, *ROWS, ",".join((cells | {column: value}).values()), ""])


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        ("n", " 5.0 ", 5),
        ("n", "\u00a0", None),
        ("id", '"=""0042"""', "0042"),
        ("id", "'0042", "0042"),
        # Where files were put one behind the other a byte-order mark stands before a value.
        ("id", "\ufeffC98", "C98"),
    ],
)
def test_what_stands_around_a_value_is_taken_away(
    column: str, written: str, read: object, tmp_path: Path
) -> None:
    output = tmp_path / "raw.parquet"
    found = look(_with(column, written), TABLE, folder=tmp_path, output=output)
    assert reasons(found) == []
    name = next(name for name, said in COLUMNS.items() if said["header"] == column)
    assert pl.read_parquet(output)[name][-1] == read


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        ("n", '"1,234"', "wrong_type"),
        ("n", "1\u202f234", "wrong_type"),
        ("n", "5\u00a0", "wrong_type"),
        ("n", "5%", "wrong_type"),
        ("n", "(5)", "wrong_type"),
        ("n", "1e3", "wrong_type"),
        ("n", "#N/A", "wrong_type"),
        ("amount", "\u00a37.50", "wrong_type"),
        ("amount", '"1.234,50"', "wrong_type"),
        ("amount", '"1,234"', "wrong_type"),
        ("closed", "ja", "wrong_type"),
        ("logged", "45413", "wrong_type"),
        ("logged", "1 May 2024", "wrong_type"),
        ("logged", "24-05-01", "impossible_date"),
        ("logged", "01-05-24", "impossible_date"),
        ("logged", "01/05/2024", "impossible_date"),
        ("at", "24:00", "wrong_type"),
        ("at", "0.4166", "wrong_type"),
        ("id", "1.23E+11", "rounded_number"),
    ],
)
def test_what_could_be_read_in_two_ways_rejects_its_row(
    column: str, written: str, reason: str, tmp_path: Path
) -> None:
    found = look(_with(column, written), TABLE, folder=tmp_path)
    assert reasons(found) == [(10, 11, column, reason)]


@pytest.mark.parametrize(
    "row",
    [
        "Total,,,45,67.50,",
        ",,,45,67.50,",
        "(9 rows affected)",
        '"Exported on 2024-05-31"',
        HEADER,
        "ID,dd/mm/yyyy,hh:mm,count,GBP,yes or no",
        ROWS[0].replace("C1", "C99").replace(",", ";"),
        "\x1a",
    ],
)
def test_totals_footers_and_headers_among_the_rows_are_rejected(row: str, tmp_path: Path) -> None:
    text = "\n".join([HEADER, *ROWS, row, ROWS[0].replace("C1", "C98"), ""])
    found = look(text, TABLE, folder=tmp_path)
    assert (found.accepted, found.rejected) == (10, 1)
    assert {line for _, line, *_ in reasons(found)} == {11}


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ([f"{at:02}/05/2024" for at in range(14, 23)], '`formats: ["%d/%m/%Y"]`: state it'),
        ([f"{at:02}/05/2024" for at in range(1, 10)], "whichever the sender means"),
        ([f"{at:02} May 2024" for at in range(1, 10)], '`formats: ["%d %b %Y"]`'),
        ([str(45412 + at) for at in range(1, 10)], "spreadsheets count days"),
        (["soon"] * 9, "in another format."),
    ],
)
def test_a_refusal_says_what_the_dates_of_a_file_look_like(
    days: list[str], says: str, tmp_path: Path
) -> None:
    rows = [row.replace(row.split(",")[1], day, 1) for row, day in zip(ROWS, days, strict=True)]
    found = look("\n".join([HEADER, *rows, ""]), TABLE, folder=tmp_path)
    assert says in str(found.refused)
    assert days[0] not in str(found.refused)


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright")])
def test_a_refusal_says_by_what_a_file_is_separated(sign: str, word: str, tmp_path: Path) -> None:
    text = "\n".join([HEADER, *ROWS, ""]).replace(",", sign)
    assert f"separated by {word}" in str(look(text, TABLE, folder=tmp_path).refused)


def test_a_json_array_is_told_from_json_lines(tmp_path: Path) -> None:
    lines = contract(COLUMNS, key=["complaint_id"], format={"type": "jsonl"})
    text = json.dumps([dict(zip(HEADER.split(","), row.split(","), strict=True)) for row in ROWS])
    assert "one object a line" in str(look(text, lines, folder=tmp_path).refused)


def test_a_header_among_json_lines_and_blank_values_are_no_records(tmp_path: Path) -> None:
    lines = contract(COLUMNS, key=["complaint_id"], event_date="logged", format={"type": "jsonl"})
    names = HEADER.split(",")
    rows = [dict(zip(names, row.split(","), strict=True)) for row in ROWS]
    rows.append(dict(zip(names, names, strict=True)))
    empty = [dict.fromkeys(names), dict.fromkeys(names, " ")]
    objects = [*map(json.dumps, rows), *map(json.dumps, empty)]
    found = look("\n".join(objects), lines, folder=tmp_path)
    assert (found.accepted, found.rejected, found.blank) == (9, 1, 2)
