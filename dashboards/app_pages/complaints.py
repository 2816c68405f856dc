"""Complaints: how many are made against how many officers, and what happened to the rate."""

import streamlit as st

from dashboards import figures, frame, happened, notices, panels
from dashboards.choose import Choice

FIRST = (
    "complaints_per_1000_officers",
    "force_complaints_per_1000_officers",
    "force_reports_per_1000_officers",
    "days_to_close",
    "complaints",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "How many complaints are made, and against how many officers?")
metrics = figures.topic(choice, "complaints", FIRST)
panels.tiles(choice, [str(metric["metric_id"]) for metric in metrics])
if metrics:
    st.caption(notices.CONTESTED)
happened.show(choice)
for metric in metrics:
    panels.card(choice, metric)
if not metrics:
    panels.nothing(choice, "complaints")
frame.foot(choice)
