"""Case outcomes: how cases end, and whether defendants plead guilty early."""

import streamlit as st

from dashboards import figures, frame, panels
from dashboards.choose import Choice

FIRST = ("conviction_share", "early_guilty_plea", "trial_guilty_pleas")

choice: Choice = st.session_state["choice"]
frame.head(choice, "How do cases end, and do defendants plead guilty early?")
metrics = figures.topic(choice, "case_outcomes", FIRST)
panels.tiles(choice, [str(metric["metric_id"]) for metric in metrics])
for metric in metrics:
    panels.card(choice, metric)
if not metrics:
    panels.nothing(choice, "case_outcomes")
frame.foot(choice)
