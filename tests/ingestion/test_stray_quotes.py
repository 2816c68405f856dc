"""Stray quotes swallow no record, and nothing of one record reaches a column of another."""

import csv
import io
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion.contracts.column import ColumnContract
from orchestration.ingestion.contracts.table import TableContract, find_contract
from tests.ingestion.contract_builder import HEADER, contract, look, reasons

LAYOUTS = [
    *(("bodyworn", "recordings"), ("bodyworn", "encounter_officers"), ("bodyworn", "complaints")),
    *(("evidence_com", "recordings"), ("police_uk", "street_crimes"), ("tjjd", "staff")),
]


def _rows(count: int, note: str = "") -> list[str]:
    return [f"R{n},2024-05-01 10:00:00,60,{note}" for n in range(count)]


def _text(rows: list[str]) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def test_two_stray_quotes_cost_their_two_rows_and_no_other(tmp_path: Path) -> None:
    rows = _rows(3000)
    rows[99] += '"'
    rows[2699] += '"'
    output = tmp_path / "raw.parquet"
    found = look(_text(rows), folder=tmp_path, output=output)
    assert (found.records, found.accepted, found.physical_lines) == (3000, 2998, 3001)
    assert reasons(found) == [(100, 101, None, "bad_quotes"), (2700, 2701, None, "bad_quotes")]
    assert pl.read_parquet(output)["note"].null_count() == 2998


def test_stray_quotes_in_rows_that_follow_each_other_are_told(tmp_path: Path) -> None:
    rows = _rows(3)
    rows[0], rows[1] = rows[0] + '"', rows[1] + '"'
    found = look(_text(rows), folder=tmp_path)
    assert (found.records, found.accepted) == (3, 1)


def test_stray_quotes_in_two_different_columns_swallow_nothing(tmp_path: Path) -> None:
    rows = _rows(50)
    rows[5], rows[40] = 'R5,"2024-05-01 10:00:00,60,', rows[40] + '"'
    found = look(_text(rows), folder=tmp_path)
    assert (found.records, found.accepted) == (50, 48)


def test_a_row_with_faults_of_its_own_between_the_quotes_hides_nothing(tmp_path: Path) -> None:
    rows = _rows(20)
    rows[4], rows[8], rows[12] = rows[4] + '"', "R8,too,short", rows[12] + '"'
    found = look(_text(rows), folder=tmp_path)
    assert (found.records, found.accepted) == (20, 17)


def test_a_quote_that_swallows_across_blocks_of_reading_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.ingestion.formats.csv_blocks.BLOCK", 100)
    rows = _rows(60)
    rows[3], rows[50] = rows[3] + '"', rows[50] + '"'
    found = look(_text(rows), folder=tmp_path)
    assert (found.records, found.accepted) == (60, 58)


def test_a_header_that_swallows_rows_refuses_the_file(tmp_path: Path) -> None:
    rows = _rows(5)
    rows[3] += '"'
    said = look(_text(rows).replace(",Note", ',"Note'), folder=tmp_path).refused or ""
    assert said.startswith("The header cannot be read: a quote in it opens a text")


@pytest.mark.parametrize(
    "note",
    [
        '"first line\nsecond line"',
        '"one, two\n\nthree, four\nfive"',
        '"a ""word""\nand on"',
        '"\n"',
    ],
)
def test_text_over_several_lines_still_loads(tmp_path: Path, note: str) -> None:
    found = look(_text(_rows(40, note)), folder=tmp_path)
    assert (found.records, found.accepted) == (40, 40)
    assert found.physical_lines == 41 + 40 * note.count("\n")


def test_prose_with_as_many_commas_as_the_header_is_told_from_a_row_by_its_types(
    tmp_path: Path,
) -> None:
    note = '"it was late\nthe man, his wife, a dog, and I stood there"'
    assert look(_text(_rows(10, note)), folder=tmp_path).accepted == 10


