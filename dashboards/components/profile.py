"""A subject at a glance: one row per measure, with its figure, trend, and place among peers."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.spine import spine
from dashboards.components import filters, measure
from dashboards.data import headlines, metric_rows
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import captions, figures, notices
from dashboards.text.formats import escape

SOME, MOST = 5, 8
Metric = Mapping[str, Any]


def show(choice: Choice, topic: Topic, *, has_study: bool = False) -> None:
    """Every measure of the subject that has a figure, and the one that is open.

    `has_study`: counts of a trial were supplied, but no measure over time.
    """
    metrics = metric_rows.on(choice, topic.topics, topic.first)
    found = [(metric, headlines.of(choice, metric)) for metric in metrics]
    known = [(metric, one) for metric, one in found if one is not None]
    if not metrics:
        nothing(choice, topic, has_study=has_study)
        return
    if known:
        _table(choice, known)
        main = [(metric, one) for metric, one in known if metric["metric_id"] in topic.first]
        _spine(choice, (main or known)[:MOST])
    names = {str(metric["label"]): metric for metric in metrics}
    opened = names[filters.kept_in_address("measure", list(names))]
    st.selectbox("Open a measure", list(names), key="measure")
    measure.show(choice, opened, topic.coverage.get(str(opened["metric_id"]), ""))


def _picked(labels: list[str]) -> None:
    rows = st.session_state["profile"]["selection"]["rows"]
    if rows:
        st.session_state["measure"] = labels[rows[0]]


def _table(choice: Choice, known: Sequence[tuple[Metric, headlines.HeadlineFigure]]) -> None:
    labels = [str(metric["label"]) for metric, _ in known]
    rows = pl.DataFrame(
        {
            "Measure": labels,
            "Figure": [figures.short(one.row, metric) for metric, one in known],
            "Trend": [headlines.unbroken(one.trend) for _, one in known],
            "Period": [figures.when(one.row) for _, one in known],
            "A year before": [
                figures.against(one.before, one.row, metric) for metric, one in known
            ],
            "Settled": ["no" if one.row["is_provisional"] else "yes" for _, one in known],
        },
        schema_overrides={"Trend": pl.List(pl.Float64)},
    )
    if choice.programme["is_synthetic"]:
        rows = rows.with_columns(pl.lit("synthetic, invented").alias("Origin"))
    st.dataframe(
        rows,
        hide_index=True,
        key="profile",
        on_select=lambda: _picked(labels),
        selection_mode="single-row",
        column_config={
            "Measure": st.column_config.TextColumn(width="medium", pinned=True),
            "Trend": st.column_config.LineChartColumn(width="small"),
            "A year before": st.column_config.TextColumn(width="medium"),
        },
        alt="Measures of this subject, a row each. Choosing a row opens the measure below.",
    )


def _spine(choice: Choice, known: Sequence[tuple[Metric, headlines.HeadlineFigure]]) -> None:
    """Where the area is among its peers, for measures that enough of them have.

    A whole is shown beside its parts, not among them.
    """
    if choice.area["area_id"] not in choice.peers.area_ids:
        return
    places = [
        place
        for metric, one in known
        if (place := headlines.among_peers(choice, metric, one)) is not None and place.count >= SOME
    ]
    if not places:
        return
    with st.expander(f"{escape(choice.where)} among {escape(choice.peers.label)}", expanded=True):
        rows = pl.DataFrame([place.as_row() for place in places])
        title = captions.title(f"{choice.where} among {choice.peers.label}", choice, figures.SPINE)
        said = [f"{place.label}: {place.said}" for place in places]
        st.altair_chart(spine(rows, title), width="stretch", alt=f"{'; '.join(said)}.")
        st.caption(notices.CONTESTED_SHORT)


def nothing(choice: Choice, topic: Topic, *, has_study: bool) -> None:
    """The message where a programme supplied nothing on the subject, with those that did."""
    name = str(choice.programme["programme_name"])
    said = figures.study_alone(name) if has_study else figures.nothing(name)
    st.info(said, icon=":material/info:")
    others = metric_rows.programmes_with(choice, topic.topics)
    if others:
        st.markdown(figures.supplied_for(others))
