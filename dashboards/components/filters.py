"""What the reader chose: programme, area and period, kept in the address of the page."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import polars as pl
import streamlit as st

from dashboards.data.choice import ALL_YEARS, Choice
from dashboards.data.release import Release
from dashboards.text.formats import escape

GRAINS = ("month", "quarter", "year")


def _select(key: Literal["programme", "area", "period"], label: str, options: Sequence[str]) -> str:
    asked = st.query_params.get(key)
    if asked and asked not in options:
        st.session_state["fell_back"] = [
            *st.session_state.get("fell_back", []),
            f"“{escape(asked)}” is not {label} here. Shown instead: {escape(options[0])}.",
        ]
    chosen = st.selectbox(key.capitalize(), options, key=key, bind="query-params")
    return chosen if chosen in options else options[0]


def _name_the_programme(programmes: pl.DataFrame) -> None:
    """A link may name a programme by its id, which stays when its name is put better."""
    named = dict(programmes.select("programme_id", "programme_name").iter_rows())
    if (asked := st.query_params.get("programme")) in named:
        st.query_params["programme"] = named[asked]
        st.session_state["programme"] = named[asked]


def _labelled(areas: pl.DataFrame) -> pl.DataFrame:
    """Areas in the order of the tree, each with a name no other area of the programme has."""
    twice = pl.col("area_name").is_duplicated()
    unique = pl.format("{} ({})", "area_name", pl.col("area_kind").str.replace_all("_", " "))
    label = pl.when(twice).then(unique).otherwise(pl.col("area_name"))
    return areas.sort("sort_order").with_columns(label=label)


def _years(programme: dict[str, Any]) -> list[str]:
    first, last = programme["data_from"], programme["data_to"]
    if not isinstance(first, date) or not isinstance(last, date):
        return [ALL_YEARS]
    return [ALL_YEARS, *(str(year) for year in range(last.year, first.year - 1, -1))]


def choose(release: Release) -> Choice | None:
    """The filters in the sidebar; None when the release holds no programme."""
    programmes = release.rows("dim_programme")
    if programmes.is_empty():
        return None
    # Programmes without a file of their own have promises to show and no figures: they come last.
    delivered = release.values("fct_load_ledger", "programme_id")
    on_record = pl.col("programme_id").is_in(list(delivered)).not_()
    ordered = programmes.sort(on_record, "is_synthetic", "programme_name")
    st.session_state["fell_back"] = []
    _name_the_programme(ordered)
    with st.sidebar:
        name = _select("programme", "a programme", ordered["programme_name"].to_list())
        programme = ordered.filter(programme_name=name).row(0, named=True)
        areas = _labelled(release.rows("dim_area", programme_id=programme["programme_id"]))
        label = _select("area", "an area of this programme", areas["label"].to_list())
        period = _select("period", "a period of this programme", _years(programme))
        grain = st.segmented_control(
            "Charts by", GRAINS, default="month", required=True, key="by", bind="query-params"
        )
    area = areas.filter(label=label).row(0, named=True)
    return Choice(release, programme, area, period, str(grain), areas)
