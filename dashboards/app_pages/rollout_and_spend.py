"""Roll-out and spend: whether cameras came when, where and for what they were promised."""

import streamlit as st

from dashboards import figures, frame, panels, register
from dashboards.choose import Choice

TOPICS = ("delivery",)
FIRST = (
    "devices_against_plan",
    "days_behind_plan",
    "officers_equipped_share",
    "spend_against_budget_share",
    "devices_issued",
    "devices_active",
    "devices_in_repair",
    "phase_order_kept",
    "spend_gbp",
    "cost_per_device_year",
    "cost_per_eligible_encounter_filmed",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "Did the cameras come as planned, who has one, and what did it cost?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not metrics:
    panels.nothing(choice, TOPICS)
panels.cards(choice, metrics, {}, "more_rollout")
frame.foot(choice)
