"""Withdrawn releases: marked outside the folder that never changes, by hand or by a rule."""

import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.release import compare, manifest, publish, summary, withdraw, withdrawal
from orchestration.release.damage import verify
from orchestration.release.public import package
from orchestration.storage.engine import AT_FAULT
from tests.release import fixture_public_extract, fixtures

FAULTY = next(iter(AT_FAULT))
COMPLAINTS = ("forms", "complaints")
LARGE = f"""update fct_load_ledger set records = {withdraw.ROW_GROUP + 2},
    accepted = {withdraw.ROW_GROUP + 1} where load_status = 'accepted';"""
LARGEST_SAFE = f"""update fct_load_ledger set records = {withdraw.ROW_GROUP + 1},
    accepted = {withdraw.ROW_GROUP} where load_status = 'accepted';"""


def _release(home: Path, change: str = "") -> Path:
    return fixtures.release(home, change).release


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Releases are made, as their manifests say, with an engine known to be at fault."""
    monkeypatch.setattr(manifest, "engine_version", lambda: FAULTY)
    return monkeypatch


def test_a_withdrawn_release_is_marked_beside_its_folder_and_stays_whole(tmp_path: Path) -> None:
    release = _release(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in release.rglob("*")}
    mark = withdraw.withdraw(release, "A month is missing")
    assert {path: path.stat().st_mtime_ns for path in release.rglob("*")} == before
    assert verify(release) == []
    assert withdrawal.read(release) == mark
    assert withdrawal.read(tmp_path / "releases" / "current") == mark
    assert (mark.why, mark.rule, mark.replaced_by) == ("A month is missing.", "by_hand", None)
    assert (mark.as_of, mark.programmes) == ("2024-03-01", [fixtures.FORCE])
    stored = tmp_path / "releases" / "withdrawn" / f"{release.name}.json"
    assert json.loads(stored.read_text()) == mark.as_dict()


def test_a_withdrawal_needs_a_reason_and_the_first_one_stays(tmp_path: Path) -> None:
    release = _release(tmp_path)
    with pytest.raises(withdraw.CannotWithdraw, match="needs a reason"):
        withdraw.withdraw(release, "  ")
    first = withdraw.withdraw(release, "A month is missing.")
    with pytest.raises(withdraw.CannotWithdraw, match=r"withdrawn already .* A month is missing"):
        withdraw.withdraw(release, "Another reason.")
    assert withdrawal.read(release) == first


def test_the_next_sound_release_of_its_programmes_is_named_as_the_replacement(
    tmp_path: Path,
) -> None:
    releases = tmp_path / "releases"
    first = _release(tmp_path)
    withdraw.withdraw(first, "Wrong.")
    second = _release(tmp_path, fixtures.more("north", 1))
    withdraw.name_replacements(releases)
    assert withdrawal.read_all(releases)[first.name].replaced_by == second.name
    withdraw.withdraw(second, "Wrong too.")
    assert withdrawal.read_all(releases)[first.name].replaced_by is None
    third = _release(tmp_path, fixtures.more("north", 2))
    withdraw.name_replacements(releases)
    found = {mark.replaced_by for mark in withdrawal.read_all(releases).values()}
    assert found == {third.name}


def test_a_release_without_its_programmes_replaces_nothing(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    first = _release(tmp_path)
    withdraw.withdraw(first, "Wrong.")
    record = releases / "withdrawn" / f"{first.name}.json"
    known = json.loads(record.read_text())
    record.write_text(json.dumps(known | {"programmes": [fixtures.FORCE, "another"]}))
    _release(tmp_path, fixtures.more("north", 1))
    withdraw.name_replacements(releases)
    assert withdrawal.read_all(releases)[first.name].replaced_by is None


def test_a_release_of_a_faulty_engine_with_a_large_file_of_people_is_withdrawn_once(
    tmp_path: Path, faulty: pytest.MonkeyPatch
) -> None:
    release = _release(tmp_path, LARGE)
    (mark,) = withdraw.withdraw_faulty(tmp_path / "releases", harmless=set())
    assert (mark.release, mark.rule) == (release.name, "engine_at_fault")
    assert mark.why == (
        f"DuckDB {FAULTY} made it, and {AT_FAULT[FAULTY]}. 1 of its files has identifiers and more"
        " than 122,880 rows, so figures may be wrong."
    )
    assert withdraw.withdraw_faulty(tmp_path / "releases", harmless=set()) == []


def test_a_table_without_identifiers_or_a_small_file_is_no_reason(
    tmp_path: Path, faulty: pytest.MonkeyPatch
) -> None:
    _release(tmp_path, LARGE)
    assert withdraw.withdraw_faulty(tmp_path / "releases", harmless={COMPLAINTS}) == []
    _release(tmp_path / "small", LARGEST_SAFE)
    assert withdraw.withdraw_faulty(tmp_path / "small" / "releases", harmless=set()) == []


def test_a_release_of_a_sound_engine_is_left_alone(tmp_path: Path) -> None:
    _release(tmp_path, LARGE)
    assert withdraw.withdraw_faulty(tmp_path / "releases", harmless=set()) == []


def test_what_cannot_be_told_of_a_faulty_engine_is_taken_for_wrong(
    tmp_path: Path, faulty: pytest.MonkeyPatch
) -> None:
    release = _release(tmp_path)
    (release / "internal/parquet" / "fct_load_ledger.parquet").unlink()
    (mark,) = withdraw.withdraw_faulty(tmp_path / "releases", harmless={COMPLAINTS})
    assert "Its load ledger is missing" in mark.why


def test_pruning_a_withdrawn_release_keeps_its_record(tmp_path: Path) -> None:
    first = _release(tmp_path)
    withdraw.withdraw(first, "Wrong.")
    for more in (1, 2):
        _release(tmp_path, fixtures.more("north", more))
    assert publish.prune(tmp_path / "releases", 1).removed == [first.name]
    assert not first.exists()
    kept = withdrawal.read(first)
    assert kept is not None
    assert kept.why == "Wrong."


def test_a_record_that_cannot_be_read_does_not_bring_the_release_back(tmp_path: Path) -> None:
    release = _release(tmp_path)
    withdraw.withdraw(release, "Wrong.")
    (tmp_path / "releases" / "withdrawn" / f"{release.name}.json").write_text('{"why": ')
    mark = withdrawal.read(release)
    assert mark is not None
    assert "cannot be read" in summary.withdrawn(mark)


def test_a_difference_says_which_side_was_withdrawn(tmp_path: Path) -> None:
    old = _release(tmp_path)
    withdraw.withdraw(old, "Wrong.")
    new = _release(tmp_path, fixtures.more("north", 1))
    found = compare.diff(old, new)
    assert [mark.release for mark in found.withdrawn] == [old.name]
    assert f"{old.name} was withdrawn on " in summary.difference(found)
    assert "was withdrawn" in summary.difference(compare.diff(old, old))
    assert "was withdrawn" not in summary.difference(compare.diff(new, new))


def _remembered(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_a_withdrawn_release_published_is_never_forgotten_by_disclosure(
    tmp_path: Path,
) -> None:
    first = fixture_public_extract.release(tmp_path).release
    withdraw.withdraw(first, "Wrong.")
    second = fixture_public_extract.release(tmp_path, run_id="later").release
    assert (first / "restricted/disclosure/after/invented_force/chain.json").is_file()
    assert _remembered(second / "restricted/disclosure/before") == _remembered(
        first / "restricted/disclosure/after"
    )


def test_the_public_extract_names_earlier_releases_that_were_withdrawn(tmp_path: Path) -> None:
    (tmp_path / "internal/parquet").mkdir(parents=True)
    line = pl.DataFrame(
        {
            "programme_id": ["p", "q", "p"],
            "release_id": ["one", "one", None],
            "withdrawn_on": ["2026-11-29", "2026-11-29", None],
            "withdrawn_why": ["Wrong.", "Wrong.", None],
        }
    ).with_columns(pl.col("withdrawn_on").str.to_date())
    line.write_parquet(tmp_path / "internal/parquet" / "dim_release.parquet")
    assert package.withdrawn_before(tmp_path) == {
        "withdrawn": [{"release": "one", "withdrawn_on": "2026-11-29", "why": "Wrong."}]
    }
    line.tail(1).write_parquet(tmp_path / "internal/parquet" / "dim_release.parquet")
    assert package.withdrawn_before(tmp_path) == {}
