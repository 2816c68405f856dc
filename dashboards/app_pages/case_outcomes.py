"""Case outcomes: how cases end, and whether defendants plead guilty early."""

import streamlit as st

from dashboards import figures, frame, happened, panels
from dashboards.choose import Choice

TOPICS = ("case_outcomes",)
FIRST = (
    "conviction_share",
    "early_guilty_plea",
    "trial_guilty_pleas",
    "magistrates_conviction_share",
    "crime_outcome_share",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "How do cases end, and do defendants plead guilty early?")
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not metrics:
    panels.nothing(choice, TOPICS)
panels.cards(choice, metrics, {}, "more_cases")
happened.trial(choice, "plea")
frame.foot(choice)
