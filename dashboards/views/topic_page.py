"""A page about one subject: promises, verdicts of studies, the profile, and the open measure."""

import polars as pl
import streamlit as st

from dashboards.components import layout, profile
from dashboards.data import problems
from dashboards.data.choice import Choice
from dashboards.data.topics import Topic
from dashboards.text import evidence as evidence_text
from dashboards.text import notices
from dashboards.text import problems as problem_text
from dashboards.views import promises


def show(choice: Choice, topic: Topic) -> None:
    """What stands on the page of every subject, up to its own sections."""
    layout.head(choice, topic.question)
    if found := problems.of_topic(choice, topic):
        lines = [problem_text.said(each) for each in found]
        st.warning("  \n".join(lines), icon=":material/draft:")
    verdicts(choice, topic)
    profile.show(choice, topic)
    promises.strip(choice, topic.topics)


def studies_of(choice: Choice, topic: Topic) -> pl.DataFrame:
    """Studies of the programme whose outcome belongs on the page."""
    rows = choice.release.rows("fct_studies", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        return rows
    return rows.filter(pl.col("outcome_group").is_in(topic.outcomes)).sort("study_id")


def verdicts(choice: Choice, topic: Topic) -> None:
    """Whether it was the cameras, a line a study; that nobody can tell where there is none."""
    if not topic.outcomes:
        return
    rows = studies_of(choice, topic)
    with st.container(border=True):
        st.markdown("**Was it the cameras?**")
        if rows.is_empty():
            st.markdown(notices.NO_STUDY)
            return
        st.markdown("\n".join(f"- {evidence_text.in_a_line(row)}" for row in rows.to_dicts()))
        st.page_link(
            "app_pages/evidence.py",
            label="How each of these was found",
            icon=":material/arrow_forward:",
        )
