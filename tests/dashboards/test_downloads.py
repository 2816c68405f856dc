"""Files that a reader takes away open as they should: workbook, data package, citation."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from frictionless import Package
from openpyxl.workbook import Workbook

from dashboards.components import tables
from dashboards.data.choice import Choice
from dashboards.data.release import open_release
from dashboards.files import released_files
from dashboards.files.accessible_workbook import Book, Sheet, workbook
from dashboards.files.released_files import Packaged, zipped
from dashboards.paper.choose import find
from dashboards.text.captions import citation
from orchestration.access.reader import single_user
from orchestration.disclosure.policy import SHORTHAND
from tests.dashboards import fixture_rows as rows

FRAME = pl.DataFrame(
    {
        "Area": ["North", rows.HOSTILE],
        "Change": [-12.5, None],
        "Count": [1200, 7],
        "Day": [date(2018, 1, 31), None],
        "Settled": [True, False],
    }
)
TITLE = "Change of complaints, by area"


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book() -> Workbook:
    made = datetime(2026, 11, 21, tzinfo=UTC)
    return opened(
        workbook(Book("Invented City", ["All is invented."], [Sheet(TITLE, FRAME)], made))
    )


def test_a_workbook_has_cover_contents_notes_and_one_marked_table_a_sheet(book: Workbook) -> None:
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Table_1"]
    assert [len(sheet.tables) for sheet in book.worksheets] == [0, 1, 1, 1]
    assert book["Cover"]["A1"].value == "Invented City"
    assert book["Table_1"]["A1"].value == TITLE
    assert book["Contents"]["A5"].hyperlink.location == "'Table_1'!A1"
    assert {row[0].value for row in book["Notes"].iter_rows(min_row=6)} == set(SHORTHAND)


def test_no_sheet_merges_hides_or_leaves_rows_and_cells_empty(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert not any(each.hidden for each in sheet.row_dimensions.values())
        for row in sheet.iter_rows():
            assert row[0].value is not None, (sheet.title, row[0].row)
    [table] = book["Table_1"].tables.values()
    assert table.ref == "A3:E5"
    assert all(cell.value is not None for row in book["Table_1"]["A3:E5"] for cell in row)


def test_numbers_are_numbers_days_are_days_and_nothing_is_a_formula(book: Workbook) -> None:
    area, change, count, day, settled = book["Table_1"][4]
    assert (change.data_type, change.value) == ("n", -12.5)
    assert (count.data_type, count.value) == ("n", 1200)
    assert (day.is_date, settled.value) == (True, "yes")
    hostile, missing, *_ = book["Table_1"][5]
    assert (hostile.data_type, hostile.value) == ("s", rows.HOSTILE)
    assert (missing.data_type, missing.value) == ("s", "[x]")
    assert area.value == "North"


def test_the_same_book_is_the_same_file() -> None:
    one = Book("A", ["b"], [Sheet(TITLE, FRAME)], datetime(2026, 11, 21, tzinfo=UTC))
    assert workbook(one) == workbook(one)


@pytest.fixture
def north(release: Path) -> Choice:
    """North of the invented city."""
    found = open_release(single_user("local:test"))
    assert found is not None
    return find(found, "North", programme=rows.NAMES[rows.CITY])


def test_a_workbook_of_an_area_says_of_every_cell_without_a_figure_why(north: Choice) -> None:
    book = opened(released_files.workbook_of_area(north))
    titles = [book[name]["A1"].value for name in book.sheetnames]
    assert "Headline figures, North" in titles
    sheet = book[book.sheetnames[titles.index("Complaints, North")]]
    heads = [cell.value for cell in sheet[4]]
    listed = [
        dict(zip(heads, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=5)
    ]
    few = [each for each in listed if each["Status"] == "too few for a rate"]
    assert few
    assert all(each["Figure"] == "[u]" and each["Counted"] == 7 for each in few)
    assert all(isinstance(each["Counted"], int | float | str) for each in listed)


def test_the_workbook_of_an_invented_programme_says_so_on_its_cover_and_in_every_row(
    release: Path,
) -> None:
    found = open_release(single_user("local:test"))
    assert found is not None
    town = find(found, "Town", programme=rows.NAMES[rows.TOWN])
    book = opened(released_files.workbook_of_area(town))
    assert "invented" in str(book["Cover"]["A2"].value)
    table = book["Table_1"]
    origin = [cell.value for cell in table[4]].index("Origin")
    assert {"invented" in str(row[origin].value) for row in table.iter_rows(min_row=5)} == {True}


def test_areas_and_measures_stand_on_a_page_by_name_and_an_unknown_id_as_it_is(
    north: Choice,
) -> None:
    ids = pl.DataFrame({"area_id": ["north", "elsewhere"], "metric_id": ["conviction_share", None]})
    named = tables.in_names(ids, north)
    assert named["area_id"].to_list() == ["North", "elsewhere"]
    assert named["metric_id"].to_list() == ["Conviction share", None]


def test_a_data_package_is_valid_and_its_numbers_are_numbers(release: Path, tmp_path: Path) -> None:
    found = open_release(single_user("local:test"))
    assert found is not None
    town = find(found, "Town", programme=rows.NAMES[rows.TOWN])
    frame = pl.DataFrame(
        {
            "programme_id": [rows.TOWN, rows.TOWN],
            "area_name": [rows.HOSTILE, "-3 apples"],
            "period_start": [date(2018, 1, 1), None],
            "value": [-1.5, None],
            "numerator": [3, 4],
            "is_provisional": [True, False],
            "at": [datetime(2018, 1, 1, 2, tzinfo=UTC), None],
        }
    )
    about = Packaged("fct_metrics", "complaints_time", "Complaints")
    with zipfile.ZipFile(io.BytesIO(zipped(frame, town, about))) as file:
        file.extractall(tmp_path)
    package = Package(str(tmp_path / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["type", "message"])
    described = json.loads((tmp_path / "datapackage.json").read_text())
    assert "invented" in described["description"]
    kinds = {
        field["name"]: field["type"] for field in described["resources"][0]["schema"]["fields"]
    }
    assert (kinds["value"], kinds["numerator"], kinds["period_start"]) == (
        "number",
        "integer",
        "date",
    )
    [one, two] = package.resources[0].read_rows()
    assert (float(one["value"]), one["numerator"], two["value"]) == (-1.5, 3, None)


def test_a_citation_names_producer_measure_area_period_and_address(north: Choice) -> None:
    said = citation(
        north, ["Invented Office"], "Complaints per 1000 officers", "http://x/?area=North"
    )
    assert said.startswith("Invented Office (")
    assert "Complaints per 1000 officers, North, January 2018 to June 2019." in said
    assert f"release {north.release.name}" in said
    assert said.endswith("Address: http://x/?area=North")
    year = replace(north, period="2018")
    assert "North, 2018." in citation(year, [], "Complaints")
    assert citation(year, [], "Complaints").startswith("Invented City (")
