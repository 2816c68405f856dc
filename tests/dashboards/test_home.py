"""Home: four cards that are no milder than the register, and what changed between releases."""

import json
from pathlib import Path

import duckdb
import pytest
import streamlit as st

from dashboards.text import home as home_text
from dashboards.text.formats import in_unit
from dashboards.text.promises import STATUSES
from tests.dashboards.conftest import Open, said
from tests.dashboards.fixture_release import make_release

SHARE = "recorded_share_of_shift_hours"
SECOND = "2026-11-21-000000000000"


def _change(release: Path, statement: str) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.execute(statement)
    st.cache_data.clear()
    st.cache_resource.clear()


def test_a_card_says_of_a_promise_what_its_rule_said_and_of_two_the_worse(
    release: Path, open_page: Open
) -> None:
    _change(release, "alter table dim_promise alter metric_id type varchar")
    _change(
        release,
        f"update dim_promise set metric_id = '{SHARE}' where promise_id in ('late', 'on_track')",
    )
    _change(release, "update dim_promise set target = 10 where promise_id = 'late'")
    whole = said(open_page())
    assert ":orange-badge[promise: late]" in whole
    assert "promised: 10 cameras" in whole
    part = said(open_page(area="North"))
    assert "badge[promise:" not in part
    assert "promised: 10" not in part


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_its_place_and_the_worst_of_all_is_not_delivered(status: str) -> None:
    both = [{"promise_status": status}, {"promise_status": "not_delivered"}]
    assert home_text.gravest(both)["promise_status"] == "not_delivered"
    kept = [{"promise_status": "delivered"}, {"promise_status": status}]
    assert home_text.gravest(kept)["promise_status"] in {status, "delivered"}


def test_the_first_release_has_nothing_to_be_compared_with(release: Path, open_page: Open) -> None:
    assert home_text.FIRST_RELEASE in said(open_page())


def test_changes_are_told_against_the_release_published_before_whatever_its_name(
    release: Path, home: Path, open_page: Open
) -> None:
    later = make_release(home, SECOND)
    run = {"finished": "2026-11-21T19:41:00+00:00"}
    (later / "run.json").write_text(json.dumps(run))
    month = "period_grain = 'month' and period_start = date '2018-03-01' and area_id = 'all'"
    _change(
        later,
        f"update fct_metrics set value = 90 where metric_id = 'conviction_share' and {month}"
        " and breakdown = 'all'",
    )
    words = said(open_page()).replace("\\", "")
    assert "**Revised beyond its interval.** Conviction share, March 2018: 90%, was 40%." in words
    assert f"Compared with release {release.name}." in words


def test_files_that_were_refused_are_what_is_wrong_today(release: Path, open_page: Open) -> None:
    words = said(open_page()).replace("\\", "")
    stands = "**Complaints** stand as delivered on 31 December 2018: february.csv was refused."
    assert f"{stands} Column complaint_date is missing." in words


def test_a_programme_without_figures_has_a_home_of_its_promises(
    release: Path, open_page: Open
) -> None:
    _change(release, "delete from fct_metrics")
    app = open_page()
    assert not app.exception
    assert "Not kept in full, or late" in [each.value for each in app.header]
    assert "What changed since the last release" not in [each.value for each in app.header]


def test_a_home_of_promises_names_the_worst_first_and_counts_those_it_leaves_out(
    release: Path, open_page: Open
) -> None:
    _change(release, "delete from fct_metrics")
    _change(
        release,
        "update fct_promise_status set promise_status = 'late' where promise_id = 'on_track'",
    )
    words = said(open_page())
    assert words.index("**Not delivered**") < words.index("**Late**")
    assert "And 2 more on Promises." in words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (["Lower"], ":blue-badge[lower]\n\nSo says the one study."),
        (["Lower", "Lower"], ':blue-badge[lower]\n\nAll 2 studies say "lower".'),
        (
            ["Held back", "Lower"],
            ':gray-badge[no single answer]\n\nOf 2 studies 1 says "held back", 1 says "lower".',
        ),
        (
            ["We could not tell", "Lower", "We could not tell"],
            (
                ":blue-badge[we could not tell]\n\n"
                'Of 3 studies 2 say "we could not tell", 1 says "lower".'
            ),
        ),
    ],
)
def test_studies_that_differ_are_told_each_and_no_one_of_them_stands_for_all(
    found: list[str], words: str
) -> None:
    assert home_text.verdicts(found) == words


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("percent of the plan", "95% of the plan"),
        ("per cent", "95%"),
        ("%", "95%"),
        ("cameras", "95 cameras"),
        ("percentage points", "95 percentage points"),
        (None, "95"),
    ],
)
def test_a_target_has_its_unit_and_per_cent_in_one_spelling(unit: str | None, said: str) -> None:
    assert in_unit("95", unit) == said
