"""Our own layout: templates and demonstration have the columns the contract asks for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import paths
from orchestration.synthesis.demonstration import write_demonstration

TEMPLATES = paths.ROOT / "docs" / "templates"
CONTRACT = paths.STAGING / "bodyworn" / "_bodyworn.yml"


def headers() -> dict[str, list[str]]:
    """Column names in a file, by table, in the order of the contract."""
    tables: list[dict[str, Any]] = yaml.safe_load(CONTRACT.read_text())["sources"][0]["tables"]
    return {
        table["name"]: [
            column.get("config", {}).get("meta", {}).get("header", column["name"])
            for column in table["columns"]
        ]
        for table in tables
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
        assert first_line(file) == headers()[table], file.name
