"""Complaints: how many are made against how many officers, and what happened to the rate."""

import streamlit as st

from dashboards import figures, frame, happened, notices, panels
from dashboards.choose import Choice

TOPICS = ("complaints", "trial", "safety")
FIRST = (
    "complaints_per_1000_officers",
    "force_complaints_per_1000_officers",
    "force_reports_per_1000_officers",
    "days_to_close",
    "complaints",
    "trial_complaints",
    "trial_force_reports",
)
COVERAGE = {
    "complaints_per_1000_officers": "complaints_with_a_district",
    "force_complaints_per_1000_officers": "complaints_with_a_category",
    "days_to_close": "complaints_with_a_closing_date",
}

choice: Choice = st.session_state["choice"]
frame.head(choice, "How many complaints are made, and against how many officers?")
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if metrics:
    st.caption(notices.CONTESTED)
else:
    panels.nothing(choice, TOPICS)
happened.show(choice, TOPICS, "complaint|force")
panels.cards(choice, metrics, COVERAGE, "more_complaints")
frame.foot(choice)
