"""Months of which a file holds rows and none was accepted are known as lost."""

from datetime import date
from pathlib import Path

import pytest

from tests.ingestion.contract_builder import HEADER, look


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
