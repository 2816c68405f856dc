"""Every page of every programme, and what each says in every state of a figure."""

import dataclasses
import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboards.data import metric_rows, sources
from dashboards.data.release import open_release
from dashboards.text import notices
from dashboards.views import area_map
from orchestration.access.reader import single_user
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import PAGES, Open, said
from tests.dashboards.fixture_release import FILE
from tests.dashboards.reader_choice import chosen

pytestmark = pytest.mark.usefixtures("release")

SHOWS = (
    "Today",
    "Files",
    "Rejected rows",
    "Faults in footage",
    "Checks",
    "Definitions",
    "Sources",
    "Public record",
    "Links",
    "How it is made",
)
UNSAID = re.compile(r"\b(nan|None|NaT|null|n/a|N/A|effect|caused|proves|significant)\b")


@pytest.mark.parametrize("programme", list(rows.NAMES.values()))
@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_every_programme_is_plain_and_says_what_is_synthetic(
    page: str, programme: str, open_page: Open
) -> None:
    app = open_page(page, programme=programme)
    assert not app.exception
    words = said(app)
    assert UNSAID.findall(words) == []
    assert "Management information, not official statistics" in words
    assert "2026-11-21-aaaaaaaaaaaa" in words
    assert "published 21 November 2026, 09:41 UTC" in words
    warned = any("Synthetic data." in each.value for each in app.warning)
    assert warned == (programme == "Synthetic Town")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("area", "by"), [("North", "quarter"), ("South & East", "year")])
def test_every_page_of_every_area_and_grain_is_whole(
    page: str, area: str, by: str, open_page: Open
) -> None:
    app = open_page(page, area=area, by=by, period="2018")
    assert not app.exception
    assert UNSAID.findall(said(app)) == []


@pytest.mark.parametrize("show", [*SHOWS, "Releases", "All tables"])
def test_every_view_of_data_and_methods_is_whole(show: str, open_page: Open) -> None:
    app = open_page("data_and_methods", show=show)
    assert not app.exception
    assert app.segmented_control(key="show").value == show


def test_a_fault_of_footage_stands_with_its_count_and_among_how_many(open_page: Open) -> None:
    app = open_page("data_and_methods", show="Faults in footage")
    [shown] = [table.value for table in app.dataframe]
    assert shown[["found_count", "among_count"]].to_numpy().tolist() == [[232, 7985]]
    assert "not issued" in shown["fault"].item()


def test_a_final_rate_says_its_counts_before_the_rate_and_its_interval(open_page: Open) -> None:
    words = said(open_page("complaints"))
    sentence = "**720 complaint logs opened; 1,800 officer-months**. That is **40.0 per 1,000"
    assert sentence in words
    assert words.index(sentence) < words.index("between 30.9 and 49.8", words.index(sentence))


def test_too_few_events_are_shown_as_a_count_and_never_as_a_rate(open_page: Open) -> None:
    app = open_page("complaints", area="North", measure="Complaints per 1000 officers")
    [profile] = [table.value for table in app.dataframe if "A year before" in table.value.columns]
    figures = dict(zip(profile["Measure"], profile["Figure"], strict=True))
    assert figures["Complaints per 1000 officers"] == "7 counted, too few for a rate"
    assert "Under 20, so the count is shown and no rate." in said(app)


def test_hidden_figures_say_that_people_are_protected(open_page: Open) -> None:
    app = open_page("complaints", area="South & East", measure="Complaints per 1000 officers")
    [profile] = [table.value for table in app.dataframe if "A year before" in table.value.columns]
    assert "Hidden to protect people" in profile["Figure"].to_list()
    assert "Hidden to protect people" in said(app)


def test_what_was_not_supplied_says_so_and_why(open_page: Open) -> None:
    words = said(open_page("case_outcomes", measure="Early guilty plea"))
    assert "Not supplied. The courts publish no plea dates." in words


