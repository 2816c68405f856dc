"""The register of promises: every status in words, versions and rivals with their promise."""

from pathlib import Path

import polars as pl
import pytest

from dashboards.text import promises as promise_text
from dashboards.text.promises import STATUSES
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import Open, said
from tests.dashboards.fixture_release import make_release

pytestmark = pytest.mark.usefixtures("release")


def test_every_status_of_the_list_is_said_with_its_reason_and_rule(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    for name, (heading, _) in STATUSES.items():
        assert f"**{heading}**" in words
        assert f"Invented reason for {name.replace('_', chr(92) + '_')}" in words
    assert "nobody types it" in words
    assert words.count("Rule: From published reports.") == len(STATUSES) + 1


def test_versions_and_rivals_stand_with_their_promise(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert "Another version of the record: a hundred cameras (late)" in words
    assert "December 2016" in words
    assert "Due: 31 December 2017." in words


def test_an_earlier_version_moves_behind_the_one_that_replaced_it() -> None:

    from tests.dashboards.fixture_promises import promise, status

    old = promise("old") | status("old", "late")
    new = promise("new", supersedes="old") | status("new", "delivered")
    assert promise_text.other_versions(new, [old, new]) == [
        "Before that, December 2016: a hundred cameras (old) (due: 31 December 2017; late)."
    ]


def test_a_synthetic_promise_carries_the_label_and_its_figure(open_page: Open) -> None:
    app = open_page("promises", programme=rows.NAMES[rows.TOWN])
    words = said(app)
    assert "synthetic" in words.lower()
    assert "The figure is 97 cameras, January 2018 to March 2018." in words
    assert "Allowing for chance, it lies between 95.5 and 98.2 (95% interval)." in words
    assert "No estimate of what cameras did." in words


def test_a_programme_without_promises_says_so(open_page: Open) -> None:
    app = open_page("promises", programme=rows.NAMES[rows.TRIAL])
    assert not app.exception
    assert "No promise is on record for this programme." in said(app)


def test_a_status_says_up_to_which_day_it_was_judged(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert "Rule: From published reports. Judged on what was known by 30 June 2019." in words


def test_a_promise_shows_how_it_stood_in_each_release_newest_first(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert (
        "Status by release: late, for another reason, since 1 March 2026 (2026-11-21-aaaaaaaaaaaa);"
        " before that late since 1 February 2026 (2026-02-01-bbb);"
        " before that on track since 1 January 2026 (2026-01-01-bbb)."
    ) in words
    assert "Status by release: delivered since 1 January 2026 (2026-01-01-bbb)." in words
    assert "How each promise stood, release by release" in words


def test_a_release_without_a_history_still_shows_its_promises(home: Path, open_page: Open) -> None:
    make_release(home, "2026-11-22-bbbbbbbbbbbb", without=["fct_promise_history"])
    app = open_page("promises", programme=rows.NAMES[rows.CITY])
    assert not app.exception
    assert "Status by release" not in said(app)


@pytest.mark.parametrize(
    ("low", "high", "target", "said"),
    [
        (
            -22.2,
            2.9,
            -10.0,
            "between -22.2 and 2.9 (95% interval). The target lies within that: chance",
        ),
        (-22.2, -12.0, -10.0, "between -22.2 and -12 (95% interval)."),
    ],
)
def test_a_figure_whose_interval_holds_the_target_says_that_chance_may_have_decided(
    low: float, high: float, target: float, said: str
) -> None:
    promise = {"figure_low": low, "figure_high": high, "target": target}
    [sentence] = promise_text.chance(promise)
    assert said in sentence
    assert sentence.endswith("decided it." if low < target < high else "interval).")


@pytest.mark.parametrize("missing", ["figure_low", "target"])
def test_a_figure_without_interval_or_target_says_nothing_of_chance(missing: str) -> None:
    promise = {"figure_low": 1.0, "figure_high": 2.0, "target": 1.5} | {missing: None}
    assert promise_text.chance(promise) == []


def test_parts_reports_and_searches_stand_with_their_promise(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert "**Reported by the promiser**: Fifty of them by summer." in words
    assert (
        "[Most have cameras (17,500 cameras), Invented Gazette, 14 August 2017]"
        "(https://example.org/most) says that it was kept, in the words of those who promised it."
        " Read as kept. No day in it."
    ) in words
    assert (
        "Searched for on 29 November 2026 in stored copies of public web pages, first 2,000"
        " characters, with the words: hundred cameras. No report was found."
    ) in words
    assert "speaks of it and decides nothing, in the words of others." in words


def test_a_claim_is_no_promise_and_is_not_counted(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert f"**{len(STATUSES) + 1} promises in their latest version" in words
    assert "Two thousand wear them (The Mayor, December 2016)." in words
    assert "says that it was not kept, in the words of others." in words
    assert promise_text.CLAIMS in words


def test_a_release_without_reports_and_searches_still_shows_its_promises(
    home: Path, open_page: Open
) -> None:
    gone = ["fct_promise_reports", "fct_promise_searches"]
    make_release(home, "2026-11-22-bbbbbbbbbbbb", without=gone)
    app = open_page("promises", programme=rows.NAMES[rows.CITY])
    assert not app.exception
    assert "Searched for on" not in said(app)


def test_what_was_stated_of_a_rollout_stands_beside_what_the_areas_allow(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert (
        "31 March 2017: 1 area stated; by their own days at least 0 and at most 1. 40 cameras"
        " stated. The first area."
    ) in words


def test_data_and_methods_lists_what_is_to_be_looked_at_again(open_page: Open) -> None:
    app = open_page("data_and_methods", show="Public record", programme=rows.NAMES[rows.CITY])
    assert not app.exception
    assert "Decided by Invented Gazette alone." in str(app.dataframe[0].value.to_dict())


def test_a_figure_of_another_programme_stands_beside_a_promise_and_decides_nothing(
    open_page: Open,
) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.CITY]))
    assert "Beside it, not deciding it: " in words
    assert "(promised December 2016)" in words
    assert "**It does not decide the promise.** Recordings have many causes." in words


def test_reports_of_a_version_that_was_replaced_stand_with_the_one_that_replaced_it() -> None:
    from dashboards.views.promises import Record, behind
    from tests.dashboards.fixture_promises import promise

    none = {"part_of": None, "supersedes": None}
    rows = [
        promise("old") | none,
        promise("piece") | none | {"part_of": "old"},
        promise("new") | none | {"supersedes": "old"},
        promise("other") | none,
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    record = Record(frame, *[pl.DataFrame()] * 4)
    assert [each["promise_id"] for each in behind(rows[2], record)] == ["new", "old", "piece"]
    assert [each["promise_id"] for each in behind(rows[0], record)] == ["old", "piece"]


def test_a_reason_writes_its_dates_as_a_page_does() -> None:
    from tests.dashboards.fixture_promises import promise, status

    told = promise("x") | status("x", "late", promise_reason="Reported late. BBC, 2014-05-08.")
    assert promise_text.why(told) == "Reported late. BBC, 8 May 2014."
