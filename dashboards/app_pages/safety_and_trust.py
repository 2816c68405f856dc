"""Safety and trust: assaults on officers, force, stops, and whether people trust the police."""

import streamlit as st

from dashboards.components import before_after, layout, metric_cards
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import promises

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
layout.head(choice, "Are officers and people safer, and do people trust the police?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if metrics:
    st.caption(notices.RECORDED)
    before_after.show(choice, TOPICS, ("use_of_force",))
else:
    metric_cards.nothing(choice, TOPICS)
metric_cards.cards(choice, metrics, {}, "more_safety")
layout.foot(choice)
