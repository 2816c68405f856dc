"""A page about one subject: verdicts of studies, the profile, the open measure, and what more."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboards.components import layout, profile
from dashboards.data import problems, study_rows
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import evidence as evidence_text
from dashboards.text import figures, notices
from dashboards.text import problems as problem_text
from dashboards.views import promises

#: Draws a section; false where it has nothing to show.
Section = Callable[[], bool]


def show(choice: Choice, topic: Topic, sections: Mapping[str, Section] | None = None) -> None:
    """The whole page of a subject; `sections` are what more there is, one open at a time."""
    layout.head(choice, topic.question)
    if found := problems.of_topic(choice, topic):
        lines = [problem_text.said(each) for each in found]
        st.warning("  \n".join(lines), icon=":material/draft:")
    verdicts(choice, topic)
    profile.show(choice, topic, has_study=not study_rows.of_topic(choice, topic).is_empty())
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
    rows = study_rows.of_topic(choice, topic)
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
            why_not = study_rows.not_met(choice, str(row["study_id"]))
            lines.append(f"- {evidence_text.in_a_line(row, where, why_not, alike)}")
        st.markdown("\n".join(lines))
        st.page_link(
            "app_pages/evidence.py",
            label="How each of these was found",
            icon=":material/arrow_forward:",
        )
