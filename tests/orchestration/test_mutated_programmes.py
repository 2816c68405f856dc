"""One run over a programme of every layout whose every column is mutated: a release comes."""

import subprocess
from pathlib import Path

import polars as pl
import pytest

from orchestration.ingestion.contracts.table import read_contracts
from tests.proofs.mutated_files import MIXED, Mutated
from tests.proofs.mutated_programmes import faults, lay_out, run

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def delivered(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[tuple[str, Mutated]], "subprocess.CompletedProcess[str]"]:
    """The folder, what was laid out in it, and what the run said."""
    folder = tmp_path_factory.mktemp("mutated")
    files = list(lay_out(folder, read_contracts(), [MIXED]))
    return folder, files, run(folder)


def test_a_release_comes_with_every_programme_and_names_what_it_left_out(
    delivered: tuple[Path, list[tuple[str, Mutated]], "subprocess.CompletedProcess[str]"],
) -> None:
    assert list(faults(*delivered)) == []


def test_no_mutated_value_reaches_the_ledger(
    delivered: tuple[Path, list[tuple[str, Mutated]], "subprocess.CompletedProcess[str]"],
) -> None:
    released = delivered[0] / "home" / "releases" / "current" / "internal/parquet"
    kept = str(pl.read_parquet(released / "fct_load_ledger.parquet").to_dicts())
    assert not any(value in kept for value in ("not a value", "Oct-18", "1.234,5", "O'Neil"))
