"""The figure that is shown first: as the release states it, or else the last that is settled."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import streamlit as st

from dashboards.data import headlines
from tests.dashboards import fixture_rows as rows
from tests.dashboards.conftest import Open, said

RATE = "complaints_per_1000_officers"


@pytest.mark.parametrize(
    ("trend", "drawn"),
    [
        ([1.0, None, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0]),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0, 3.0, None], []),
        ([65.0], []),
        ([], []),
    ],
)
def test_a_small_line_of_a_table_begins_after_the_last_gap_and_has_three_points(
    trend: list[float | None], drawn: list[float]
) -> None:
    assert headlines.unbroken(trend) == drawn


def _headline(area: str, **more: Any) -> dict[str, Any]:
    row = {
        "programme_id": rows.CITY,
        "metric_id": RATE,
        "area_id": area,
        "headline_period": "twelve_months",
        "period_reason": None,
        "missing_month": None,
        "period_start": date(2018, 4, 1),
        "period_end": date(2019, 3, 31),
        "numerator": 500.0,
        "denominator": 1200.0,
        "value": 41.7,
        "interval_low": 38.0,
        "interval_high": 45.0,
        "interval_method": "Byar",
        "is_change_beyond_interval": True,
        "no_change_reason": None,
        "status": "final",
        "status_reason": None,
        "is_provisional": False,
    }
    before = {
        "period_start": date(2017, 4, 1),
        "period_end": date(2018, 3, 31),
        "numerator": 700.0,
        "denominator": 1200.0,
        "value": 58.3,
        "interval_low": 54.0,
        "interval_high": 63.0,
    }
    return row | {f"year_before_{name}": value for name, value in before.items()} | more


def _state(release: Path, *stated: dict[str, Any]) -> None:
    """Add the table of headlines to an invented release."""
    frame = pl.DataFrame(stated, infer_schema_length=None)
    with duckdb.connect(release / "internal/marts.duckdb") as con:
        con.register("frame", frame)
        con.execute("create table fct_headlines as from frame")
    st.cache_data.clear()
    st.cache_resource.clear()


def test_the_last_twelve_settled_months_come_first_with_the_year_before(
    release: Path, open_page: Open
) -> None:
    _state(release, _headline("all"))
    app = open_page("complaints", measure="Complaints per 1000 officers")
    [profile] = [table.value for table in app.dataframe if "A year before" in table.value.columns]
    row = profile.set_index("Measure").loc["Complaints per 1000 officers"]
    assert row["Period"] == "April 2018 to March 2019"
    # The column's name says when that was; the sentence of the open measure names the months.
    assert row["A year before"] == "down from 58"
    words = said(app)
    assert "That is down from 58 in April 2017 to March 2018." in words
    assert words.index("500 complaint logs opened") < words.index("720 complaint logs opened")


def test_areas_are_compared_over_the_same_twelve_months(release: Path, open_page: Open) -> None:
    _state(release, _headline("all"), _headline("north"), _headline("south", value=80.0))
    measure = {"measure": "Complaints per 1000 officers", "view": "Compare areas"}
    app = open_page("complaints", **measure)
    tables = [table.value for table in app.dataframe if "numerator" in table.value.columns]
    assert tables[0]["period"].unique().tolist() == ["April 2018 to March 2019"]
    assert tables[0]["label"].tolist() == ["Whole force", "North", "South & East"]


def test_a_shorter_period_says_why_and_which_month_is_missing(
    release: Path, open_page: Open
) -> None:
    short = {
        "headline_period": "quarter",
        "period_reason": "One of the last twelve settled months has no figures.",
        "missing_month": date(2018, 9, 1),
        "no_change_reason": "There is no such period a year before.",
    }
    _state(release, _headline("all", **short))
    words = said(open_page("complaints", measure="Complaints per 1000 officers"))
    assert "One of the last twelve settled months has no figures. Missing: September 2018." in words


@pytest.mark.usefixtures("release")
def test_a_release_that_states_none_gives_the_last_settled_year(open_page: Open) -> None:
    app = open_page("complaints", measure="Complaints per 1000 officers")
    [profile] = [table.value for table in app.dataframe if "A year before" in table.value.columns]
    row = profile.set_index("Measure").loc["Complaints per 1000 officers"]
    assert row["Period"] == "2018"


def test_two_populations_are_named_where_a_whole_is_drawn_with_its_areas(
    release: Path, open_page: Open
) -> None:
    stated = [_headline(area, unplaced_percent=39.8) for area in ("all", "north", "south")]
    _state(release, *stated)
    words = said(open_page("complaints", measure="Complaints per 1000 officers"))
    assert "Two populations: 40% of what " in words
    assert "read areas against one another and not against the whole" in words
    alone = open_page("complaints", measure="Complaints per 1000 officers", area="North")
    assert "Two populations" not in said(alone)
