"""Reading releases: the served one, whole, while another takes its place; nothing left open."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dashboards.data import release as release_data
from dashboards.data import topics
from orchestration import paths
from orchestration.access.reader import single_user
from tests.dashboards.fixture_release import make_release, serve

ME = single_user("local:test")
pytestmark = pytest.mark.filterwarnings("ignore")


def _open_files(folder: Path) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(str(folder) in str(link.readlink()) for link in links if link.is_symlink())


def test_before_the_first_release_there_is_none(home: Path) -> None:
    assert release_data.open_release(ME) is None
    assert release_data.history(ME) == []
    assert release_data.last_run(ME) == {}


def test_the_link_is_followed_to_the_real_folder(release: Path) -> None:
    opened = release_data.open_release(ME)
    assert opened is not None
    assert opened.folder == release.resolve()
    assert "current" not in str(opened.folder)


def test_an_opened_release_stays_whole_when_the_link_moves(release: Path, home: Path) -> None:
    opened = release_data.open_release(ME)
    assert opened is not None
    make_release(home, "2026-11-22-bbbbbbbbbbbb", without=["fct_changes"])
    assert opened.rows("fct_changes").height == 4
    newer = release_data.open_release(ME)
    assert newer is not None
    assert newer.name == "2026-11-22-bbbbbbbbbbbb"
    assert newer.rows("fct_changes").is_empty()


def test_rows_are_those_where_the_columns_hold_the_values(release: Path) -> None:
    opened = release_data.open_release(ME)
    assert opened is not None
    rows = opened.rows("fct_metrics", metric_id="recordings", area_id="north", period_grain="month")
    assert set(rows["metric_id"]) == {"recordings"}
    assert rows.height == 13
    assert opened.rows("fct_changes", area_id="'; drop table fct_changes; --").is_empty()
    assert opened.values("fct_metrics", "area_id") == ["all", "north", "south"]


def test_a_release_is_opened_read_only(release: Path) -> None:
    with pytest.raises(duckdb.InvalidInputException):
        release_data._connection(str(release)).execute("drop table fct_metrics")


def test_another_process_may_read_while_pages_are_open(release: Path) -> None:
    opened = release_data.open_release(ME)
    assert opened is not None
    opened.rows("dim_programme")
    with duckdb.connect(release / "internal/marts.duckdb", read_only=True) as con:
        assert con.sql("select count(*) from dim_programme").fetchall() == [(3,)]


def test_many_releases_leave_no_more_files_open_than_are_kept(home: Path) -> None:
    names = [f"2026-11-{day:02d}-{day:012x}" for day in range(1, 13)]
    for name in names:
        make_release(home, name)
        opened = release_data.open_release(ME)
        assert opened is not None
        assert opened.name == name
        opened.rows("dim_programme")
    assert _open_files(home) <= release_data.KEPT
    serve(home, names[0])
    again = release_data.open_release(ME)
    assert again is not None
    assert again.rows("dim_programme").height == 3


def test_history_lists_releases_with_the_served_one_marked(release: Path, home: Path) -> None:
    make_release(home, "2026-11-22-bbbbbbbbbbbb")
    listed = {entry.release: entry.is_current for entry in release_data.history(ME)}
    assert listed == {release.name: False, "2026-11-22-bbbbbbbbbbbb": True}


def test_studies_of_an_outcome_are_judged_on_one_page() -> None:
    judged = [outcome for topic in topics.ALL for outcome in topic.outcomes]
    assert len(judged) == len(set(judged))
    assert {"complaints", "use_of_force", "pleas", "recording"} <= set(judged)


def test_reading_the_pages_before_their_server_runs_says_nothing() -> None:
    """The command that serves them does, and so does the server's own file."""
    words = [sys.executable, "-c", "import dashboards.data.release"]
    done = subprocess.run(words, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
