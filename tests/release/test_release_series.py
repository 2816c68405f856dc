"""Releases one after another: late files revise old months, promises change, nothing is lost."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.release.fixture_release_series import Known, hashes, make, rows

pytestmark = pytest.mark.timeout(600)
JANUARY, MAY = date(2018, 1, 1), date(2018, 5, 1)
KNOWN = [
    Known(date(2018, 4, 5), date(2018, 3, 31), {1: 10, 2: 20, 3: 30}),
    # A late file: two more recordings in January, and the first figure of the north for that month.
    Known(date(2018, 5, 4), date(2018, 4, 30), {1: 12, 2: 20, 3: 30, 4: 31}, north={1: 2}),
    Known(date(2018, 6, 6), date(2018, 5, 31), {1: 12, 2: 20, 3: 30, 4: 31, 5: 50}, north={1: 2}),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Three releases; the first is pruned before the third is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(tmp_path_factory.mktemp("line")))
        first, second = make(KNOWN[0]), make(KNOWN[1])
        shutil.rmtree(first)
        yield [first, second, make(KNOWN[2])]


def test_a_promise_shows_how_it_stood_in_each_release(line: list[Path]) -> None:
    first, second, third = line
    columns = ("promise_id", "promise_status", "release_number", "release_id", "release_as_of")
    assert rows(third, "fct_promise_history", *columns) == [
        ("cameras", "on_track", 1, first.name, date(2018, 4, 5)),
        ("cameras", "at_risk", 2, second.name, date(2018, 5, 4)),
        ("cameras", "on_track", 3, None, date(2018, 6, 6)),
        ("modern", "cannot_be_measured", 1, first.name, date(2018, 4, 5)),
    ]


def test_a_revised_figure_keeps_what_was_first_published_and_since_when(line: list[Path]) -> None:
    columns = (
        "area_id", "period_start", "first_release_number", "last_change_number", "revision_count",
        "first_value", "latest_value",
    )  # fmt: skip
    assert rows(line[2], "fct_revisions", *columns) == [
        ("city", JANUARY, 1, 2, 1, 10.0, 12.0),
        ("north", JANUARY, 2, None, 0, 2.0, 2.0),
    ]


def test_a_figure_that_never_changed_has_no_row_of_its_own(line: list[Path]) -> None:
    firsts = dict(rows(line[2], "fct_first_releases", "period_start", "first_release_number"))
    assert firsts[JANUARY] == 1
    assert firsts[MAY] == 3
    assert len(rows(line[2], "fct_metrics", "value")) == 6
    assert rows(line[2], "fct_vintages", "period_start", "release_number", "counted")[:2] == [
        (JANUARY, 1, 10.0),
        (JANUARY, 2, 12.0),
    ]


def test_a_release_made_again_after_its_predecessors_are_gone_has_the_same_hashes(
    line: list[Path],
) -> None:
    before = hashes(line[2])
    kept = line[2].rename(line[2].parents[1] / "kept")
    (kept.parent / "releases" / "current").unlink()
    try:
        assert hashes(make(KNOWN[2], again=kept)) == before
    finally:
        shutil.rmtree(line[2], ignore_errors=True)
        kept.rename(line[2])


def test_a_new_version_of_a_metric_begins_a_new_history(line: list[Path]) -> None:
    newer = Known(date(2018, 7, 5), date(2018, 6, 30), KNOWN[2].recordings | {6: 9}, version=2)
    made = make(newer)
    assert rows(made, "fct_revisions", "metric_id") == []
    assert {number for (number,) in rows(made, "fct_vintages", "release_number")} == {4}
    [(since, words)] = rows(made, "fct_provisional_periods", "history_since", "history_words")
    assert since == 4
    assert "from version 1 to version 2" in words
    assert ("modern", 1) in rows(made, "fct_promise_history", "promise_id", "release_number")
