"""Footage care: whether footage is uploaded, tagged, reviewed, kept and deleted as it should be."""

import streamlit as st

from dashboards.components import topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.views import topic_page

choice: Choice = st.session_state["choice"]
topic_page.show(
    choice,
    topics.CARE,
    {
        "Linked to nothing": lambda: topic_sections.reasons(
            choice, "Recordings linked to nothing, and why", "recordings_without_link_share"
        ),
        "Complaints without footage": lambda: topic_sections.reasons(
            choice, "Complaints without footage, and why", "complaints_without_footage_share"
        ),
    },
)
