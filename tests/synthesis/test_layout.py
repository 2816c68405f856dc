"""Our own layout: templates and demonstration have the columns the contract asks for."""

from pathlib import Path

import pytest

from orchestration import paths
from orchestration.ingestion.contract import read_contracts
from orchestration.synthesis.demonstration import write_demonstration

TEMPLATES = paths.ROOT / "docs" / "templates"
LAYOUT = [table for table in read_contracts() if table.source == "bodyworn"]


def headers() -> dict[str, list[str]]:
    """Column names in a file, by table, in the order of the contract."""
    return {table.name: [column.header for column in table.columns] for table in LAYOUT}


def needed() -> dict[str, list[str]]:
    """Column names without which a file would be refused, by table."""
    return {
        table.name: [column.header for column in table.columns if not column.meta.optional]
        for table in LAYOUT
    }


def first_line(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def test_there_is_a_template_for_every_table_and_no_other() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.csv")} == set(headers())


@pytest.mark.parametrize("table", list(headers()))
def test_a_template_has_the_columns_of_its_contract(table: str) -> None:
    assert first_line(TEMPLATES / f"{table}.csv") == headers()[table]


def test_the_demonstration_is_written_in_our_own_layout(tmp_path: Path) -> None:
    for file in write_demonstration(tmp_path):
        table = max((name for name in headers() if file.stem.startswith(name)), key=len)
        written = first_line(file)
        assert written == [name for name in headers()[table] if name in written], file.name
        assert set(needed()[table]) <= set(written), file.name
