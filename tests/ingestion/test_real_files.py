"""Every real file that a contract claims is accepted whole, and its counts are those published."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.validation.result import ValidationResult
from orchestration.ingestion.validation.validate_file import validated

# Records as their publishers or the provenance notes of the files state them.
RECORDS = {
    "tjjd_footage.csv.gz": 56_658,
    "tjjd_shift.csv.gz": 12_436,
    "tjjd_hr.csv": 2_813,
    "chi_complaints_clear_2010_2020.csv.gz": 98_857,
    "dc_rct_district_1D_officers.csv": 284,
}


@pytest.fixture(scope="module")
def results(real_data: Path) -> dict[str, ValidationResult]:
    found = {}
    for contract in read_contracts():
        for pattern in contract.meta.files:
            for path in sorted(real_data.glob(f"*/{pattern}")):
                with validated(
                    path,
                    contract,
                    as_of=date(2026, 11, 21),
                    time_zone="Europe/London",
                    pseudonyms=None,
                ) as result:
                    found[path.name] = result
    return found


def test_no_real_file_is_refused_and_no_real_record_rejected(
    results: dict[str, ValidationResult],
) -> None:
    faults = {
        name: found.refused or found.rejected
        for name, found in results.items()
        if found.refused or found.rejected
    }
    assert faults == {}


def test_the_counts_are_those_the_publishers_state(results: dict[str, ValidationResult]) -> None:
    assert {name: results[name].records for name in RECORDS} == RECORDS


def test_clips_of_no_length_are_kept_and_flagged(results: dict[str, ValidationResult]) -> None:
    footage = results["tjjd_footage.csv.gz"]
    assert footage.flagged == {"duration_seconds.zero": 619}


def test_force_reports_published_twice_are_duplicates(results: dict[str, ValidationResult]) -> None:
    assert results["chi_use_of_force_trr_2017_2021.csv.gz"].duplicates == 5
