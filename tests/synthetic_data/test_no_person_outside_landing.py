"""After a run of the demonstration no name or number of a person is anywhere but in landing."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

# Every officer, complainant and defendant of the demonstration is written in one of these ways.
PERSON = re.compile(r"\b(SYN|OLD)[PD]?\d{6,7}\b|Synthetic (Officer|Complainant) \d{5,6}")
PSEUDONYM = r"^k[0-9a-f]{8}_[a-z2-7]{26}$"


@pytest.fixture(scope="module")
def home(demo_release: Path) -> Path:
    """The home folder that the demonstration's release was made in."""
    return demo_release.parents[1]


def named(values: pl.Series) -> list[str]:
    """Values that show a person."""
    return values.drop_nulls().filter(values.drop_nulls().str.contains(PERSON.pattern)).to_list()


def text_columns(home: Path) -> Iterator[tuple[str, pl.Series]]:
    """Every text column of every Parquet file outside landing."""
    for path in sorted(home.rglob("*.parquet")):
        for column in pl.read_parquet(path).select(pl.selectors.string()).iter_columns():
            yield f"{path.relative_to(home)}: {column.name}", column


def test_landing_does_hold_people_so_that_this_test_can_fail(home: Path) -> None:
    officers = next((home / "landing").rglob("officers.csv")).read_text()
    assert len(PERSON.findall(officers)) > 500


def test_no_parquet_file_names_a_person(home: Path) -> None:
    columns = dict(text_columns(home))
    assert len(columns) > 50
    assert {where: shown[:3] for where, values in columns.items() if (shown := named(values))} == {}


def test_people_became_pseudonyms_that_still_join(home: Path) -> None:
    read = {
        table: pl.read_parquet(home / "raw" / "bodyworn" / table / "*" / "*.parquet")["staff_id"]
        for table in ("officers", "shifts")
    }
    for values in read.values():
        assert values.str.contains(PSEUDONYM).all()
    assert set(read["shifts"]) <= set(read["officers"])


def test_the_warehouse_names_nobody(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse" / "bodyworn.duckdb"), read_only=True) as con:
        found = con.sql(
            "select table_schema, table_name, column_name from information_schema.columns "
            "natural join information_schema.tables "
            "where table_type = 'BASE TABLE' and data_type = 'VARCHAR'"
        ).fetchall()
        shown = [
            (table, column)
            for schema, table, column in found
            if named(con.sql(f'select "{column}" from "{schema}"."{table}"').pl().to_series())
        ]
    assert len(found) > 20
    assert shown == []


def test_no_log_ledger_quarantine_or_run_history_names_anybody(home: Path) -> None:
    other = [
        path
        for path in home.rglob("*")
        if path.is_file() and path.suffix not in {".parquet", ".duckdb"}
        if "landing" not in path.relative_to(home).parts[:1]
        if "programmes" not in path.relative_to(home).parts[:1]
    ]
    assert len(other) > 20
    shown = [
        str(path.relative_to(home))
        for path in other
        if PERSON.search(path.read_bytes().decode("latin-1"))
    ]
    assert shown == []
