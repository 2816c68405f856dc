"""What pages say when there is nothing, when a run failed or is late, and when a link is odd."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import PAGES, Open, said
from tests.dashboards.fixture_release import make_release, serve
from tests.dashboards.reader_choice import chosen

SECOND = "2026-11-22-bbbbbbbbbbbb"


def _status(home: Path, *, ok: bool = True, age: timedelta = timedelta(hours=1)) -> None:
    then = (datetime.now(UTC) - age).isoformat()
    attempt = {"at": then, "ok": ok, "code": 0 if ok else 1, "sentence": "The disk is full."}
    late = [{"source": "forms", "table": "complaints", "sentence": "forms.complaints is late."}]
    status = {"last_run": attempt, "success": {"at": then}, "late": [] if ok else late}
    content = json.dumps(status | {"expected_within_hours": 36})
    (home / "releases" / "status.json").write_text(content)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_release_every_page_tells_the_command_to_run(page: str, open_page: Open) -> None:
    app = open_page(page)
    assert not app.exception
    assert "make run" in app.info[0].value


def test_a_release_without_a_programme_says_so(home: Path, open_page: Open) -> None:
    make_release(home, without=["dim_programme"])
    assert "holds no programme" in said(open_page())


@pytest.mark.parametrize("page", PAGES)
def test_a_release_without_the_optional_tables_is_still_shown(
    page: str, home: Path, open_page: Open
) -> None:
    gone = ("fct_changes", "fct_studies", "fct_rejects", "release_checks", "release_lineage")
    more = ("release_tables", "release_columns", "dim_source", "fct_load_ledger", "fct_metrics")
    make_release(home, without=[*gone, *more, "fct_footage_faults"])
    app = open_page(page)
    assert not app.exception
    assert "Invented City" in said(app)


def test_a_broken_database_is_said_in_one_sentence(release: Path, open_page: Open) -> None:
    (release / "internal/marts.duckdb").write_bytes(b"not a database")
    app = open_page()
    assert not app.exception
    assert "bodyworn doctor" in app.error[0].value


@pytest.mark.parametrize("page", PAGES)
def test_figures_that_stand_as_an_earlier_release_gave_them_say_so_and_why(
    page: str, release: Path, open_page: Open
) -> None:
    reasons = [f"Reason {number}." for number in range(5)]
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["carried"] = {rows.CITY: {"release": SECOND, "why": reasons}}
    (release / "manifest.json").write_text(json.dumps(manifest))
    [notice] = [each.value for each in open_page(page).warning if "held back" in each.value]
    assert SECOND in notice.replace("\\", "")
    assert "Reason 0. Reason 1. Reason 2. And 2 more." in notice
    other = open_page(page, programme=rows.TOWN)
    assert not any("held back" in each.value for each in other.warning)


def test_a_failed_run_is_reported_and_the_last_good_release_serves(
    release: Path, home: Path, open_page: Open
) -> None:
    _status(home, ok=False)
    app = open_page()
    words = said(app)
    assert "The last run did not finish" in words
    assert "The disk is full. These are the figures of the last good release." in words
    assert "Forms.complaints is late." in words
    assert "Recorded share of shift hours" in words


def test_a_missed_run_is_reported(release: Path, home: Path, open_page: Open) -> None:
    _status(home, age=timedelta(days=3))
    assert "No run has succeeded since" in said(open_page())


def test_a_run_in_time_is_not_worth_a_word(release: Path, home: Path, open_page: Open) -> None:
    _status(home)
    assert [each.value for each in open_page().warning] == []


def test_a_status_file_half_written_stops_no_page(
    release: Path, home: Path, open_page: Open
) -> None:
    (home / "releases" / "status.json").write_text('{"last_run": {"ok"')
    assert not open_page().exception


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("programme", "Atlantis", "is not a programme here"),
        ("area", "Atlantis", "is not an area of this programme here"),
        ("period", "1066", "is not a period of this programme here"),
    ],
)
def test_an_unknown_choice_in_the_address_is_said_and_replaced(
    name: str, value: str, what: str, release: Path, open_page: Open
) -> None:
    app = open_page("complaints", **{name: value})
    assert not app.exception
    assert any(value in each.value and what in each.value for each in app.warning)
    assert "720 complaint logs opened" in said(app)


def test_a_link_takes_the_programmes_id(release: Path, open_page: Open) -> None:
    app = open_page("home", programme=rows.TOWN)
    assert not app.exception
    assert not any("is not a programme" in each.value for each in app.warning)
    assert app.selectbox(key="programme").value == "Synthetic Town"
    assert chosen(rows.TOWN).link()["programme"] == rows.TOWN


def test_a_link_with_a_release_shows_that_release_after_a_newer_one(
    release: Path, home: Path, open_page: Open
) -> None:
    make_release(home, SECOND)
    words = said(open_page("complaints", release=release.name))
    assert "has been replaced by a newer one" in words
    assert f"Release {release.name}" in words


def test_a_link_to_a_release_that_is_gone_shows_the_newest_and_says_so(
    release: Path, open_page: Open
) -> None:
    words = said(open_page("complaints", release="2020-01-01-000000000000"))
    assert "is not kept here" in words
    assert "720 complaint logs opened" in words


def test_an_open_page_keeps_its_release_and_says_that_there_is_a_newer_one(
    release: Path, home: Path, open_page: Open
) -> None:
    app = open_page("complaints")
    assert app.query_params["release"] == release.name
    make_release(home, SECOND)
    words = said(app.run())
    assert f"You are looking at release {release.name}, which has been replaced" in words
    app.selectbox(key="release").select("current")
    assert f"Release {SECOND}, published" in said(app.run())
    assert app.query_params["release"] == "current"


def test_whoever_follows_the_current_release_sees_the_newest(
    release: Path, home: Path, open_page: Open
) -> None:
    app = open_page("complaints", release="current")
    make_release(home, SECOND)
    assert f"Release {SECOND}, published" in said(app.run())
    serve(home, release.name)
    assert f"Release {release.name}, published" in said(app.run())


def test_the_same_link_gives_the_same_words_twice(release: Path, open_page: Open) -> None:
    query = {"programme": "Invented City", "area": "North", "period": "2018", "by": "year"}
    first, second = (said(open_page("complaints", **query)) for _ in range(2))
    assert first == second
