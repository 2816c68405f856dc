"""The demonstration: the same bytes for the same seed, faulty in places, invented in every name."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from orchestration.programmes.programme import Programme, read_programmes
from orchestration.synthetic_data.presets import read_settings
from orchestration.synthetic_data.synthesise import write_demonstration

SYNTHETIC = [each for each in read_programmes() if each.is_synthetic]
SIZE = 12_000


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    write_demonstration(folder, recordings=SIZE)
    return folder


def hashes(files: list[Path]) -> dict[str, str]:
    return {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def column(landing: Path, pattern: str, header: str) -> pl.Series:
    """The filled values of a column in every file of a name, as text."""
    frames = [
        pl.read_csv(path, infer_schema=False, columns=[header])
        for path in sorted(landing.rglob(pattern))
    ]
    filled = pl.concat(frames)[header].drop_nulls()
    assert len(filled) > 0, f"{pattern} has nothing in {header}"
    return filled


def test_one_seed_gives_one_set_of_bytes_and_another_seed_another(tmp_path: Path) -> None:
    once = hashes(write_demonstration(tmp_path / "once", recordings=SIZE))
    again = hashes(write_demonstration(tmp_path / "again", recordings=SIZE))
    other = hashes(write_demonstration(tmp_path / "other", seed=7, recordings=SIZE))
    assert once == again
    assert {name for name in once if once[name] == other.get(name)} == set()


def test_every_synthetic_programme_has_a_preset_and_is_demonstrated(landing: Path) -> None:
    presets = {setting.programme.programme for setting in read_settings()}
    assert presets == {each.programme for each in SYNTHETIC}
    assert {path.name for path in landing.iterdir()} == presets


def test_landing_holds_deliveries_and_nothing_else(landing: Path) -> None:
    assert {path.suffix for path in landing.rglob("*") if path.is_file()} == {".csv"}


@pytest.mark.parametrize("programme", SYNTHETIC, ids=lambda each: each.programme)
def test_every_area_appears_in_every_table_that_has_one(
    landing: Path, programme: Programme
) -> None:
    folder = landing / programme.programme
    parents = {area.parent for area in programme.areas}
    leaves = [
        area for area in programme.areas if area.id not in parents and area.kind != "remainder"
    ]
    for name in ("officers", "complaints", "force_reports", "cases", "workforce", "devices"):
        assert column(folder, f"{name}.csv", "borough").n_unique() == len(leaves), name


def test_no_person_could_be_a_real_one(landing: Path) -> None:
    for pattern, header in (
        ("officers.csv", "officer_name"),
        ("complaints.csv", "complainant_name"),
    ):
        assert column(landing, pattern, header).str.starts_with("Synthetic ").all()
    for pattern, header in (
        ("officers.csv", "officer_number"),
        ("complaints.csv", "complainant_reference"),
        ("cases.csv", "defendant_reference"),
    ):
        assert column(landing, pattern, header).str.starts_with("SYN").all()


def test_every_payer_is_said_to_be_synthetic(landing: Path) -> None:
    assert column(landing, "spend.csv", "funder").str.starts_with("Synthetic ").all()


@pytest.mark.parametrize("programme", SYNTHETIC, ids=lambda each: each.programme)
def test_every_sentence_about_the_programme_says_that_it_is_synthetic(programme: Programme) -> None:
    it = programme
    said = [it.name, it.summary, *it.limits]
    for baseline in it.baselines:
        said += [baseline.why, *(each.label for each in baseline.compare)]
    told = ("synthetic", "invented")
    assert [text for text in said if not any(word in text.lower() for word in told)] == []


def test_faults_are_few_but_there(landing: Path) -> None:
    seconds = column(landing, "recordings_*.csv", "duration_seconds")
    assert 0 < (seconds == "-60").sum() < len(seconds) / 500
    begins = column(landing, "recordings_*.csv", "recorded_from")
    assert 0 < (begins == "2018-02-30T12:00:00").sum() < len(begins) / 500
    stale = column(landing, "recordings_*.csv", "officer_number").str.starts_with("OLD").sum()
    assert 0 < stale < len(seconds) / 50
