"""What leaves the house: the public files of an approved release, and nothing else of it."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.release import withdraw
from orchestration.release.decisions import CannotDecide, decisions
from orchestration.release.public.copy_out import CannotPublish, approve, copy_out, propose
from tests.release import fixture_public_extract
from tests.release.fixtures import FORCE


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return fixture_public_extract.release(tmp_path).release


def test_only_an_approved_release_is_copied_and_only_its_public_files(
    release: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    with pytest.raises(CannotPublish, match="was not approved: one person proposes it"):
        copy_out(release, outside, "two_people")
    with pytest.raises(CannotDecide, match="Nobody has proposed it yet"):
        approve(release, "B. Clerk", "Checked", "two_people")
    propose(release, "A. Clerk", "The year is complete")
    with pytest.raises(CannotDecide, match="another person accepts it"):
        approve(release, "A. CLERK", "Checked", "two_people")
    approve(release, "B. Clerk", "Checked", "two_people")
    copied = copy_out(release, outside, "two_people")
    assert {path.name for path in copied} == {"README.md", "figures.csv", "datapackage.json"}
    assert [one.verdict for one in decisions(release.parent)] == ["propose", "accept"]
    # A later copy takes the place of an earlier one.
    assert copy_out(release, outside, "two_people") == copied


def test_a_home_of_one_person_copies_without_a_second(release: Path, tmp_path: Path) -> None:
    assert copy_out(release, tmp_path / "outside", "one_person")


def test_a_folder_that_holds_something_else_is_left_as_it_is(release: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    with pytest.raises(CannotPublish, match=r"holds something else: mine\.txt"):
        copy_out(release, outside, "one_person")
    assert (outside / "mine.txt").read_text() == "mine"


def test_nothing_withdrawn_damaged_or_between_dates_is_copied(
    release: Path, tmp_path: Path
) -> None:
    night = fixture_public_extract.release(
        tmp_path, as_of=date(2024, 3, 2), run_id="night", rhythms={FORCE: "month"}
    ).release
    with pytest.raises(CannotPublish, match="The next publication is from 2024-04-01"):
        copy_out(night, tmp_path / "outside", "one_person")
    withdraw.withdraw(release, "Wrong")
    with pytest.raises(CannotPublish, match="was withdrawn: Wrong"):
        copy_out(release, tmp_path / "outside", "one_person")
    (release / "public/figures.csv").unlink()
    with pytest.raises(CannotPublish, match="is not what was released"):
        copy_out(release, tmp_path / "outside", "one_person")
    assert not (tmp_path / "outside").exists()
