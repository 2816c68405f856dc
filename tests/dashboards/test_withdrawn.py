"""A withdrawn release on the pages: served, looked at by its link, gone, or on record."""

import json
from pathlib import Path

import pytest

from orchestration.release import withdraw, withdrawal
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import PAGES, Open, said
from tests.dashboards.fixture_release import make_release

SECOND = "2026-11-22-bbbbbbbbbbbb"
WHY = "A month of complaints is missing."


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_withdrawn_release_says_so_first(
    page: str, release: Path, open_page: Open
) -> None:
    withdraw.withdraw(release, WHY)
    app = open_page(page)
    assert not app.exception
    assert f"Release {release.name} was withdrawn" in app.error[0].value
    assert f"Do not rely on its figures.** {WHY} No release replaces it yet." in app.error[0].value


def test_a_sound_release_has_no_such_notice(release: Path, open_page: Open) -> None:
    assert not open_page().error


def test_a_link_to_a_withdrawn_release_names_the_one_to_use(
    release: Path, home: Path, open_page: Open
) -> None:
    make_release(home, SECOND)
    withdraw.withdraw(release, WHY)
    app = open_page("complaints", release=release.name)
    assert f"Use release {SECOND} instead." in app.error[0].value
    assert f"Release {release.name} (withdrawn)" in said(app)
    assert any(f"release {release.name} (withdrawn)" in block.value for block in app.code)
    assert not open_page("complaints").error


def test_a_link_to_a_withdrawn_release_that_is_gone_still_says_why(
    home: Path, release: Path, open_page: Open
) -> None:
    withdraw.withdraw(make_release(home, SECOND), WHY)
    (home / "releases" / SECOND).rename(home / "gone")
    (home / "releases" / "current").unlink()
    (home / "releases" / "current").symlink_to(release.name)
    words = said(open_page(release=SECOND))
    assert "is not kept here" in words
    assert WHY in words


def test_an_open_page_says_so_when_its_release_is_withdrawn(release: Path, open_page: Open) -> None:
    app = open_page("complaints")
    assert not app.error
    withdraw.withdraw(release, WHY)
    assert WHY in app.run().error[0].value


def test_the_list_of_releases_marks_it(release: Path, home: Path, open_page: Open) -> None:
    make_release(home, SECOND)
    withdraw.withdraw(release, WHY)
    words = said(open_page("data_and_methods", show="Releases"))
    assert f"**{release.name}**" in words
    assert words.count(WHY) == 1


def test_a_status_that_a_withdrawn_release_gave_is_marked(
    home: Path, release: Path, open_page: Open
) -> None:
    gone = "2026-01-01-bbb"
    mark = withdrawal.Withdrawal(gone, "2026-01-01", [], WHY, "by_hand", "2026-02-01T00:00:00")
    record = home / "releases" / "withdrawn" / f"{gone}.json"
    record.parent.mkdir()
    record.write_text(json.dumps(mark.as_dict()))
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY], promise="late"))
    assert "before that on track since 1 January 2026 (2026-01-01-bbb, withdrawn since)." in words
    assert "late since 1 February 2026 (2026-02-01-bbb);" in words
