"""The page on real data lists every file that is used, with as many records as it has."""

import csv
import gzip
import io
import re
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.ingestion.contracts.table import read_contracts
from tests import real_data

PAGE = (paths.ROOT / "docs" / "real_data.md").read_text("utf-8")
LISTED = {
    name: int(records.replace(",", ""))
    for name, records in re.findall(r"^\| `([^`]+)` \| ([\d,]+) \|", PAGE, re.MULTILINE)
}


def records(path: Path) -> int:
    """How many records a CSV file has below its header."""
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return sum(1 for _ in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))) - 1


@pytest.mark.parametrize("folder", sorted({str(Path(name).parent) for name in LISTED}))
def test_real_files_have_as_many_records_as_the_page_says(folder: str) -> None:
    real_data.real_path(folder)
    listed = {name: count for name, count in LISTED.items() if str(Path(name).parent) == folder}
    assert {name: records(real_data.real_path(name)) for name in listed} == listed


def test_the_page_lists_every_real_file_that_a_contract_claims() -> None:
    folder = real_data.real_path("data")
    claimed = {
        found.relative_to(folder.parent).as_posix()
        for contract in read_contracts()
        for pattern in contract.meta.files
        for found in folder.glob(f"*/{pattern}")
    }
    assert claimed - set(LISTED) == set()


def test_the_real_release_needs_folders_that_the_page_lists() -> None:
    assert {f"data/{name}" for name in real_data.DATA_SETS} <= {
        str(Path(name).parent) for name in LISTED
    }


@pytest.fixture
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYWORN_SHARED", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("an_empty_folder")
def test_a_test_whose_data_are_not_here_is_skipped_and_says_how_to_get_them() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"data/chicago is not in .*docs/real_data\.md"):
        real_data.real_path("data/chicago")


@pytest.mark.usefixtures("an_empty_folder")
def test_where_everybody_relies_on_the_checks_missing_data_are_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="data/chicago is not in"):
        real_data.real_path("data/chicago")
