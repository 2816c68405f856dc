"""Device use: whether cameras are on when officers are at work."""

import streamlit as st

from dashboards import figures, frame, gaps, happened, panels, register, staff
from dashboards.choose import Choice

TOPICS = ("device_use", "workforce")
FIRST = (
    "activation_rate",
    "from_outset_rate",
    "entire_encounter_rate",
    "activation_rate_of_equipped",
    "entire_of_filmed_rate",
    "unfilmed_encounters",
    "written_reason_share",
    "late_start_seconds",
    "early_stop_seconds",
    "announced_share",
    "several_cameras_share",
    "officers_without_recordings_share",
    "recorded_share_of_shift_hours",
    "footage_hours",
    "clips",
    "cameras_in_use",
    "recorded_share_of_all_shift_hours",
    "footage_hours_by_shift_match",
    "shift_hours_by_footage_match",
)

choice: Choice = st.session_state["choice"]
frame.head(choice, "Are cameras on when they should be, from the start to the end?")
register.strip(choice, TOPICS)
metrics = figures.on(choice, TOPICS, FIRST)
panels.tiles(choice, metrics)
if not any(metric["topic"] == TOPICS[0] for metric in metrics):
    panels.nothing(choice, TOPICS[:1])
staff.show(choice)
gaps.reasons(choice, "Encounters not filmed, and why", "unfilmed_encounters")
happened.trial(choice, "video")
panels.cards(choice, metrics, {}, "more_use")
frame.foot(choice)
