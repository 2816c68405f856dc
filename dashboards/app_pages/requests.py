"""Requests: whether people who ask for footage, or about it, are answered in time."""

import streamlit as st

from dashboards.components import layout, metric_cards, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.views import promises

TOPICS = ("requests",)
FIRST = (
    "subject_access_on_time_share",
    "foi_on_time_share",
    "requests_open_by_age",
    "hold_before_deletion_share",
)

choice: Choice = st.session_state["choice"]
layout.head(choice, "Are people who ask for footage answered in time, and is it kept till then?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not metrics:
    metric_cards.nothing(choice, TOPICS)
unmatched.reasons(choice, "Requests without footage, and why", "requests_without_footage_share")
metric_cards.cards(choice, metrics, {}, "more_requests")
layout.foot(choice)
