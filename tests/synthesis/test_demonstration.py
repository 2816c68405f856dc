"""The demonstration: the same bytes for the same seed, plausible, invented in every name."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from orchestration.programme import read_programmes
from orchestration.synthesis.demonstration import tables, world_of, write_demonstration
from orchestration.synthesis.world import World, make_world

DEMONSTRATION = next(each for each in read_programmes() if each.is_synthetic)


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(DEMONSTRATION, DEMONSTRATION.seed or 0)


@pytest.fixture(scope="module")
def rows(world: World) -> dict[str, pl.DataFrame]:
    return tables(world)


def joined(rows: dict[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """Every yearly part of a table."""
    return pl.concat([part for key, part in rows.items() if key.startswith(name)])


def hashes(files: list[Path]) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_one_seed_gives_one_set_of_bytes_and_another_seed_another(tmp_path: Path) -> None:
    once = hashes(write_demonstration(tmp_path / "once"))
    again = hashes(write_demonstration(tmp_path / "again"))
    other = hashes(write_demonstration(tmp_path / "other", seed=7))
    assert once == again
    assert {name for name in once if once[name] == other.get(name)} == set()


def test_every_borough_appears_in_every_table_that_has_one(rows: dict[str, pl.DataFrame]) -> None:
    for name in ("officers", "complaints", "force_reports", "cases", "workforce", "camera_starts"):
        assert rows[name]["borough"].n_unique() == 32, name


def test_recordings_are_as_many_and_as_long_as_in_published_trials(
    rows: dict[str, pl.DataFrame],
) -> None:
    filmed = joined(rows, "recordings")
    seconds = filmed["duration_seconds"].cast(pl.Int64)
    assert 60_000 <= len(filmed) <= 100_000
    # London's trial: 15.2 minutes a recording, 28 % of them evidential.
    assert seconds.filter(seconds > 0).mean() == pytest.approx(15.2 * 60, rel=0.05)
    assert (filmed["is_evidential"] == "true").mean() == pytest.approx(0.28, abs=0.01)


def test_officers_record_as_often_as_in_published_trials(rows: dict[str, pl.DataFrame]) -> None:
    # 4.9 recordings per officer and month in London's trial, 9.8 per camera in a later force.
    late = joined(rows, "recordings_2019")
    per_officer_month = len(late) / len(rows["officers"]) / 6
    assert 4.9 <= per_officer_month <= 9.8


def test_complaints_and_allegations_stand_in_the_published_proportion(
    rows: dict[str, pl.DataFrame],
) -> None:
    officers = rows["workforce"]["officer_headcount"].cast(pl.Int64).sum() / 12
    cases, allegations = len(rows["complaints"]), len(rows["allegations"])
    # 250 to 300 allegations per 1,000 employees a year before 2020; 1.66 per complaint.
    assert 200 <= 1000 * allegations / officers <= 320
    assert allegations / cases == pytest.approx(1.66, abs=0.03)


def test_pleas_stand_in_the_published_proportion(rows: dict[str, pl.DataFrame]) -> None:
    pleas = rows["cases"]["plea"].drop_nulls()
    assert (pleas == "guilty").mean() == pytest.approx(0.675, abs=0.04)


def test_no_person_could_be_a_real_one(rows: dict[str, pl.DataFrame]) -> None:
    for name, column in (("officers", "officer_name"), ("complaints", "complainant_name")):
        assert rows[name][column].str.starts_with("Synthetic ").all()
    for name, column in (
        ("officers", "officer_number"),
        ("complaints", "complainant_reference"),
        ("cases", "defendant_reference"),
    ):
        assert rows[name][column].str.starts_with("SYN").all()


def test_every_sentence_about_the_programme_says_that_it_is_synthetic() -> None:
    said = [DEMONSTRATION.name, DEMONSTRATION.summary, *DEMONSTRATION.limits]
    said += [each.label for baseline in DEMONSTRATION.baselines for each in baseline.compare]
    said += [baseline.why for baseline in DEMONSTRATION.baselines]
    told = ("synthetic", "invented")
    assert [text for text in said if not any(word in text.lower() for word in told)] == []


def test_faults_are_few_but_there(rows: dict[str, pl.DataFrame]) -> None:
    filmed = joined(rows, "recordings")
    odd = (filmed["recording_category"] == "uncategorised").mean()
    assert isinstance(odd, float)
    assert 0 < odd < 0.005
    assert (filmed["duration_seconds"] == "-60").sum() == 3
    assert (filmed["recorded_from"] == "2018-02-30T12:00:00").sum() >= 5
    assert len(filmed) - filmed["recording_id"].n_unique() == 12


def test_a_world_without_areas_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one area"):
        make_world((), DEMONSTRATION.data_from, DEMONSTRATION.data_to, 1)