def test_a_text_longer_than_its_column_allows_is_rejected(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {
        "recording_id": {"header": "Recording"},
        "note": {"header": "Note", "max_length": 5},
        "code": {"header": "Code", "required": True},
    }
    text = f"Recording,Note,Code\n{'R' * 101},a,b\nR1,éééééé,b\nR2,ééééé,b\nR3,a,{'x' * 1001}\n"
    found = look(text, contract(columns), folder=tmp_path)
    assert reasons(found) == [
        (1, 2, "Recording", "text_too_long"),
        (2, 3, "Note", "text_too_long"),
        (4, 5, "Code", "text_too_long"),
    ]


def _cell(column: ColumnContract, row: int) -> str:
    """A value that fits the column; in a column of people one that can be told anywhere."""
    meta, day = column.meta, date(2020, 1, 1) + timedelta(days=row)
    if meta.allowed:
        return meta.allowed[row % len(meta.allowed)]
    if column.family in ("date", "timestamp"):
        shown = datetime(day.year, day.month, day.day, 9, 30, 7)  # noqa: DTZ001 - as in a file
        usual = "%Y-%m-%d" if column.family == "date" else "%Y-%m-%d %H:%M:%S"
        return shown.strftime(meta.formats[0] if meta.formats else usual)
    if column.family == "string":
        return f"{'PERSON' if column.meta.kind else 'text'}{row}"
    return {"boolean": "true", "time": "09:30:07"}.get(column.family, str(int(meta.min or 0) + 1))


def _file(of: TableContract, count: int, empty: set[int], notes: dict[int, str]) -> list[str]:
    """Lines of a file of the layout; some fields are empty, and `notes` stand in a last column."""
    columns = of.delivered
    needed = {*of.key, *(column.name for column in columns if column.meta.required)}
    lines = [[*(column.header for column in columns), "Remark"]]
    for row in range(count):
        cells = [
            "" if at % 7 in empty and column.name not in needed else _cell(column, row)
            for at, column in enumerate(columns)
        ]
        lines.append([*cells, notes.get(row, "")])
    return [_line(cells) for cells in lines]


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()[:-1]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_stray_quotes_anywhere_swallow_nothing_and_move_nobody(data: st.DataObject) -> None:
    of = find_contract(*data.draw(st.sampled_from(LAYOUTS)))
    count = data.draw(st.integers(2, 30))
    notes = data.draw(
        st.dictionaries(
            st.integers(0, count - 1),
            st.sampled_from(["a\nb", 'said "no"\n\nand left']),
            max_size=3,
        )
    )
    lines = _file(of, count, data.draw(st.sets(st.integers(0, 6), max_size=6)), notes)
    whole = list(lines)
    hit = data.draw(st.sets(st.integers(1, count), min_size=1, max_size=5))
    for at in hit:
        fields = lines[at].split(",")
        place = data.draw(st.integers(0, len(fields) - 1))
        put = data.draw(st.sampled_from(['"{}', '{}"', '{}""', '""{}', '"{}"x']))
        lines[at] = ",".join([*fields[:place], put.format(fields[place]), *fields[place + 1 :]])
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "raw.parquet"
        sound = look("\n".join(whole) + "\n", of, folder=Path(folder))
        found = look("\n".join(lines) + "\n", of, folder=Path(folder), output=output)
        raw = pl.read_parquet(output) if output.exists() else pl.DataFrame({"none": ["x"]})
    assert sound.refused is None
    if found.refused is not None:
        is_spoilt = "cannot be read as" in found.refused or "None of its" in found.refused
        assert "codes" in found.refused or (is_spoilt and len(hit) > 1)
        return
    assert found.records >= count
    assert found.accepted + found.duplicates >= sound.accepted + sound.duplicates - len(hit)
    people = [column.name for column in of.kept if column.meta.kind]
    texts = raw.select(pl.col(pl.String).exclude(*people, "file_name"))
    assert [row for row in texts.iter_rows() if "PERSON" in str(row)] == []