def test_a_real_programme_is_not_called_synthetic(open_page: Open) -> None:
    assert not any("Synthetic" in each.value for each in open_page("complaints").warning)


def test_before_and_after_stands_under_what_happened_with_its_banner(open_page: Open) -> None:
    app = open_page("complaints", more="Before and after")
    assert "What happened, before and after" in [each.value for each in app.header]
    assert any("Other things changed too." in each.value for each in app.warning)
    assert "800 events in the baseline, 600 in 2018" in said(app)


def test_a_before_and_after_is_never_printed_without_the_randomised_comparison(
    open_page: Open,
) -> None:
    words = said(
        open_page("safety_and_trust", programme="Invented Trial", more="Before and after")
    ).replace("\\", "")
    assert "A randomised comparison" in words
    assert "60 and 65 events. We could not tell: anything from 720 fewer to 574 more." in words
    assert "75 before, 60 after. Not randomised" in words


@pytest.mark.parametrize(
    ("page", "times"),
    [("safety_and_trust", 1), ("complaints", 0), ("case_outcomes", 0), ("home", 0)],
)
def test_a_trial_stands_once_on_the_pages_of_its_outcome(
    page: str, times: int, open_page: Open
) -> None:
    words = said(open_page(page, programme="Invented Trial", more="Before and after"))
    assert words.count("60 and 65 events.") == times


def test_a_programme_without_a_trial_says_that_it_cannot_tell(open_page: Open) -> None:
    assert "No randomised trial of this programme was supplied" in said(
        open_page("complaints", more="Before and after")
    )


def test_text_from_data_is_shown_letter_by_letter(open_page: Open) -> None:
    words = said(open_page())
    assert "\\$x\\$" in words
    assert "$x$" not in words.replace("\\$", "")
    assert ":red[" not in words


def test_refused_files_are_named_with_their_reason(open_page: Open) -> None:
    words = said(open_page("data_and_methods"))
    stands = "**Complaints** stand as delivered on 31 December 2018: february.csv was refused."
    assert f"{stands} Column complaint\\_date is missing." in words
    on_page = [each.value for each in open_page("complaints").warning]
    assert any("february.csv was refused" in each for each in on_page)
    assert not any("was refused" in each.value for each in open_page("device_use").warning)


def test_a_programme_without_records_on_a_subject_names_those_that_have(open_page: Open) -> None:
    words = said(open_page("case_outcomes", programme="Synthetic Town"))
    assert "on this subject are on file, so nothing is shown" in words
    assert "In this release it is supplied for: Invented City." in words


def test_published_use_stands_in_tables_by_kind_and_never_on_one_axis(open_page: Open) -> None:
    app = open_page("device_use", more="What others publish")
    words = said(app)
    assert "Every agency counts something else" in words
    assert "Filmed, of what should have been (1)" in words
    assert "Volumes (1)" in words
    assert "It counts nearly what is counted by Elsewhere Police, and by no other" in words
    assert words.count("No figure of this programme counts the same.") == 2
    kinds = [
        set(table.value["measure_kind"]) for table in app.dataframe if "measure_kind" in table.value
    ]
    assert sorted(kinds, key=str) == [{"activation"}, {"unfilmed"}, {"volume"}]


def test_a_trial_of_one_area_is_no_study_of_another_and_names_its_area(
    release: Path, open_page: Open
) -> None:
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.sql(
            "create or replace table fct_studies as select * replace (case when study_id ="
            " 'city_rolled' then 'north' end as studied_area_id) from fct_studies"
        )
    title = "Complaints as cameras came to the districts"
    assert f"{title} (in North alone)" in said(open_page("complaints"))
    assert title in said(open_page("complaints", area="North"))
    elsewhere = said(open_page("complaints", area="South & East"))
    assert title not in elsewhere


