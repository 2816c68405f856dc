"""A withdrawn release in the line: all it said is on record, none of it counts as a revision."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration.release import withdraw
from tests.release.fixture_release_series import Known, make, rows

pytestmark = pytest.mark.timeout(600)
JANUARY, APRIL = date(2018, 1, 1), date(2018, 4, 1)
RIGHT = {1: 10.0, 2: 20.0, 3: 30.0, 4: 40.0}
KNOWN = [
    Known(date(2018, 4, 5), date(2018, 3, 31), {1: 10, 2: 20, 3: 30}),
    # Half of all recordings are lost on the way.
    Known(date(2018, 5, 4), date(2018, 4, 30), {1: 5, 2: 10, 3: 15, 4: 20}),
    Known(date(2018, 12, 5), date(2018, 11, 30), RIGHT),
    Known(date(2018, 12, 6), date(2018, 11, 30), RIGHT),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Four releases; the second, which was wrong, is withdrawn before the fourth is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYWORN_HOME", str(tmp_path_factory.mktemp("line")))
        releases = [make(known) for known in KNOWN[:3]]
        withdraw.withdraw(releases[1], "Half of all recordings were lost.")
        yield [*releases, make(KNOWN[3])]


def test_the_line_says_which_release_was_withdrawn_and_why(line: list[Path]) -> None:
    found = rows(line[3], "dim_release", "release_id", "withdrawn_why")
    assert found == [
        (line[0].name, None),
        (line[1].name, "Half of all recordings were lost."),
        (line[2].name, None),
        (None, None),
    ]


def test_what_a_withdrawn_release_gave_is_no_revision_for_provisional_periods(
    line: list[Path],
) -> None:
    columns = ("age_months", "counted_then", "counted_now", "revision_percent")
    before, after = (rows(release, "fct_revision_triangle", *columns) for release in line[2:])
    assert max(percent for *_, percent in before) == 50.0
    assert after
    assert {percent for *_, percent in after} == {0.0}
    assert all(then == now for _, then, now, _ in after)


def test_what_a_withdrawn_release_published_stays_on_record(line: list[Path]) -> None:
    columns = ("period_start", "first_release_number", "revision_count", "first_value")
    revised = {row[0]: row[1:] for row in rows(line[3], "fct_revisions", *columns)}
    assert revised[APRIL] == (2, 1, 20.0)
    assert revised[JANUARY] == (1, 2, 10.0)
    counts = rows(line[3], "fct_vintages", "period_start", "release_number", "counted")
    assert [row for row in counts if row[0] == JANUARY] == [
        (JANUARY, 1, 10.0), (JANUARY, 2, 5.0), (JANUARY, 3, 10.0),
    ]  # fmt: skip


def test_the_words_of_the_history_say_that_a_release_was_withdrawn(line: list[Path]) -> None:
    [(before,)] = rows(line[2], "fct_provisional_periods", "history_words")
    [(after,)] = rows(line[3], "fct_provisional_periods", "history_words")
    assert before == "What was first published goes back to release 1."
    assert after == (
        f"{before} Withdrawn since, and not counted in how figures settle: 1 of these releases."
    )
