"""Text that would be a formula is made safe; a negative number stays a number."""

import duckdb
import polars as pl
import pytest

from orchestration.storage import spreadsheet_safety

NUMBERS = ("-5", "-0.23", "-.5", "-1.5e-3", "-12%", "17", "0.4")
FORMULAS = ("=1+1", "-1+1", "-5 apples", "--5", "-(2)", "-A1", "+5", "@sum", " -5+2", "-5\n=1", "-")


def by_duckdb(cell: str) -> str:
    with duckdb.connect() as con:
        query = f"select {spreadsheet_safety.escaped('cell')} from (select ? as cell)"
        return str(con.execute(query, [cell]).fetchall()[0][0])


def by_polars(cell: str) -> str:
    return str(spreadsheet_safety.escape(pl.DataFrame({"cell": [cell]}))["cell"].item())


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_column_of_text_gets_no_apostrophe(number: str) -> None:
    assert by_polars(number) == number
    assert by_duckdb(number) == number


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_one_and_comes_back(formula: str) -> None:
    assert by_polars(formula) == f"'{formula}"
    assert by_duckdb(formula) == f"'{formula}"
    made_safe = spreadsheet_safety.escape(pl.DataFrame({"cell": [formula]}))
    assert spreadsheet_safety.restore(made_safe)["cell"].item() == formula
