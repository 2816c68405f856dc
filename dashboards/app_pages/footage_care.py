"""Footage care: whether footage is uploaded, tagged, reviewed, kept and deleted as it should be."""

import streamlit as st

from dashboards.components import layout, metric_cards, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.views import promises

TOPICS = ("footage_care",)
FIRST = (
    "wrongly_deleted",
    "uploaded_after_24h_share",
    "untagged_at_31_days_share",
    "deleted_on_time_share",
    "kept_past_rule_share",
    "footage_held_at_complaint_share",
    "expires_before_next_panel",
    "review_sample_sufficiency",
    "reviewed_share",
    "evidential_share",
    "untagged_at_7_days_share",
    "recordings_without_link_share",
    "upload_delay_median_hours",
    "upload_delay_p95_hours",
)

choice: Choice = st.session_state["choice"]
layout.head(
    choice, "Is footage looked after: uploaded, tagged, reviewed, kept and deleted in time?"
)
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not metrics:
    metric_cards.nothing(choice, TOPICS)
unmatched.reasons(choice, "Recordings linked to nothing, and why", "recordings_without_link_share")
unmatched.reasons(choice, "Complaints without footage, and why", "complaints_without_footage_share")
metric_cards.cards(choice, metrics, {}, "more_care")
layout.foot(choice)
