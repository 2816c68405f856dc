"""Requests: whether people who ask for footage, or about it, are answered in time."""

import streamlit as st

from dashboards.components import topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.views import topic_page

choice: Choice = st.session_state["choice"]
topic_page.show(
    choice,
    topics.REQUESTS,
    {
        "Without footage": lambda: topic_sections.reasons(
            choice, "Requests without footage, and why", "requests_without_footage_share"
        )
    },
)
