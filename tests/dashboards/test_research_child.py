"""A reader's study runs in a process of its own, within limits, and ends with the visit."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil  # type: ignore[import-untyped]
import pytest

from dashboards.text import research as research_text
from dashboards.views import research_run
from dashboards.views.research_run import BUSY, YOURS, Found, Given, StudyLimits, StudyTask, run
from orchestration.evaluation.catalogue import DESIGNS

# Taken before the pages' own fixture puts another in its place.
RUN = research_run.run_in_child
PLAN = Given("plan.yml", DESIGNS["plan_counts"].example)
LONG = Given("long.yml", DESIGNS["plan_shifts"].example.replace("runs: 200", "runs: 20000"))


def _passes(_seconds: float) -> None:
    """The page is drawn again."""


def _children() -> list[int]:
    """Processes of this one that run a study; others of the machine are not ours."""
    found = []
    for each in psutil.Process().children(recursive=True):
        # One that ended meanwhile, of this test or of one before, has no command line any more.
        with suppress(psutil.NoSuchProcess):
            if research_run.CHILD in each.cmdline():
                found.append(each.pid)
    return found


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
    assert _children() == []


class _Left(BaseException):
    """The reader has gone on: Streamlit ends the script that waits."""


class Window:
    """A window in which a reader runs a study that takes long, until `leave` is called."""

    def __init__(self, reader: str) -> None:
        self.leaves, self.runs = threading.Event(), threading.Event()
        self.found: object = None
        self.thread = threading.Thread(target=self._run, args=(reader,), daemon=True)
        self.thread.start()

    def _run(self, reader: str) -> None:
        with suppress(_Left):
            self.found = RUN(StudyTask(LONG, reader=reader), self._drawn)
            self.runs.set()

    def _drawn(self, _seconds: float) -> None:
        self.runs.set()
        if self.leaves.is_set():
            raise _Left

    def leave(self) -> None:
        self.leaves.set()
        self.thread.join(30)


@pytest.fixture
def open_window(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Window]]:
    """Opens windows of readers, each once its study runs or was refused."""
    monkeypatch.setattr(research_run, "HANDOVER", 1.0)
    opened: list[Window] = []

    def of(reader: str) -> Window:
        opened.append(Window(reader))
        assert opened[-1].runs.wait(60)
        return opened[-1]

    yield of
    for window in opened:
        window.leave()
    assert _children() == []


def test_a_server_runs_two_studies_at_once(open_window: Callable[[str], Window]) -> None:
    first, second = open_window("jo"), open_window("al")
    assert len(_children()) == research_run.AT_ONCE == 2
    assert open_window("sam").found == BUSY
    first.leave()
    assert open_window("sam").found is None
    assert second.found is None


def test_a_reader_runs_one_study_in_however_many_windows(
    open_window: Callable[[str], Window],
) -> None:
    """Whoever opens many would else keep everybody out."""
    open_window("jo")
    assert open_window("jo").found == YOURS
    assert len(_children()) == 1
    assert open_window("al").found is None


def test_a_study_that_is_run_again_takes_the_turn_of_the_one_before(
    open_window: Callable[[str], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit draws a page again while the study that was running is still being ended."""
    monkeypatch.setattr(research_run, "HANDOVER", 30.0)
    before = open_window("jo")
    ends = threading.Timer(0.7, before.leave)
    ends.start()
    assert open_window("jo").found is None
    assert len(_children()) == 1
    ends.join()


def test_the_page_states_the_limits() -> None:
    assert f"{StudyLimits().memory:,} MB of memory" in research_text.OWN
    assert StudyLimits().seconds == 10 * 60
    assert "ten minutes of processor time" in research_text.OWN
    assert "Each reader has one study at a time, and a server two." in research_text.OWN
