"""Months of which a file holds rows and none was accepted are known as lost."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion.contracts.table import TableContract
from orchestration.ingestion.validation.validate_file import validated
from tests.ingestion.contract_builder import AS_OF, HEADER, RECORDINGS, contract, look


def _file(*months: tuple[int, int, str]) -> str:
    """Months of 2024, each with the rows it holds and their length, which may be one too long."""
    rows = [
        f"R{month}-{at},2024-{month:02}-{at + 1:02} 10:00:00,{seconds},x"
        for month, count, seconds in months
        for at in range(count)
    ]
    return "\n".join([HEADER, *rows, ""])


def test_a_month_of_which_every_row_is_rejected_is_lost(tmp_path: Path) -> None:
    text = _file((1, 20, "60"), (2, 5, "99999"), (3, 20, "60"), (3, 1, "99999"))
    assert look(text, folder=tmp_path).lost_months == [date(2024, 2, 1)]


@pytest.mark.parametrize(("unreadable", "lost"), [(12, [date(2024, 2, 1)]), (2, [])])
def test_rows_whose_date_cannot_be_read_may_be_all_of_a_month_without_one(
    unreadable: int, lost: list[date], tmp_path: Path
) -> None:
    text = _file((1, 22, "60"), (3, 22, "60")) + "R9,2024-02-31 10:00:00,60,x\n" * unreadable
    found = look(text, folder=tmp_path)
    assert (found.rejected, found.lost_months) == (unreadable, lost)


def test_a_month_without_a_row_in_a_sparse_file_says_nothing(tmp_path: Path) -> None:
    text = _file((1, 2, "60"), (5, 2, "60")) + "R9,2024-02-31 10:00:00,60,x\n"
    assert look(text, folder=tmp_path).lost_months == []


BY_AREA = {**RECORDINGS, "published_area": {"header": "Area", "area": True}}


def _lost_areas(rows: list[str], of: TableContract, folder: Path) -> list[tuple[str, date | None]]:
    path = folder / "recordings.csv"
    path.write_text("\n".join([",".join(column.header for column in of.columns), *rows, ""]))
    with validated(
        path,
        of,
        as_of=AS_OF,
        time_zone="Europe/London",
        pseudonyms=None,
        areas=["North", "South"],
    ) as found:
        assert (found.refused, found.lost_months) == (None, [])
        return found.lost_areas


def _of(area: str, month: int, count: int, seconds: str = "60", day: str = "") -> list[str]:
    return [
        f"{area}{month}-{at},2024-{month:02}-{day or f'{at + 1:02}'} 10:00:00,{seconds},x,{area}"
        for at in range(count)
    ]


def test_an_area_of_which_a_month_lost_every_row_is_lost_in_that_month(tmp_path: Path) -> None:
    north = [*_of("North", 1, 9), *_of("North", 2, 9), *_of("North", 3, 9)]
    south = [*_of(" south", 1, 9), *_of("South", 2, 2, "99999"), *_of("South", 3, 9)]
    lost = _lost_areas([*north, *south], contract(BY_AREA), tmp_path)
    assert lost == [("South", date(2024, 2, 1))]


def test_rows_of_an_area_whose_date_cannot_be_read_may_be_all_of_one_of_its_months(
    tmp_path: Path,
) -> None:
    north = [*_of("North", 1, 9), *_of("North", 2, 9), *_of("North", 3, 9)]
    south = [*_of("South", 1, 9), *_of("South", 2, 6, day="31"), *_of("South", 3, 9)]
    lost = _lost_areas([*north, *south], contract(BY_AREA), tmp_path)
    assert lost == [("South", date(2024, 2, 1))]


def test_an_area_of_which_a_year_lost_every_row_is_lost_in_its_months(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {
        "published_area": {"header": "Area", "area": True},
        "calendar_year": {"data_type": "bigint", "header": "Year"},
        "officers": {"data_type": "bigint", "required": True},
    }
    rows = ["North,2015,9", "North,2016,9", "South,2015,9", "South,2016,x"]
    lost = _lost_areas(rows, contract(columns, event_date=None), tmp_path)
    assert lost == [("South", date(2016, month, 1)) for month in range(1, 13)]


def test_where_no_column_dates_the_rows_an_area_is_lost_as_such(tmp_path: Path) -> None:
    columns: dict[str, dict[str, Any]] = {
        "published_area": {"header": "Area", "area": True},
        "reports": {"data_type": "bigint", "required": True},
    }
    rows = ["North,9", "South,", "South,x"]
    assert _lost_areas(rows, contract(columns, event_date=None), tmp_path) == [("South", None)]
