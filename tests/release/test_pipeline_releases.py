"""Releases that the whole pipeline made: whole, labelled, and free of people."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.release.current import connect, read_manifest
from orchestration.release.damage import verify

REAL = [
    "chicago", "england_and_wales", "london", "police_scotland", "texas_youth", "washington_dc",
    "west_mercia",
]  # fmt: skip
# Real programmes stand in a demonstration by what is published of them, and by no figure.
MIXED = """
    select count(*) from fct_metrics inner join dim_programme using (programme_id)
    where not is_synthetic
"""
OFFICERS = "select count(*) from duckdb_columns() where column_name = 'officer_id'"


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.sql(query).fetchall()[0][0])


@pytest.mark.pipeline
def test_the_real_release_holds_every_real_programme_and_is_whole(real_release: Path) -> None:
    made = read_manifest(real_release)
    assert made["programmes"] == REAL
    assert made["key_fingerprints"] == {}
    assert set(made["tests"]["each"].values()) <= {"pass", "warn"}
    assert verify(real_release) == []


@pytest.mark.pipeline
def test_the_real_release_has_no_table_of_officers(real_release: Path) -> None:
    assert "int_trial_officers" not in read_manifest(real_release)["outputs"]
    with connect(real_release) as con:
        assert _count(con, OFFICERS) == 0


@pytest.mark.pipeline
def test_the_manifest_lists_every_delivered_file_in_order_of_arrival(real_release: Path) -> None:
    inputs = read_manifest(real_release)["inputs"]
    places = [delivered["position"] for delivered in inputs]
    assert places == sorted(places)
    with connect(real_release) as con:
        assert _count(con, "select count(*) from fct_load_ledger") == len(inputs) > 30


@pytest.mark.pipeline
def test_the_demonstration_is_labelled_and_has_a_key_of_its_own(demo_release: Path) -> None:
    assert read_manifest(demo_release)["key_fingerprints"]
    assert json.loads((demo_release / "audit.json").read_text())["passed"]
    with connect(demo_release) as con:
        assert _count(con, MIXED) == 0
