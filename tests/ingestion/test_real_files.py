"""Every real file that a contract claims is accepted whole, and its counts are those published."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.ingestion.contracts.table import read_contracts
from orchestration.ingestion.validation.result import Examination
from orchestration.ingestion.validation.validate_file import examine
from tests.ingestion.invented_tables import STAMP

# Records as their publishers or the provenance beside the files state them.
RECORDS = {
    "tjjd_footage.csv.gz": 56_658,
    "tjjd_shift.csv.gz": 12_436,
    "tjjd_hr.csv": 2_813,
    "chi_complaints_clear_2010_2020.csv.gz": 98_857,
    "dc_rct_district_1D_officers.csv": 284,
}


@pytest.fixture(scope="module")
def examined(real_data: Path) -> dict[str, Examination]:
    found = {}
    for contract in read_contracts():
        for pattern in contract.meta.files:
            for path in sorted(real_data.glob(f"*/{pattern}")):
                found[path.name] = examine(
                    path,
                    contract,
                    as_of=date(2026, 11, 21),
                    time_zone="Europe/London",
                    output=None,
                    stamp=STAMP,
                    pseudonyms=None,
                )
    return found


def test_no_real_file_is_refused_and_no_real_record_rejected(
    examined: dict[str, Examination],
) -> None:
    faults = {
        name: found.refused or found.rejected
        for name, found in examined.items()
        if found.refused or found.rejected
    }
    assert faults == {}


def test_the_counts_are_those_the_publishers_state(examined: dict[str, Examination]) -> None:
    assert {name: examined[name].records for name in RECORDS} == RECORDS


def test_clips_of_no_length_are_kept_and_flagged(examined: dict[str, Examination]) -> None:
    footage = examined["tjjd_footage.csv.gz"]
    assert footage.flagged == {"duration_seconds.zero": 619}


def test_force_reports_published_twice_are_duplicates(examined: dict[str, Examination]) -> None:
    assert examined["chi_use_of_force_trr_2017_2021.csv.gz"].duplicates == 5
