"""Every design, given a table with a fault: the right row is named, or there is a result.

Never a traceback, and never an answer from an entry that is no number, or half an event.
"""

from dataclasses import replace

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal, Result
from orchestration.studies.study import estimate
from tests.evaluation.mutated_tables import (
    COUNTED,
    MAY_BE_EMPTY,
    as_file,
    example_table,
    number_columns,
    reshaped,
    study_of,
    with_entry,
    with_tables,
)

#: What a cell of numbers may never hold. Infinity in a start of cameras is never, as in R.
NO_NUMBERS = ("NA", "-", "n/a", "nan", "inf", "1e400", "12 %")
NEVER = {"inf", "1e400"}
ROW = 2


def found_in(name: str, table: pl.DataFrame) -> Result | str:
    """What a design makes of a table: its result, or the words of its refusal."""
    try:
        return estimate(replace(study_of(name), inline=None), table)
    except Refusal as refusal:
        return str(refusal)


def is_refused_by_row(found: Result | str, column: str) -> bool:
    return isinstance(found, str) and f"column '{column}', row {ROW}: " in found


CELLS = [(name, column) for name in with_tables() for column in number_columns(name)]


@pytest.mark.parametrize(("name", "column"), CELLS)
def test_what_is_no_number_is_refused_with_column_and_row(name: str, column: str) -> None:
    table = example_table(name)
    for entry in NO_NUMBERS:
        found = found_in(name, with_entry(table, column, ROW, entry))
        if entry in NEVER and MAY_BE_EMPTY.get((name, column)) == "never":
            # One row of a unit says never and the others a month: the unit is named.
            assert isinstance(found, str), entry
            assert "first treated periods" in found
        else:
            assert is_refused_by_row(found, column), (entry, found)


@pytest.mark.parametrize(("name", "column"), CELLS)
def test_an_empty_cell_is_refused_by_row_unless_it_means_something(name: str, column: str) -> None:
    found = found_in(name, with_entry(example_table(name), column, ROW, ""))
    meaning = MAY_BE_EMPTY.get((name, column))
    assert meaning or is_refused_by_row(found, column), found


COUNTS = [(name, column) for name in COUNTED for column in COUNTED[name]]


@pytest.mark.parametrize(("name", "column"), COUNTS)
@pytest.mark.parametrize("entry", ["2.5", "-1", "0.999"])
def test_half_an_event_and_less_than_none_are_refused_with_column_and_row(
    name: str, column: str, entry: str
) -> None:
    found = found_in(name, with_entry(example_table(name), column, ROW, entry))
    assert is_refused_by_row(found, column), found


@pytest.mark.parametrize("name", with_tables())
def test_a_table_that_lost_rows_or_variety_gives_a_result_or_a_refusal(name: str) -> None:
    for each in reshaped(name):
        found = found_in(name, each.table)
        assert isinstance(found, Result) or len(found) > 10, each.how
        if each.how in {"no row"} or each.how.startswith("without "):
            continue
        assert not isinstance(found, Result) or found.summary, each.how


@pytest.mark.parametrize("name", with_tables())
def test_a_table_without_a_row_is_refused(name: str) -> None:
    assert found_in(name, example_table(name).clear()) == "the table has no rows"


@pytest.mark.parametrize("name", with_tables())
def test_an_example_read_from_a_file_gives_what_it_gives_inline(name: str) -> None:
    found = found_in(name, as_file(example_table(name)))
    assert isinstance(found, Result)
    inline = found_in(name, example_table(name))
    assert isinstance(inline, Result)
    assert found.document() == inline.document()
