"""Complaints: how many are made against how many officers, and what happened to the rate."""

import streamlit as st

from dashboards.components import before_after, layout, metric_cards, splits, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import promises

TOPICS = ("complaints", "trial")
FIRST = (
    "complaints_per_1000_officers",
    "force_complaints_per_1000_officers",
    "encounter_complaints_per_1000_officers",
    "days_to_close",
    "complaints_by_incident_date",
    "allegations",
    "upheld_complaint_share",
    "complaints",
    "trial_complaints",
    "trial_force_reports",
)
COVERAGE = {
    "complaints_per_1000_officers": "complaints_with_a_district",
    "force_complaints_per_1000_officers": "complaints_with_a_category",
    "days_to_close": "complaints_with_a_closing_date",
    "complaints_by_incident_date": "incident_date_completeness",
    "footage_available_share": "footage_answered_share",
}
KINDS = (
    "complaints_per_1000_officers",
    "recorded_complaints_per_1000_officers",
    "allegations_per_1000_officers",
    "encounter_complaints_per_1000_officers",
    "encounter_allegations_per_1000_officers",
    "complaints_per_1000_officer_hours",
    "recorded_complaints_per_1000_officer_hours",
    "allegations_per_1000_officer_hours",
    "encounter_complaints_per_1000_officer_hours",
)
FOOTAGE = (
    "footage_available_share",
    "footage_answered_share",
    "footage_viewed_share",
    "upheld_complaint_share",
    "days_to_close",
)

choice: Choice = st.session_state["choice"]
layout.head(
    choice,
    "How many complaints are made, did the rate change, and was footage there to settle them?",
)
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if metrics:
    st.caption(notices.CONTESTED)
else:
    metric_cards.nothing(choice, TOPICS)
st.markdown(notices.REDUCTION)
before_after.show(choice, TOPICS, ("complaints", "use_of_force"))
splits.together(choice, "Cases, allegations and recorded complaints", notices.APART, KINDS)
splits.together(
    choice, "Footage in complaints, and how they end", notices.FOOTAGE_IN_COMPLAINTS, FOOTAGE
)
unmatched.reasons(choice, "Complaints without footage, and why", "complaints_without_footage_share")
metric_cards.cards(choice, metrics, COVERAGE, "more_complaints")
layout.foot(choice)