def test_the_map_opens_on_one_that_has_figures(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, full = pl.DataFrame({"area_id": ["north"]}), pl.DataFrame({"area_id": ["south"]})
    monkeypatch.setattr(area_map, "maps_of", lambda _: {"Boroughs": bare, "Forces": full})
    monkeypatch.setattr(area_map, "_camera_dates", lambda _: pl.DataFrame())
    monkeypatch.setattr(
        area_map, "_measures", lambda _, areas: {"A share": {}} if areas is full else {}
    )
    monkeypatch.setattr(area_map, "_telling_first", lambda _choice, _areas, measures: measures)
    monkeypatch.setattr(area_map, "_by_measure", lambda *_: None)
    app = open_page("area_map")
    assert app.selectbox(key="map").options == ["Forces"]
    assert area_map.NO_MAP not in said(app)


def test_the_map_opens_on_a_measure_that_differs_between_areas(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = pl.DataFrame({"area_id": ["north", "south"], "column": [0, 1], "row": [0, 0]})
    named = areas.with_columns(area_name=pl.col("area_id"), short=pl.col("area_id"))
    values: dict[str, list[float | None]] = {
        "same": [100.0, 100.0],
        "unknown": [None, 3.0],
        "differs": [1.0, 3.0],
    }
    monkeypatch.setattr(area_map, "maps_of", lambda _: {"Boroughs": named})
    monkeypatch.setattr(
        area_map, "_measures", lambda *_: {name: {"metric_id": name} for name in values}
    )
    monkeypatch.setattr(area_map, "_period", lambda _choice, name, _areas: {"metric_id": name})
    monkeypatch.setattr(
        metric_rows,
        "in_period",
        lambda _choice, name, _row: areas.select("area_id").with_columns(
            value=pl.Series(values[name], dtype=pl.Float64),
            status=pl.Series(["final" if each else "missing" for each in values[name]]),
        ),
    )
    monkeypatch.setattr(area_map, "_by_measure", lambda *_: None)
    app = open_page("area_map")
    assert app.selectbox(key="coloured_by").options[:3] == ["differs", "same", "unknown"]


def test_areas_are_compared_by_bars_and_by_the_released_funnel(open_page: Open) -> None:
    app = open_page(
        "complaints", measure="Complaints per 1000 officers", view="Compare areas", area="North"
    )
    words = said(app)
    assert "its place says nothing of how well an area does" in words
    assert "Of 3 areas, fewer than one would stand out by luck alone" in words


def test_a_measure_says_where_it_comes_from_how_much_it_covers_and_when_it_settles(
    open_page: Open,
) -> None:
    words = said(open_page("complaints", measure="Complaints", view="About"))
    for each in ("Definition:", "Counted:", "Source:", "Coverage:", "Latency:", "Version 1"):
        assert each in words
    assert "13 months have a figure for this area, from January 2018 to January 2019" in words
    assert "models/metrics/complaints/met_complaints.sql" in words


def test_rejected_lines_are_a_file_to_send_back_without_a_delivered_value(
    release: Path, home: Path, open_page: Open
) -> None:
    assert "are not kept on this server" in said(open_page("data_and_methods"))
    name = f"hash of {FILE}"
    kept = home / "quarantine" / rows.CITY / "forms" / "complaints" / f"{name}.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text(
        "record,line,column,reason,sentence\n3,4,complaint_date,impossible_date,No such day.\n"
    )
    served = open_release(single_user("local:test"))
    assert served is not None
    choice = dataclasses.replace(chosen(rows.CITY), release=served)
    lines = notices.rejections_in_words(sources.rejected_lines(choice)).row(0, named=True)
    assert (lines["file_name"], lines["line"], lines["column"]) == (FILE, 4, "complaint_date")
    assert "does not exist" in lines["reason"]
    assert lines["remedy"].startswith("Write a date that exists")
    buttons = open_page("data_and_methods").get("download_button")
    assert any("lines to send back" in each.proto.label for each in buttons)
