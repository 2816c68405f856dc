"""What is held waits, and who decided what about it stays on record."""

from pathlib import Path

import pytest

from orchestration.release import held
from orchestration.release.decisions import CannotDecide, decided, decisions
from orchestration.release.held import Held

ONE = Held("west", ("It is missing.",), "abc", "run1", "2024-01-01", "/landing")
TWO = Held("east", ("Half is gone.",), "def", "run1", "2024-01-01", "/landing")


def _keep(releases: Path, *waiting: Held) -> Path:
    candidate = releases / ".candidate-run1"
    candidate.mkdir(parents=True)
    return held.keep(candidate, waiting)


def test_a_candidate_is_kept_aside_and_the_next_one_takes_its_place(tmp_path: Path) -> None:
    aside = _keep(tmp_path, ONE, TWO)
    assert held.waiting(tmp_path) == [TWO, ONE]
    later = Held("west", ("Other reasons.",), "ghi", "run2", "2024-01-02", "/landing")
    _keep(tmp_path, later)
    assert held.waiting(tmp_path) == [later]
    assert not aside.exists()


def test_a_decision_is_kept_with_name_and_reason(tmp_path: Path) -> None:
    _keep(tmp_path, ONE)
    held.decide(tmp_path, "west", "propose", "B. Clerk", "The depot closed")
    assert decided(tmp_path, "abc") is None
    made = held.decide(tmp_path, "west", "accept", "A. Clerk", "The depot closed")
    assert made.sentence.startswith("Accepted by A. Clerk on ")
    assert made.sentence.endswith(": The depot closed.")
    assert decided(tmp_path, "abc") == made
    assert decided(tmp_path, "another loss") is None


def test_a_rejected_candidate_leaves_nothing_behind_but_the_decision(tmp_path: Path) -> None:
    aside = _keep(tmp_path, ONE, TWO)
    held.decide(tmp_path, "west", "reject", "A. Clerk", "Half a file")
    assert held.waiting(tmp_path) == [TWO]
    held.decide(tmp_path, "east", "reject", "A. Clerk", "Half a file")
    assert held.waiting(tmp_path) == []
    assert not aside.exists()
    assert [one.about for one in decisions(tmp_path)] == ["west", "east"]


@pytest.mark.parametrize(
    ("programme", "by", "why", "problem"),
    [
        ("north", "A. Clerk", "x", "north does not wait for a decision. What waits: west."),
        ("west", " ", "x", "A decision needs --by"),
        ("west", "A. Clerk", "", "A decision needs --by"),
    ],
)
def test_nothing_is_decided_without_a_name_a_reason_and_something_that_waits(
    tmp_path: Path, programme: str, by: str, why: str, problem: str
) -> None:
    _keep(tmp_path, ONE)
    with pytest.raises(CannotDecide, match=problem):
        held.decide(tmp_path, programme, "reject", by, why)
    assert decisions(tmp_path) == []


def test_a_fingerprint_is_of_the_files_of_that_programme_alone() -> None:
    def of(file: str, other: str = "x") -> str:
        rows = [("west", file), ("east", other)]
        inputs = [
            {
                "programme_id": programme,
                "source_name": "forms",
                "table_name": "complaints",
                "file_hash": name,
                "load_status": "accepted",
            }
            for programme, name in rows
        ]
        return held.fingerprint("west", {"inputs": inputs})

    assert of("a") == of("a", "y")
    assert of("a") != of("b")


def test_what_one_proposes_another_accepts(tmp_path: Path) -> None:
    _keep(tmp_path, ONE)
    with pytest.raises(CannotDecide, match="Nobody has proposed it yet"):
        held.decide(tmp_path, "west", "accept", "A. Clerk", "The depot closed")
    held.decide(tmp_path, "west", "propose", "A. Clerk", "The depot closed")
    with pytest.raises(CannotDecide, match=r"A\. Clerk proposed it: another person accepts it"):
        held.decide(tmp_path, "west", "accept", " a.  clerk", "The depot closed")
    held.decide(tmp_path, "west", "accept", "B. Clerk", "The depot closed")


def test_a_home_in_which_one_person_works_says_so_and_needs_no_proposal(tmp_path: Path) -> None:
    _keep(tmp_path, ONE)
    made = held.decide(tmp_path, "west", "accept", "A. Clerk", "It closed", "one_person")
    assert made.verdict == "accept"
