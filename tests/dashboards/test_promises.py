"""The register of promises: a board by status, one promise opened at a time, and the record."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data.promises import Record
from dashboards.text import captions
from dashboards.text import promises as promise_text
from dashboards.text.promises import STATUSES
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import Open, said
from tests.dashboards.fixture_promises import promise, status
from tests.dashboards.fixture_release import make_release

pytestmark = pytest.mark.usefixtures("release")
CITY = rows.NAMES[rows.CITY]


def test_the_board_has_a_card_for_each_promise_under_its_status(open_page: Open) -> None:
    app = open_page("promises", programme=CITY)
    words = said(app)
    for heading, icon in STATUSES.values():
        assert f"{icon} **{heading}**" in words
    keys = [str(button.key) for button in app.button]
    opens = [key for key in keys if key.startswith("open_")]
    assert sorted(opens) == sorted(f"open_{name}" for name in (*STATUSES, "newer"))
    # Its area has another name than the programme, which is what the promises name.
    assert "Whole programme, by December 2017" in words
    assert "Invented City, by December 2017" not in words
    # Nothing of a story stands on the board.
    assert "Rule: " not in words
    assert "Source: " not in words


def _board_of_seven() -> None:
    from types import SimpleNamespace

    import polars as pl

    from dashboards.views import promises
    from tests.dashboards.fixture_promises import promise

    late = [promise(f"late{n}") | {"promise_status": "late"} for n in range(5)]
    kept = [promise(f"kept{n}") | {"promise_status": "delivered"} for n in range(2)]
    choice = SimpleNamespace(
        areas=pl.DataFrame({"area_name": ["Invented City"]}),
        programme={"programme_name": "Invented City (demonstration)"},
    )
    promises.board(choice, pl.DataFrame(late + kept))  # type: ignore[arg-type]


def test_a_status_shows_a_row_of_cards_and_the_others_behind_a_press() -> None:
    app = AppTest.from_function(_board_of_seven).run()
    assert not app.exception
    [more] = app.expander
    assert more.label == "2 more promises: late"
    assert [button.key for button in more.button] == ["open_late3", "open_late4"]
    assert len(app.button) == 7


def test_one_promise_is_open_at_a_time_and_the_address_keeps_it(open_page: Open) -> None:
    app = open_page("promises", programme=CITY)
    app.button(key="open_late").click().run()
    assert app.query_params["promise"] in ("late", ["late"])
    words = said(app)
    assert "Invented reason for late." in words
    assert "Invented reason for on" not in words
    assert not [button for button in app.button if str(button.key).startswith("open_")]
    [back] = [button for button in app.button if button.label == "All promises"]
    back.click().run()
    assert app.query_params["promise"] in ("all", ["all"])
    assert "promises in their latest version" in said(app)


@pytest.mark.parametrize("name", list(STATUSES))
def test_every_status_has_its_words_and_its_reason(name: str) -> None:
    told = promise(name) | status(name, name)
    assert promise_text.standing(told).endswith(f"**{STATUSES[name][0]}**")
    assert promise_text.why(told) == f"Invented reason for {name}.".replace("_", r"\_")


def test_a_promise_opens_with_its_reason_its_rule_and_whose_promise_it_is(open_page: Open) -> None:
    words = said(open_page("promises", programme=CITY, promise="not_delivered"))
    assert "**Not delivered**" in words
    assert r"Invented reason for not\_delivered." in words
    assert "**The Mayor**, December 2016, for **Invented City** (in our words)." in words
    assert "Answers for it: Mayor of Invented City." in words
    assert "Rule: From published reports. Judged on what was known by 30 June 2019." in words
    assert "Due: 31 December 2017." in words


def test_a_card_says_whole_programme_where_the_promise_is_of_all_of_it() -> None:
    whole = {"Invented City", "Invented City with Suburbs"}
    for area in whole:
        said = promise_text.card(promise("x", promise_area=area), whole)
        assert said == "Whole programme, by December 2017"
    part = promise("x", promise_area="North", promised_for=None)
    assert promise_text.card(part, whole) == "North"


def test_a_long_promise_is_cut_between_words_on_its_card() -> None:
    words = "officers should not be free to turn cameras off at will, or in anger"
    cut = "Officers should not be free to turn cameras off at will, or in …"
    assert promise_text.short(words) == cut
    assert promise_text.short("a hundred cameras") == "A hundred cameras"


def test_versions_and_reports_stand_on_one_time_line_with_a_numbered_list(open_page: Open) -> None:
    app = open_page("promises", programme=CITY, promise="newer")
    words = said(app)
    assert (
        "1. Promised, December 2016: A hundred cameras (delivered) (due: 31 December 2017;" in words
    )
    assert "2. Promised, December 2016: Later and more" in words
    # A report on the version that was replaced stands with the one that replaced it.
    assert "3. Most have cameras (17,500 cameras), Invented Gazette, 14 August 2017" in words
    assert "says that it was kept in part, in the words of others." in words


def test_a_rival_version_of_the_record_is_named(open_page: Open) -> None:
    words = said(open_page("promises", programme=CITY, promise="at_risk"))
    assert "Another version of the record: A hundred cameras (late)" in words


def test_plan_and_issue_are_of_one_unit_and_keep_the_day_each_was_due(open_page: Open) -> None:
    words = said(open_page("promises", programme=CITY, shown="Cameras and areas"))
    assert (
        "31 March 2017: 1 area stated; by their own days at least 0 and at most 1. 40 cameras"
        in words
    )
    assert (
        captions.issued(
            [{"target": 20000.0}, {"target": 22000.0}],
            [
                {"count": 17500.0, "day": date(2017, 8, 14)},
                {"count": 21000.0, "day": date(2017, 11, 30)},
            ],
            "cameras",
        )
        == "21,000 of 22,000 cameras reported by November 2017"
    )
    assert captions.issued([{"target": 22000.0}], [], "cameras") == (
        "22,000 cameras promised, none reported"
    )


def test_money_is_said_in_pounds_and_never_added_up_over_documents(open_page: Open) -> None:
    app = open_page("promises", programme=CITY, shown="Money")
    assert not app.exception
    row = {
        "milestone": "Full business case: GBP 36.2m over six years",
        "milestone_date": date(2016, 2, 29),
        "date_precision": "month",
        "quantity": 36_200_000.0,
    }
    assert promise_text.cost(row) == "Full business case (February 2016): £36,200,000"
    paid = {"of_what": "West", "spent": 681_720.0, "budget": 690_000.0, "by": date(2020, 6, 30)}
    assert captions.spent(paid) == "West: £681,720 paid of £690,000"
    assert captions.spending([paid]) == "£681,720 paid of £690,000 by June 2020"


def test_a_synthetic_promise_carries_the_label_and_its_figure(open_page: Open) -> None:
    words = said(open_page("promises", programme=rows.NAMES[rows.TOWN], promise="invented"))
    assert "synthetic" in words.lower()
    assert "The figure is 97 cameras, January to March 2018." in words
    assert "Allowing for chance, it lies between 95.5 and 98.2 (95% interval)." in words
    assert "No estimate of what cameras did." in words


def test_a_programme_without_promises_says_so(open_page: Open) -> None:
    app = open_page("promises", programme=rows.NAMES[rows.TRIAL])
    assert not app.exception
    assert "No promise is on record for this programme." in said(app)


def test_a_promise_shows_how_it_stood_in_each_release_newest_first(open_page: Open) -> None:
    words = said(open_page("promises", programme=CITY, promise="late"))
    assert (
        "Status by release: late, for another reason, since 1 March 2026 (2026-11-21-aaaaaaaaaaaa);"
        " before that late since 1 February 2026 (2026-02-01-bbb);"
        " before that on track since 1 January 2026 (2026-01-01-bbb)."
    ) in words
    words = said(open_page("promises", programme=CITY, shown="The record"))
    assert "How each promise stood, release by release" in words
    assert "nobody types it" in words


def test_a_release_without_a_history_still_shows_its_promises(home: Path, open_page: Open) -> None:
    make_release(home, "2026-11-22-bbbbbbbbbbbb", without=["fct_promise_history"])
    app = open_page("promises", programme=CITY, promise="late")
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
    words = said(open_page("promises", programme=CITY, promise="partly_delivered"))
    assert "**Reported by the promiser**: Fifty of them by summer." in words
    assert (
        "[Most have cameras (17,500 cameras), Invented Gazette, 14 August 2017]"
        "(https://example.org/most) says that it was kept, in the words of those who promised it."
        " Read as kept. No day in it."
    ) in words
    words = said(open_page("promises", programme=CITY, promise="searched_not_found"))
    assert (
        "Searched for on 29 November 2026 in stored copies of public web pages, first 2,000"
        " characters, with the words: hundred cameras. No report was found."
    ) in words


def test_a_claim_is_no_promise_is_not_counted_and_stands_apart(open_page: Open) -> None:
    words = said(open_page("promises", programme=CITY))
    assert f"**{len(STATUSES) + 1} promises in their latest version" in words
    assert "Two thousand wear them" not in words
    words = said(open_page("promises", programme=CITY, shown="Also said"))
    assert "Two thousand wear them (The Mayor, December 2016)." in words
    assert "says that it was not kept, in the words of others." in words
    assert promise_text.CLAIMS in words


def test_a_release_without_reports_and_searches_still_shows_its_promises(
    home: Path, open_page: Open
) -> None:
    gone = ["fct_promise_reports", "fct_promise_searches"]
    make_release(home, "2026-11-22-bbbbbbbbbbbb", without=gone)
    app = open_page("promises", programme=CITY, promise="searched_not_found")
    assert not app.exception
    assert "Searched for on" not in said(app)


def test_data_and_methods_lists_what_is_to_be_looked_at_again(open_page: Open) -> None:
    app = open_page("data_and_methods", show="Public record", programme=CITY)
    assert not app.exception
    assert "Decided by Invented Gazette alone." in str(app.dataframe[0].value.to_dict())


def test_a_figure_of_another_programme_stands_beside_a_promise_and_decides_nothing(
    open_page: Open,
) -> None:
    words = said(open_page("promises", programme=CITY, promise="late"))
    assert "Beside it, not deciding it: " in words
    assert "(promised December 2016)" in words
    assert "**It does not decide the promise.** Recordings have many causes." in words


def test_reports_of_a_version_that_was_replaced_stand_with_the_one_that_replaced_it() -> None:
    none = {"part_of": None, "supersedes": None}
    known = [
        promise("old") | none,
        promise("piece") | none | {"part_of": "old"},
        promise("new") | none | {"supersedes": "old"},
        promise("other") | none,
    ]
    frame = pl.DataFrame(known, infer_schema_length=None)
    record = Record(frame, *[pl.DataFrame()] * 4)
    assert [each["promise_id"] for each in record.behind(known[2])] == ["new", "old", "piece"]
    assert [each["promise_id"] for each in record.behind(known[0])] == ["old", "piece"]
    assert [each["promise_id"] for each in record.versions(known[2])] == ["old", "new"]


def test_a_reason_writes_its_dates_as_a_page_does() -> None:
    told = promise("x") | status("x", "late", promise_reason="Reported late. BBC, 2014-05-08.")
    assert promise_text.why(told) == "Reported late. BBC, 8 May 2014."


def test_a_roll_out_without_promises_is_shown_on_home_and_on_promises(
    release: Path, open_page: Open
) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.sql("delete from dim_promise")
        con.sql("delete from fct_metrics")
    for page in ("home", "promises"):
        words = said(open_page(page, programme=CITY))
        assert promise_text.NONE in words
        assert promise_text.ROLLOUT in words


def test_an_area_whose_start_nobody_reported_counts_among_all_and_is_named(
    release: Path, open_page: Open
) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.sql("delete from dim_promise")
        con.sql("delete from fct_metrics")
        con.sql(
            "insert into fct_camera_dates select * replace ('south' as area_id, null as latest)"
            " from fct_camera_dates"
        )
    words = said(open_page("promises", programme=CITY))
    assert "No start was reported for 1 area: South & East (not before 1 January 2017)." in words
    assert captions.rollout(0, 2) == "The day is known of 0 of 2 areas"
