"""The register is a chain, and a study confirms only what it said before its outcomes began."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.evaluation.core import Refusal
from orchestration.studies.register import read_register, register, status_of
from orchestration.studies.study import Study, study_from

PLAN = """\
design: common_effect
title: Two trials
question: What is their average?
outcome_window: {from: 2027-01-01, to: 2027-12-31}
keys:
  measure: difference
  outcome: Complaints
  from_effects: {effect: e, standard_error: s}
inline: {e: [1.0, 2.0], s: [0.5, 0.5]}
"""
BEFORE = datetime(2026, 12, 31, 12, tzinfo=UTC)


def planned(text: str = PLAN) -> Study:
    return study_from(text, "plan.yml")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "register.csv"
    register(planned(PLAN.replace("Two", "Three")), file, now=BEFORE)
    register(planned(), file, "https://registry.example/1", now=BEFORE)
    register(planned(PLAN.replace("Two", "Four")), file, now=BEFORE)
    return file


def test_a_study_registered_before_its_outcomes_is_confirmatory(book: Path) -> None:
    found = status_of(planned(), book)
    assert found.word == "confirmatory"
    assert "witnessed at https://registry.example/1" in found.reason
    other = status_of(planned(PLAN.replace("Three", "Two").replace("Two", "Four")), book)
    assert "the date is the register's own word" in other.reason


def test_comments_and_the_order_of_keys_change_no_study(book: Path) -> None:
    lines = PLAN.splitlines()
    moved = "\n".join(["# a remark", *lines[1:], lines[0], ""])
    assert status_of(planned(moved), book).word == "confirmatory"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PLAN.replace("[1.0, 2.0]", "[1.0, 2.5]"), "changed after it was registered"),
        (PLAN.replace("outcome: Complaints", "outcome: Force"), "changed after it was registered"),
        (PLAN.replace("outcome_window: {from: 2027-01-01, to: 2027-12-31}\n", ""), "no outcome"),
    ],
)
def test_a_study_that_was_changed_explores(book: Path, text: str, reason: str) -> None:
    found = status_of(planned(text), book)
    assert (found.word, reason in found.reason) == ("exploratory", True)


def test_a_study_registered_on_the_first_day_of_its_outcomes_explores(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    register(planned(), file, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert status_of(planned(), file).word == "exploratory"
    assert "its outcomes had begun" in status_of(planned(), file).reason


def test_a_study_that_nobody_registered_explores(tmp_path: Path) -> None:
    assert status_of(planned(), tmp_path / "none.csv").reason == "the study was not registered"


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("how", ["dated earlier", "taken out", "put in twice"])
def test_a_register_that_was_tampered_with_confirms_nothing(
    book: Path, line: int, how: str
) -> None:
    lines = book.read_text().splitlines(keepends=True)
    if how == "dated earlier":
        lines[line] = lines[line].replace("2026-12-31", "2020-12-31", 1)
    elif how == "taken out":
        del lines[line]
    else:
        lines.insert(line, lines[line])
    book.write_text("".join(lines))
    if (how, line) == ("taken out", 3):
        # The last entry can go unseen, as with any chain: that is why the register is committed.
        assert len(read_register(book)) == 2
        return
    with pytest.raises(Refusal, match=r"register.csv, line \d: the chain is broken here"):
        read_register(book)
    assert status_of(planned(), book).word == "exploratory"
    with pytest.raises(Refusal, match="the chain is broken"):
        register(planned(PLAN.replace("Two", "Five")), book, now=BEFORE)


def test_a_plan_is_registered_once_and_only_with_an_outcome_window(book: Path) -> None:
    with pytest.raises(Refusal, match="was registered at 2026-12-31"):
        register(planned(), book, now=BEFORE)
    with pytest.raises(Refusal, match="no outcome_window"):
        register(planned(PLAN.replace("outcome_window: {from: 2027", "# {from: 2027")), book)


def test_entries_may_not_run_backwards_in_time(book: Path) -> None:
    register(planned(PLAN.replace("Two", "Six")), book, now=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Refusal, match="line 5: registered before the entry above it"):
        read_register(book)


def test_the_commands_register_list_and_estimate_agree_on_the_status(tmp_path: Path) -> None:
    study, book = tmp_path / "plan.yml", tmp_path / "register.csv"
    study.write_text(PLAN.replace("2027", "2999"))
    run = CliRunner().invoke
    done = run(app, ["study", "register", str(study), "--register", str(book)])
    assert (done.exit_code, "confirmatory: registered unchanged" in done.output) == (0, True)
    listed = run(app, ["study", "list", "--register", str(book), "--json"])
    assert json.loads(listed.output)[0]["study"] == "plan.yml"
    found = run(app, ["estimate", str(study), "--register", str(book), "--json"])
    assert json.loads(found.output)["status"] == "confirmatory"
    book.write_text(book.read_text().replace("2999-12-31", "2998-12-31"))
    assert run(app, ["study", "list", "--register", str(book)]).exit_code == 2


OPEN = PLAN.replace("inline: {e: [1.0, 2.0], s: [0.5, 0.5]}\n", "")
DURING = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_a_study_of_outcomes_nobody_here_has_is_told_apart_and_names_who_could_have_seen_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "register.csv"
    register(planned(OPEN), file, "https://osf.io/x", now=DURING, could_have_seen="the force")
    found = status_of(planned(OPEN), file)
    assert found.word == "registered_before_data"
    assert found.reason == (
        "registered unchanged on 2027-03-01, before its data were obtained; its outcomes had begun"
        " on 2027-01-01, and could have been seen by the force, witnessed at https://osf.io/x"
    )


def test_who_could_have_seen_the_outcomes_is_sealed_with_the_entry(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    register(planned(OPEN), file, now=DURING, could_have_seen="the force")
    file.write_text(file.read_text().replace("the force", "nobody"))
    assert status_of(planned(OPEN), file).word == "exploratory"
    assert "the chain is broken" in status_of(planned(OPEN), file).reason


@pytest.mark.parametrize(
    ("text", "now", "said"),
    [
        (OPEN, BEFORE, "nobody could have seen them"),
        (PLAN, DURING, "its data were obtained"),
        (f"{OPEN}data: table.csv\n", DURING, "its data were obtained"),
    ],
)
def test_the_claim_is_refused_of_outcomes_to_come_and_of_data_at_hand(
    text: str, now: datetime, said: str, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=said):
        register(planned(text), tmp_path / "register.csv", now=now, could_have_seen="the force")
    assert not (tmp_path / "register.csv").exists()


def test_without_the_claim_a_study_of_outcomes_that_began_explores(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    register(planned(OPEN), file, now=DURING)
    assert status_of(planned(OPEN), file).word == "exploratory"
