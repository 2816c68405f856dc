"""Parquet, JSON lines and workbooks pass the same checks as text, counted by their own rows."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from tests.ingestion.contract_builder import HEADER, RECORDINGS, contract, look, reasons

ROW = {"Recording": "R1", "Started": "2024-05-01 10:00:00", "Seconds": 60, "Note": None}
TABLE = contract(format={"type": "jsonl"})
SHEET = contract(format={"type": "xlsx"})
COLUMNAR = contract(format={"type": "parquet"})


def json_lines(*rows: Any) -> bytes:
    return "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode()


def workbook(folder: Path, *sheets: list[Any], title: str = "Export") -> Path:
    path = folder / "recordings.xlsx"
    with xlsxwriter.Workbook(path) as book:
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for at, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"{title}{at or ''}")
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    style = [clock] if isinstance(cell, datetime) else []
                    sheet.write(number, place, cell, *style)
    return path


HEADINGS = HEADER.split(",")
NOON = datetime(2024, 5, 1, 12)  # noqa: DTZ001 - a workbook knows no time zone


def test_json_lines_are_read_and_the_bad_ones_rejected(tmp_path: Path) -> None:
    text = json_lines(
        ROW, "\n", "no json\n", "[1]\n", ROW | {"Seconds": -1}, ROW | {"Seconds": 2.5}
    )
    output = tmp_path / "raw.parquet"
    found = look(text + json_lines(ROW, ROW), TABLE, folder=tmp_path, output=output)
    assert (found.records, found.blank, found.accepted) == (8, 1, 3)
    assert reasons(found) == [
        (3, 3, None, "not_json"),
        (4, 4, None, "not_json"),
        (5, 5, "Seconds", "below_minimum"),
        (6, 6, "Seconds", "wrong_type"),
    ]
    assert pl.read_parquet(output)["record_number"].to_list() == [1, 7, 8]


def test_json_lines_without_a_declared_member_are_refused(tmp_path: Path) -> None:
    found = look(json_lines({"Recording": "R1", "Started": None}), TABLE, folder=tmp_path)
    assert found.refused is not None
    assert found.refused.startswith("Missing columns: Seconds, Note.")


def columnar(folder: Path, **columns: Any) -> Path:
    path = folder / "recordings.parquet"
    usual = {
        "Recording": ["R1", "R2"],
        "Started": [NOON, NOON],
        "Seconds": [60, -1],
        "Note": ["", "x"],
    }
    pl.DataFrame(usual | columns).write_parquet(path)
    return path


def test_parquet_is_read_by_the_same_rules(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    found = look(columnar(tmp_path), COLUMNAR, folder=tmp_path, output=output)
    assert reasons(found) == [(2, None, "Seconds", "below_minimum")]
    assert pl.read_parquet(output)["note"].to_list() == [None]


def test_a_parquet_column_of_another_type_refuses_the_file(tmp_path: Path) -> None:
    path = columnar(tmp_path, Started=[True, False])
    said = look(path, COLUMNAR, folder=tmp_path).refused
    assert said == "Started was delivered as another type, which cannot hold timestamp."


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    path = columnar(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    said = look(path, COLUMNAR, folder=tmp_path).refused
    assert said == "The file is not Parquet, or it is truncated."


def test_a_workbook_is_read_with_its_blank_rows_and_midnights(tmp_path: Path) -> None:
    midnight = NOON.replace(hour=0)
    rows = [HEADINGS, ["R1", midnight, 60, "x"], [], ["R3", NOON, "soon", ""], ["R4", NOON, 0, "x"]]
    output = tmp_path / "raw.parquet"
    found = look(workbook(tmp_path, rows), SHEET, folder=tmp_path, output=output)
    assert (found.records, found.blank, found.accepted) == (4, 1, 2)
    assert reasons(found) == [(3, 4, "Seconds", "wrong_type")]
    assert pl.read_parquet(output)["started_at"].to_list() == [midnight, NOON]


def test_a_title_row_refuses_a_workbook_unless_the_contract_states_it(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Camera export"], [], HEADINGS, ["R1", NOON, 60, ""]])
    said = look(path, SHEET, folder=tmp_path).refused or ""
    assert said.startswith("None of the columns of harbour.recordings is there")
    stated = contract(format={"type": "xlsx", "header_row": 3})
    assert look(path, stated, folder=tmp_path).accepted == 1


def test_several_sheets_refuse_a_workbook_unless_one_is_named(tmp_path: Path) -> None:
    rows = [HEADINGS, ["R1", NOON, 60, ""]]
    path = workbook(tmp_path, [["Read me"]], rows)
    assert "2 sheets (Export, Export1)" in (look(path, SHEET, folder=tmp_path).refused or "")
    named = contract(format={"type": "xlsx", "sheet": "Export1"})
    assert look(path, named, folder=tmp_path).accepted == 1
    other = contract(format={"type": "xlsx", "sheet": "Data"})
    assert "no sheet Data" in (look(path, other, folder=tmp_path).refused or "")


@pytest.mark.parametrize("of", [SHEET, COLUMNAR, TABLE])
def test_a_file_that_is_none_of_its_format_is_refused(of: Any, tmp_path: Path) -> None:
    assert look(b"", of, folder=tmp_path).refused is not None
    assert look(b"nothing of the kind\n", of, folder=tmp_path).refused is not None


def test_dates_in_cells_need_no_format(tmp_path: Path) -> None:
    started = {"data_type": "date", "header": "Started", "formats": ["%d/%m/%Y"]}
    of = contract({**RECORDINGS, "started_at": started}, format={"type": "xlsx"})
    rows = [HEADINGS, ["R1", NOON.replace(hour=0), 60, ""], ["R2", "13/05/2024", 60, ""]]
    assert look(workbook(tmp_path, rows), of, folder=tmp_path).accepted == 2


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_dates_of_which_a_spreadsheet_has_swapped_those_it_could_read_refuse_the_file(
    form: str, tmp_path: Path
) -> None:
    started = {"data_type": "date", "header": "Started", "formats": [form]}
    of = contract({**RECORDINGS, "started_at": started}, format={"type": "xlsx"})
    day = NOON.replace(hour=0)
    converted = [day.replace(month=at, day=5) for at in (1, 2, 12)]
    texts = [day.replace(day=at).strftime(form) for at in (13, 14, 31)]
    rows = [HEADINGS, *([f"R{at}", each, 60, ""] for at, each in enumerate([*converted, *texts]))]
    said = look(workbook(tmp_path, rows), of, folder=tmp_path).refused or ""
    assert "(line 2) and later ones as text (line 5)" in said
    rows.append(["R9", day.replace(day=3).strftime(form), 60, ""])
    assert look(workbook(tmp_path, rows), of, folder=tmp_path).accepted == 7


def test_parquet_columns_whose_names_differ_in_capitals_stay_apart(tmp_path: Path) -> None:
    output = tmp_path / "raw.parquet"
    path = tmp_path / "recordings.parquet"
    columns = {"note": "other", "Recording": "R1", "Started": NOON, "Seconds": 60, "Note": "x"}
    pl.DataFrame({name: [value] for name, value in columns.items()}).write_parquet(path)
    assert look(path, COLUMNAR, folder=tmp_path, output=output).accepted == 1
    assert pl.read_parquet(output)["note"].to_list() == ["x"]


def test_a_number_that_a_spreadsheet_has_rounded_rejects_its_row(tmp_path: Path) -> None:
    cells = [123456789012345, 1234567890123456, "1234567890123456", 1e21, "x", -(10**15)]
    rows = [HEADINGS, *([cell, NOON, 60, ""] for cell in cells)]
    found = look(workbook(tmp_path, rows), SHEET, folder=tmp_path)
    assert reasons(found) == [(at, at + 1, "Recording", "rounded_number") for at in (2, 4, 6)]
    undeclared = [[*HEADINGS, "Extra"], ["R1", NOON, 60, "", 10**18]]
    assert look(workbook(tmp_path, undeclared), SHEET, folder=tmp_path).accepted == 1


def test_a_length_of_more_than_a_day_is_no_time_of_day(tmp_path: Path) -> None:
    started = {"data_type": "time", "header": "Started"}
    of = contract({**RECORDINGS, "started_at": started}, event_date=None, format={"type": "xlsx"})
    path = tmp_path / "recordings.xlsx"
    with xlsxwriter.Workbook(path) as book:
        clock = book.add_format({"num_format": "[h]:mm"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for row, days in enumerate((0.5, 1.5, 0.0), 1):
            sheet.write_row(row, 0, [f"R{row}", days, 60, ""])
            sheet.write(row, 1, days, clock)
    found = look(path, of, folder=tmp_path)
    assert [row[0] for row in reasons(found)] == [2]
