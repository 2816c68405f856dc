"""Safety and trust: assaults on officers, force, stops, and whether people trust the police."""

import streamlit as st

from dashboards import figures, frame, happened, notices, panels, register
from dashboards.choose import Choice

TOPICS = ("safety",)
FIRST = (
    "assaults_with_injury",
    "force_reports_per_1000_officers",
    "use_of_force_per_1000_officers",
    "public_confidence",
    "stop_volumes",
    "assaults_without_injury",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "Are officers and people safer, and do people trust the police?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if metrics:
    st.caption(notices.RECORDED)
    happened.show(choice, TOPICS, "force")
else:
    panels.nothing(choice, TOPICS)
panels.cards(choice, metrics, {}, "more_safety")
frame.foot(choice)
