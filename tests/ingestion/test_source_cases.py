"""The cases beside each contract: a delivered file, the rows that are accepted and the rejects.

A case is a folder `models/staging/<source>/cases/<case>` with the file as it would be delivered and
what is to become of it: `accepted.csv` (columns of the contract, those that matter, a line for each
accepted row in order), `rejected.csv` (record, column, reason) where rows are rejected, or
`refused.txt` (words of the sentence) where the file is.
"""

import csv
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import TableContract, read_contracts
from orchestration.ingestion.pseudonyms.keys import demonstration_key
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms
from tests.ingestion.contract_builder import look, reasons

ACCEPTED, REJECTED, REFUSED = "accepted.csv", "rejected.csv", "refused.txt"
CASES = sorted(paths.STAGING.glob("*/cases/*"))


def _named(case: Path) -> str:
    return f"{case.parents[1].name}, {case.name}"


def _delivered(case: Path) -> tuple[Path, TableContract]:
    """The file of a case and the one contract of its source that claims it."""
    files = [file for file in case.iterdir() if file.name not in (ACCEPTED, REJECTED, REFUSED)]
    assert len(files) == 1, f"{case} holds {len(files)} files to deliver, not one"
    source = case.parents[1].name
    claims = [
        contract
        for contract in read_contracts()
        if contract.source == source
        and any(fnmatchcase(files[0].name, pattern) for pattern in contract.meta.files)
    ]
    assert len(claims) == 1, f"{files[0].name} is claimed by {len(claims)} tables of {source}"
    return files[0], claims[0]


def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _said(value: object) -> str:
    """As a file writes it: nothing for null, true and false in lower case."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_what_is_delivered_becomes_what_its_case_says(case: Path, tmp_path: Path) -> None:
    file, contract = _delivered(case)
    raw = tmp_path / "raw.parquet"
    key = Pseudonyms(demonstration_key("cases", 1))
    found = look(file, contract, folder=tmp_path, output=raw, pseudonyms=key)
    if (case / REFUSED).exists():
        assert (case / REFUSED).read_text("utf-8").strip() in (found.refused or "")
        return
    assert found.refused is None, found.refused
    expected = _lines(case / ACCEPTED)
    columns = list(expected[0])
    rows = pl.read_parquet(raw).sort("record_number").select(columns).to_dicts()
    assert [{name: _said(row[name]) for name in columns} for row in rows] == expected
    rejected = _lines(case / REJECTED) if (case / REJECTED).exists() else []
    told = [(str(record), column or "", reason) for record, _, column, reason in reasons(found)]
    assert told == [(row["record"], row["column"], row["reason"]) for row in rejected]


def test_there_are_cases_of_several_sources() -> None:
    assert len({case.parents[1].name for case in CASES}) >= 3
