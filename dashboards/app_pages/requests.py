"""Requests: whether people who ask for footage, or about it, are answered in time."""

import streamlit as st

from dashboards import figures, frame, gaps, panels, register
from dashboards.choose import Choice

TOPICS = ("requests",)
FIRST = (
    "subject_access_on_time_share",
    "foi_on_time_share",
    "requests_open_by_age",
    "hold_before_deletion_share",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "Are people who ask for footage answered in time, and is it kept till then?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not metrics:
    panels.nothing(choice, TOPICS)
gaps.reasons(choice, "Requests without footage, and why", "requests_without_footage_share")
panels.cards(choice, metrics, {}, "more_requests")
frame.foot(choice)
