"""A page about one subject: verdicts of studies, the profile, the open measure, and what more.

The profile is the subject at a glance: a row per measure, with its figure, trend, and place among
peers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards.charts.area_charts import spine
from dashboards.components import layout, measure
from dashboards.data import headlines, metric_rows, sources, topics
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import captions, figures, notices
from dashboards.text import evidence as evidence_text
from dashboards.text.formats import escape
from dashboards.views import promises

#: Draws a section; false where it has nothing to show.
Section = Callable[[], bool]
SOME, MOST = 5, 8
#: Pixels of a letter, on average over the widest name, of what surrounds a name, and in which every
#: change stands whole.
LETTER, AROUND, YEAR_BEFORE_WIDTH = 6.0, 34, 180
Metric = Mapping[str, Any]


def show(choice: Choice, topic: Topic, sections: Mapping[str, Section] | None = None) -> None:
    """The whole page of a subject; `sections` are what more there is, one open at a time."""
    layout.head(choice, topic.question)
    if found := sources.file_problems_of(choice, topic):
        lines = [notices.file_problem(each) for each in found]
        st.warning("  \n".join(lines), icon=":material/draft:")
    verdicts(choice, topic)
    show_profile(choice, topic, has_study=not topics.studies_of(choice, topic).is_empty())
    promises.strip(choice, topic.topics)
    if sections:
        more(sections)
    layout.foot(choice)


def more(sections: Mapping[str, Section]) -> None:
    """The section that the reader opens; the others are neither drawn nor read."""
    st.header("More on this subject", divider="gray")
    opened = st.segmented_control(
        "More on this subject", list(sections), key="more", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if opened is not None and opened in sections and not sections[opened]():
        st.info(figures.NOTHING_HERE, icon=":material/info:")


def verdicts(choice: Choice, topic: Topic) -> None:
    """Whether it was the cameras, a line a study; that nobody can tell where there is none."""
    if not topic.outcomes:
        return
    rows = topics.studies_of(choice, topic)
    with st.container(border=True):
        alike = evidence_text.of_one_kind(rows.to_dicts())
        st.markdown(f"**Was it the cameras?**{f' Studies: all {alike}.' if alike else ''}")
        if rows.is_empty():
            st.markdown(notices.NO_STUDY)
            return
        names = dict(choice.areas.select("area_id", "label").iter_rows())
        lines = []
        for row in rows.to_dicts():
            where = evidence_text.studied(row, names)
            why_not = topics.checks_not_met(choice, str(row["study_id"]))
            lines.append(f"- {evidence_text.in_a_line(row, where, why_not, alike)}")
        st.markdown("\n".join(lines))
        st.page_link(
            "app_pages/evidence.py",
            label="How each of these was found",
            icon=":material/arrow_forward:",
        )


def show_profile(choice: Choice, topic: Topic, *, has_study: bool = False) -> None:
    """Every measure of the subject that has a figure, and the one that is open.

    `has_study`: counts of a trial were supplied, but no measure over time.
    """
    metrics = metric_rows.on(choice, topic.topics, topic.first)
    found = [(metric, headlines.of(choice, metric)) for metric in metrics]
    known = [(metric, one) for metric, one in found if one is not None]
    if not metrics:
        _nothing(choice, topic, has_study=has_study)
        return
    if known:
        _profile_table(choice, known)
        main = [(metric, one) for metric, one in known if metric["metric_id"] in topic.first]
        _spine(choice, (main or known)[:MOST])
    names = {str(metric["label"]): metric for metric in metrics}
    opened = names[layout.kept_in_address("measure", list(names))]
    st.selectbox("Open a measure", list(names), key="measure")
    measure.show(choice, opened, topic.coverage.get(str(opened["metric_id"]), ""))


def _picked(labels: list[str]) -> None:
    rows = st.session_state["profile"]["selection"]["rows"]
    if rows:
        st.session_state["measure"] = labels[rows[0]]


def width_of(names: Sequence[str]) -> int:
    """Pixels of a column in which the longest of these names stands whole."""
    return AROUND + round(LETTER * max(map(len, names)))


def _profile_table(
    choice: Choice, known: Sequence[tuple[Metric, headlines.HeadlineFigure]]
) -> None:
    labels = [str(metric["label"]) for metric, _ in known]
    rows = pl.DataFrame(
        {
            "Figure": [figures.short(one.row, metric) for metric, one in known],
            "Measure": labels,
            "Trend": [headlines.unbroken(one.trend) for _, one in known],
            "A year before": [
                figures.against(one.before, one.row, metric, is_dated=False)
                for metric, one in known
            ],
            "Period": [figures.when(one.row) for _, one in known],
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
            # Streamlit breaks no words of a row this low, and pins no column this wide on a
            # telephone: the figure stands first, so that both begin on the first screen.
            "Measure": st.column_config.TextColumn(width=width_of(labels)),
            "Trend": st.column_config.LineChartColumn(width="small"),
            "A year before": st.column_config.TextColumn(width=YEAR_BEFORE_WIDTH),
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


def _nothing(choice: Choice, topic: Topic, *, has_study: bool) -> None:
    """The message where a programme supplied nothing on the subject, with those that did."""
    name = str(choice.programme["programme_name"])
    said = figures.study_alone(name) if has_study else figures.nothing(name)
    st.info(said, icon=":material/info:")
    others = metric_rows.programmes_with(choice, topic.topics)
    if others:
        st.markdown(figures.supplied_for(others))
