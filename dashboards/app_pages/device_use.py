"""Device use: whether cameras are on when officers are at work."""

import streamlit as st

from dashboards.components import before_after, layout, metric_cards, staff, unmatched
from dashboards.data import metric_rows
from dashboards.data.choice import Choice
from dashboards.views import promises

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
    "recordings",
    "cameras_in_use",
    "recorded_share_of_all_shift_hours",
    "footage_hours_by_shift_match",
    "shift_hours_by_footage_match",
)

choice: Choice = st.session_state["choice"]
layout.head(choice, "Are cameras on when they should be, from the start to the end?")
promises.strip(choice, TOPICS)
metrics = metric_rows.on(choice, TOPICS, FIRST)
metric_cards.tiles(choice, metrics)
if not any(metric["topic"] == TOPICS[0] for metric in metrics):
    metric_cards.nothing(choice, TOPICS[:1])
staff.show(choice)
unmatched.reasons(choice, "Encounters not filmed, and why", "unfilmed_encounters")
before_after.trial(choice, ("recording",))
metric_cards.cards(choice, metrics, {}, "more_use")
layout.foot(choice)
