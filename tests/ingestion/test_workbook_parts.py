"""Workbooks as other programs write their parts: prefixes, quotes, rows without numbers."""

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from tests.ingestion.contract_builder import HEADER, contract, look, reasons

TITLE = 'Bob\'s "export" & more'
SHEET = contract(format={"type": "xlsx", "sheet": TITLE})
START = datetime(2024, 5, 1, 12)  # noqa: DTZ001 - a workbook knows no time zone
ROWS: dict[int, list[Any]] = {
    0: HEADER.split(","),
    1: ["R1", START, 60, "x"],
    4: ["R4", START, -1, "x"],
    6: ["R6", START, 90, "last"],
}
Rewrite = Callable[[str, str], str]


def _workbook(folder: Path, rewrite: Rewrite) -> Path:
    """Two sheets, the second with blank rows and a styled row below; each part rewritten."""
    plain = folder / "plain.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet("Read me").write(0, 0, "nothing")
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet(TITLE)
        for number, row in ROWS.items():
            for place, cell in enumerate(row):
                style = [clock] if isinstance(cell, datetime) else []
                sheet.write(number, place, cell, *style)
        sheet.write_blank(7, 0, None, clock)
    path = folder / "recordings.xlsx"
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(path, "w") as rewritten:
        for name in parts.namelist():
            rewritten.writestr(name, rewrite(name, parts.read(name).decode()))
    return path


def _as_written(_: str, xml: str) -> str:
    return xml


def _prefixed(_: str, xml: str) -> str:
    """Every element of the main namespace and of relationships under a prefix."""
    prefixed = re.sub(r"<(/?)(?=[A-Za-z]+[ />])", r"<\1x:", xml)
    return prefixed.replace(" xmlns=", " xmlns:x=")


def _single_quoted(_: str, xml: str) -> str:
    return re.sub(r'="([^"\']*)"', r"='\1'", xml)


def _other_prefix_of_relationships(_: str, xml: str) -> str:
    return xml.replace("xmlns:r=", "xmlns:rel=").replace(" r:id=", " rel:id=")


def _strict_edition(_: str, xml: str) -> str:
    """The namespaces of ISO/IEC 29500 Strict."""
    old, new = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
    main = xml.replace(f"{old}/spreadsheetml/2006/main", f"{new}/spreadsheetml/main")
    return main.replace(
        f'xmlns:r="{old}/officeDocument/2006/relationships"',
        f'xmlns:r="{new}/officeDocument/relationships"',
    )


def _absolute_targets(_: str, xml: str) -> str:
    return xml.replace('Target="worksheets/', 'Target="/xl/worksheets/')


def _rows_without_numbers(name: str, xml: str) -> str:
    """Only cells say where they stand."""
    return re.sub(r'<row r="\d+"', "<row", xml) if "sheet2" in name else xml


def _value_with_an_attribute(_: str, xml: str) -> str:
    return xml.replace("<v>", '<v xml:space="preserve">')


def _empty_value_below(_: str, xml: str) -> str:
    return re.sub(r'(<c r="A8" s="\d+")/>', r"\1><v></v>\n</c>", xml)


def _comment_that_looks_like_rows(name: str, xml: str) -> str:
    rows = '<!-- <row r="99"><c r="A99"><v>1</v></c></row> -->'
    return xml.replace("</sheetData>", f"</sheetData>{rows}") if "sheet2" in name else xml


@pytest.mark.parametrize(
    "rewrite",
    [
        _as_written,
        _prefixed,
        _single_quoted,
        _other_prefix_of_relationships,
        _strict_edition,
        _absolute_targets,
        _rows_without_numbers,
        _value_with_an_attribute,
        _empty_value_below,
        _comment_that_looks_like_rows,
    ],
)
def test_a_workbook_reads_the_same_however_its_parts_are_written(
    rewrite: Rewrite, tmp_path: Path
) -> None:
    output = tmp_path / "raw.parquet"
    found = look(_workbook(tmp_path, rewrite), SHEET, folder=tmp_path, output=output)
    assert found.refused is None
    assert (found.records, found.blank, found.accepted, found.rejected) == (6, 3, 2, 1)
    assert reasons(found) == [(4, 5, "Seconds", "below_minimum")]
    raw = pl.read_parquet(output)
    assert raw.select("record_number", "seconds", "started_at", "note").rows() == [
        (1, 60, START, "x"),
        (6, 90, START, "last"),
    ]


def _nothing_numbered(name: str, xml: str) -> str:
    return re.sub(r'<(row|c) r="[A-Z]*\d+"', r"<\1", xml) if "sheet2" in name else xml


def test_rows_and_cells_without_numbers_follow_one_another(tmp_path: Path) -> None:
    found = look(_workbook(tmp_path, _nothing_numbered), SHEET, folder=tmp_path)
    assert (found.refused, found.records, found.blank, found.accepted) == (None, 3, 0, 2)
    assert reasons(found) == [(2, 3, "Seconds", "below_minimum")]


def _with_entities(name: str, xml: str) -> str:
    declared = '<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet '
    return xml.replace("<worksheet ", declared) if "sheet2" in name else xml


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    found = look(_workbook(tmp_path, _with_entities), SHEET, folder=tmp_path)
    assert found.refused is not None
    assert found.refused.startswith("The workbook declares a document type")


@pytest.mark.parametrize(
    "damage",
    [
        lambda name, xml: xml[:-20] if "sheet2" in name else xml,
        lambda name, xml: xml.replace('r="7"', 'r="seven"') if "sheet2" in name else xml,
        lambda name, xml: xml.replace("sheet2.xml", "sheet9.xml") if "rels" in name else xml,
    ],
    ids=["cut off", "a row that has no number", "a sheet that is not there"],
)
def test_a_damaged_part_refuses_the_workbook(damage: Rewrite, tmp_path: Path) -> None:
    found = look(_workbook(tmp_path, damage), SHEET, folder=tmp_path)
    assert found.refused == "The file is not an XLSX workbook, or it is damaged."


SHOWN = [
    ("0000", 5, "0005"),
    ("[Red]0000;-0000", 6, "0006"),
    ("000-000", 1234, "001-234"),
    ("000-000", 12345678, "12345-678"),
    ('"OFF"00', 7, "OFF07"),
    ("\\P0", 7, "P7"),
    ("0", 5, "5"),
    ("General", 8, "8"),
    ("0000", -5, "-5"),
]


def test_a_number_in_a_text_column_is_read_as_the_sheet_shows_it(tmp_path: Path) -> None:
    path, output = tmp_path / "recordings.xlsx", tmp_path / "raw.parquet"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(TITLE)
        clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, ROWS[0])
        for at, (number_format, number, _) in enumerate(SHOWN, start=1):
            shape = book.add_format({"num_format": number_format})
            sheet.write(at, 0, number, shape)
            sheet.write(at, 1, START, clock)
            sheet.write(at, 2, 60, shape)
    found = look(path, SHEET, folder=tmp_path, output=output)
    assert (found.refused, found.accepted) == (None, len(SHOWN))
    raw = pl.read_parquet(output)
    assert raw["recording_id"].to_list() == [read for *_, read in SHOWN]
    assert raw["seconds"].to_list() == [60] * len(SHOWN)
