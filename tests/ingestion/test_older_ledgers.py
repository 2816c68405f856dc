"""Ledgers of earlier releases are read as they were written, and those of later ones refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.ingestion.ledger import LedgerProblem, export, raw_file, read_ledger
from tests.ingestion.landing_builder import CLIPS, Place

HASH = "a" * 64
# As the first release wrote a row.
FIRST: dict[str, Any] = {
    "programme_id": "nowhere",
    "source_name": "invented",
    "table_name": "clips",
    "file_hash": HASH,
    "file_name": "nowhere/clips_1.csv",
    "arrival": 1,
    "as_of": "2026-11-21",
    "contract_version": 1,
    "fate": "accepted",
    "reconciled": True,
    "load_version": "first",
    "loaded_at": "2026-11-21T10:00:00+00:00",
    "records": 3,
    "accepted": 3,
    "rejected": 0,
    "blank": 0,
    "duplicates": 0,
    "repeats": 2,
    "first_event_date": "2026-01-01",
    "last_event_date": "2026-01-03",
    "reason": None,
    "flagged": {},
    "rejects": [],
    "warnings": [],
    "added_columns": [],
}
# Then keys had fingerprints, a fate was called a load status, and repeats duplicates that are kept.
KEYED = {**FIRST, "key_fingerprint": "k7q2"}
STATUS = {("load_status" if name == "fate" else name): value for name, value in KEYED.items()}
KEPT = {("duplicates_kept" if name == "repeats" else name): v for name, v in STATUS.items()}
# Then a load counted or not, and of areas and months that lost every row it was said.
COUNTING = {**KEPT, "physical_lines": 4, "counting_status": "stale", "counting_reason": "x"}
COUNTING |= {"counting_since": "2026-11-22"}
LOST = {**COUNTING, "areas": ["All"], "lost_months": ["2026-01-01"]}
RELEASES = {
    "first": FIRST,
    "keyed": KEYED,
    "status": STATUS,
    "kept": KEPT,
    "counting": COUNTING,
    "lost months": LOST,
}


def write(place: Place, row: object) -> Path:
    """Put a row where the ledger of the home has it."""
    path = place.landing.parent / "home/ledger/rows/nowhere/invented/clips" / f"{HASH}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row))
    return path


@pytest.mark.parametrize("release", RELEASES)
def test_a_row_of_an_earlier_release_says_what_it_said(release: str, place: Place) -> None:
    write(place, RELEASES[release])
    (row,) = read_ledger()
    assert (row.load_status, row.duplicates_kept, row.records) == ("accepted", 2, 3)
    assert (row.first_event_date, row.is_counted) == (date(2026, 1, 1), True)
    assert row.lost_areas == []
    export(place.landing)
    exported = pl.read_parquet(place.landing / "ledger" / "ledger.parquet")
    assert exported["load_status"].to_list() == ["accepted"]


@pytest.mark.parametrize("release", ["first", "kept", "lost months"])
def test_a_refused_file_of_an_earlier_release_is_still_refused(release: str, place: Place) -> None:
    row = {**RELEASES[release], "reason": "Empty."}
    row |= {name: "refused" for name in ("fate", "load_status", "counting_status") if name in row}
    write(place, row)
    (found,) = read_ledger()
    assert (found.load_status, found.counting_status) == ("refused", "refused")


def test_a_file_that_an_earlier_release_loaded_is_loaded_anew(place: Place) -> None:
    place.deliver("clips_1.csv", CLIPS)
    (delivery,) = place.scan().deliveries
    row = {**FIRST, "file_hash": delivery.file_hash, "file_name": delivery.name}
    path = write(place, row).rename(
        place.landing.parent / f"home/ledger/rows/nowhere/invented/clips/{delivery.file_hash}.json"
    )
    old = raw_file(*delivery.identity)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"PAR1")
    (loaded,) = place.load()
    assert (loaded.accepted, loaded.load_version != "first") == (2, True)
    assert "fate" not in path.read_text()


@pytest.mark.parametrize("row", [[], None, "x", {}, {**LOST, "loaded_at": "soon"}, {"arrival": 1}])
def test_a_damaged_row_says_how_to_mend_it(row: object, place: Place) -> None:
    path = write(place, row)
    with pytest.raises(LedgerProblem) as problem:
        read_ledger()
    assert str(path) in str(problem.value)
    assert "Remove it" in str(problem.value)


def test_a_row_of_a_later_release_is_not_called_damaged(place: Place) -> None:
    write(place, {**LOST, "moon": "full"})
    with pytest.raises(LedgerProblem, match=r"later release of Bodyworn knows \(moon\)"):
        read_ledger()
