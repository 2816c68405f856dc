"""Roll-out and spend: whether cameras came when, where and for what they were promised."""

import streamlit as st

from dashboards.components import layout, metric_cards
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.views import promises

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
layout.head(choice, "Did the cameras come as planned, who has one, and what did it cost?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not metrics:
    metric_cards.nothing(choice, TOPICS)
metric_cards.cards(choice, metrics, {}, "more_rollout")
layout.foot(choice)
