"""Complaints: how many are made against how many officers, and what happened to the rate."""

import streamlit as st

from dashboards.components import topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import topic_page

KINDS = (
    "complaints_per_1000_officers",
    "recorded_complaints_per_1000_officers",
    "allegations_per_1000_officers",
    "encounter_complaints_per_1000_officers",
    "encounter_allegations_per_1000_officers",
    "complaints_per_1000_officer_hours",
    "recorded_complaints_per_1000_officer_hours",
    "allegations_per_1000_officer_hours",
    "encounter_complaints_per_1000_officer_hours",
)
FOOTAGE = (
    "footage_available_share",
    "footage_answered_share",
    "footage_viewed_share",
    "upheld_complaint_share",
    "days_to_close",
)

choice: Choice = st.session_state["choice"]


def changed() -> bool:
    """What happened before and after, with the warnings that belong to it."""
    st.caption(notices.CONTESTED)
    st.markdown(notices.REDUCTION)
    topic_sections.before_and_after(choice, topics.COMPLAINTS)
    return True


topic_page.show(
    choice,
    topics.COMPLAINTS,
    {
        "Before and after": changed,
        "Cases and allegations": lambda: topic_sections.together(
            choice, "Cases, allegations and recorded complaints", notices.APART, KINDS
        ),
        "Footage in complaints": lambda: topic_sections.together(
            choice,
            "Footage in complaints, and how they end",
            notices.FOOTAGE_IN_COMPLAINTS,
            FOOTAGE,
        ),
        "Without footage": lambda: topic_sections.reasons(
            choice, "Complaints without footage, and why", "complaints_without_footage_share"
        ),
    },
)
