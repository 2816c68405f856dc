"""What studies found as rows: both contrasts, every gate, and refusals with their reason."""

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.staged_rollout import STAGED_ROLLOUT
from orchestration.studies.register import Status
from orchestration.studies.results import GATES, POINTS, STUDIES, VALUES, StudyRun, as_tables
from orchestration.studies.study import StudyProblem, estimate, study_from

STATUS = Status("exploratory", "the study was not registered")
EVIDENCE = """
evidence:
  outcome: complaints
  design: Shifts randomised.
  compared: Shifts with cameras, with shifts without.
  would_change: More shifts.
"""
ARMS = """\
design: published_effect
title: Arms of a trial
question: Do the arms differ?
keys: {outcome: Complaints, estimate: 0.05, standard_error: 0.11, is_randomised: true}
"""
CHANGE = """\
design: published_change
title: Before and during a trial
question: By how much did complaints change?
keys: {counts: [200, 100]}
"""


def asked(name: str, text: str, programme: str | None = None) -> StudyRun:
    """A study of inline figures, run."""
    study = study_from(text, f"{name}.yml")
    try:
        return StudyRun(name, programme, study, STATUS, estimate(study))
    except Refusal as problem:
        return StudyRun(name, programme, study, STATUS, problem)


def one(*studies: StudyRun) -> dict[str, object]:
    """The row of the first of these studies."""
    return as_tables(studies)["studies"].row(0, named=True)


def test_tables_of_no_study_have_their_columns() -> None:
    tables = as_tables([])
    assert {name: list(rows.columns) for name, rows in tables.items()} == {
        "studies": list(STUDIES),
        "study_gates": list(GATES),
        "study_values": list(VALUES),
        "study_points": list(POINTS),
    }


def test_a_randomised_contrast_has_the_change_over_time_that_it_names_beside_it() -> None:
    arms = asked("arms", ARMS + EVIDENCE + "  before_after_study: change\n")
    change = asked("change", CHANGE)
    row = one(arms, change)
    assert (row["is_randomised"], row["design_class"]) == (True, "randomised")
    assert row["before_after_words"] == change.found.summary  # type: ignore[union-attr]
    assert "other things changed too" in str(row["before_after_words"])


def test_a_randomised_contrast_without_a_change_over_time_says_why_or_that_none_was_given() -> None:
    silent = one(asked("arms", ARMS))
    told = one(asked("arms", ARMS + EVIDENCE + "  before_after: None was printed.\n"))
    assert "No change over time was given" in str(silent["before_after_words"])
    assert told["before_after_words"] == "None was printed."


def test_a_staged_roll_out_gives_its_own_change_over_time_and_every_gate_with_its_reason() -> None:
    tables = as_tables([asked("rolled", STAGED_ROLLOUT.example, "somewhere")])
    row = tables["studies"].row(0, named=True)
    assert (row["design_class"], row["effect_scale"]) == ("compared", "log_ratio")
    assert row["before_after_estimate"] is not None
    assert "Not randomised" in row["before_after_words"]
    gates = tables["study_gates"]
    assert gates["gate_order"].to_list() == [1, 2, 3]
    assert gates["gate_reason"].str.len_chars().min() > 20  # type: ignore[operator]
    values = dict(tables["study_values"].select("value_name", "value_number").rows())
    assert values["log_ratio"] == pytest.approx(row["estimate"])


def test_only_periods_with_enough_behind_them_are_points() -> None:
    rolled = asked("rolled", STAGED_ROLLOUT.example)
    assert not isinstance(rolled.found, Refusal)
    points = as_tables([rolled])["study_points"]
    shown = [row for row in rolled.found.diagnostics["event_study"] if row["is_reliable"]]
    hidden = len(rolled.found.diagnostics["event_study"]) - len(shown)
    assert points["event_period"].to_list() == [row["event_period"] for row in shown]
    assert (points.height > 0, hidden > 0) == (True, True)


def test_a_change_over_time_is_never_called_anything_else() -> None:
    row = one(asked("change", CHANGE))
    assert (row["is_randomised"], row["design_class"]) == (False, "before_after")
    assert row["before_after_words"] == row["words"]


def test_a_refusal_is_a_row_with_its_reason_and_no_figure() -> None:
    text = STAGED_ROLLOUT.example.replace("count: complaints", "count: not_there")
    row = one(asked("rolled", text))
    assert "not_there" in str(row["refusal_reason"])
    assert (row["words"], row["estimate"], row["study_title"] is None) == (None, None, False)


def test_a_study_that_cannot_be_read_is_a_row_under_its_name() -> None:
    problem = StudyProblem("broken.yml, line 1, column 1: not YAML")
    row = one(StudyRun("broken", None, None, STATUS, problem))
    assert (row["study_title"], row["refusal_reason"]) == ("broken", str(problem))


def test_notes_stand_among_the_values_after_the_figures() -> None:
    values = as_tables([asked("change", CHANGE)])["study_values"]
    notes = values.filter(pl.col("value_name").str.starts_with("note_"))
    assert notes["value_order"].to_list() == [values.height - 1, values.height]
    assert "other things changed too" in notes["value_text"][0]
