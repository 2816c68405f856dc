"""A reader's study runs in a process of its own, within limits, and ends with the visit."""

from pathlib import Path

import pytest

from dashboards.text import research as research_text
from dashboards.views import research_child
from dashboards.views.research_child import BUSY, StudyLimits, StudyTask
from dashboards.views.research_run import Found, Given, run
from orchestration.evaluation.catalogue import DESIGNS

# Taken before the pages' own fixture puts another in its place.
RUN = research_child.run_in_child
PLAN = Given("plan.yml", DESIGNS["plan_counts"].example)
LONG = Given("long.yml", DESIGNS["plan_shifts"].example.replace("runs: 200", "runs: 20000"))


def _passes(_seconds: float) -> None:
    """The page is drawn again."""


def _children() -> set[str]:
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    return {str(each) for each in commands if b"dashboards.views.research_child" in each}


def test_the_child_finds_what_this_process_finds() -> None:
    found = RUN(StudyTask(PLAN), _passes)
    assert isinstance(found, Found)
    assert found.document() == run(PLAN).document()


def test_a_study_beyond_its_limits_is_ended_and_says_which() -> None:
    assert "runs: 20000" in LONG.text
    limits = StudyLimits(seconds=1)
    found = RUN(StudyTask(LONG), _passes, limits)
    assert found == limits.sentence
    assert "1 seconds of processor time" in str(found)


def test_the_child_ends_when_the_session_does() -> None:
    class SessionClosed(BaseException):
        pass

    def closes(passed: float) -> None:
        assert _children()
        raise SessionClosed

    with pytest.raises(SessionClosed):
        RUN(StudyTask(LONG), closes)
    assert _children() == set()


def test_a_server_runs_only_so_many_at_once() -> None:
    for _ in range(2):
        assert research_child.AT_ONCE.acquire(blocking=False)
    try:
        assert RUN(StudyTask(PLAN), _passes) == BUSY
    finally:
        for _ in range(2):
            research_child.AT_ONCE.release()


def test_the_page_states_the_limits() -> None:
    assert f"{StudyLimits().memory:,} MB of memory" in research_text.OWN
    assert StudyLimits().seconds == 10 * 60
    assert "ten minutes of processor time" in research_text.OWN
