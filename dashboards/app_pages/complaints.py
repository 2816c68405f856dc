"""Complaints: how many are made against how many officers, and what happened to the rate."""

import streamlit as st

from dashboards import figures, frame, gaps, happened, notices, panels, register, splits
from dashboards.choose import Choice

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
frame.head(
    choice,
    "How many complaints are made, did the rate change, and was footage there to settle them?",
)
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if metrics:
    st.caption(notices.CONTESTED)
else:
    panels.nothing(choice, TOPICS)
st.markdown(notices.REDUCTION)
happened.show(choice, TOPICS, "complaint|force")
splits.beside(choice, "Cases, allegations and recorded complaints", notices.APART, KINDS)
splits.beside(choice, "Footage in complaints, and how they end", notices.SETTLED, FOOTAGE)
gaps.reasons(choice, "Complaints without footage, and why", "complaints_without_footage_share")
panels.cards(choice, metrics, COVERAGE, "more_complaints")
frame.foot(choice)
