"""Layouts: templates and synthetic files are what the contracts ask for, to the last row."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from orchestration.ingestion.validation.validate_file import validated
from orchestration.synthetic_data.presets import find_setting
from tests.synthetic_data.conftest import Synthetic

TEMPLATES = paths.ROOT / "docs" / "templates"
LAYOUT = [table for table in read_contracts() if table.source == "bodyworn"]


def headers() -> dict[str, list[str]]:
    """Column names in a file, by table, in the order of the contract."""
    return {table.name: [column.header for column in table.columns] for table in LAYOUT}


def first_line(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def test_there_is_a_template_for_every_table_and_no_other() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.csv")} == set(headers())


@pytest.mark.parametrize("table", list(headers()))
def test_a_template_has_the_columns_of_its_contract(table: str) -> None:
    assert first_line(TEMPLATES / f"{table}.csv") == headers()[table]


def test_a_synthetic_programme_fills_every_column_of_every_table(small: Synthetic) -> None:
    contracts = {table.name: table for table in LAYOUT}
    own = small.preset == "london"
    seen = set()
    for file in small.folder.glob("*.csv"):
        fit = [name for name in contracts if file.match(contracts[name].meta.files[0])]
        if fit:
            assert first_line(file) == headers()[fit[0]], file.name
            seen.add(fit[0])
    assert seen == set(contracts) - (set() if own else {"recordings"})


def test_no_column_is_empty_in_every_file(small: Synthetic) -> None:
    empty: set[tuple[str, str]] = set()
    for table in read_contracts():
        files = [file for file in small.folder.glob("*.csv") if file.match(table.meta.files[0])]
        if table.source in {"bodyworn", "evidence_com"} and files:
            rows = pl.concat([pl.read_csv(file, infer_schema=False) for file in files])
            empty |= {(table.label, name) for name in rows.columns if rows[name].count() == 0}
    assert empty == set()


def test_every_file_is_accepted_whole_when_nothing_is_planted(small: Synthetic) -> None:
    contracts = [each for each in read_contracts() if each.source in {"bodyworn", "evidence_com"}]
    programme = find_setting(small.preset).programme
    rejected, counted = {}, Counter[str]()
    for file in sorted(small.folder.glob("*.csv")):
        [contract] = [each for each in contracts if file.match(each.meta.files[0])]
        with validated(
            file,
            contract,
            as_of=programme.data_to + timedelta(days=120),
            time_zone=programme.time_zone,
            pseudonyms=Pseudonyms(demonstration_key(programme.programme, 1)),
        ) as found:
            pass
        counted[contract.name] += found.accepted
        unmapped = {name for name in found.flagged if "unmapped" in name}
        if found.refused or found.rejected or found.duplicates_kept or found.duplicates or unmapped:
            rejected[file.name] = (found.refused, found.rejects.head(3), unmapped)
    assert rejected == {}
    rows = small.realised["rows"]
    assert {name: counted[name] for name in rows} == rows
