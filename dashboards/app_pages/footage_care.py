"""Footage care: whether footage is uploaded, tagged, reviewed, kept and deleted as it should be."""

import streamlit as st

from dashboards import figures, frame, gaps, panels, register
from dashboards.choose import Choice

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
frame.head(choice, "Is footage looked after: uploaded, tagged, reviewed, kept and deleted in time?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not metrics:
    panels.nothing(choice, TOPICS)
gaps.reasons(choice, "Recordings linked to nothing, and why", "recordings_without_link_share")
gaps.reasons(choice, "Complaints without footage, and why", "complaints_without_footage_share")
panels.cards(choice, metrics, {}, "more_care")
frame.foot(choice)
