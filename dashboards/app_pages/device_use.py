"""Device use: whether cameras are on when officers are at work."""

import streamlit as st

from dashboards import figures, frame, panels
from dashboards.choose import Choice

FIRST = ("recorded_share_of_shift_hours", "footage_hours", "clips", "cameras_in_use")

choice: Choice = st.session_state["choice"]
frame.head(choice, "How much do officers record while they are on shift?")
metrics = figures.topic(choice, "device_use", FIRST)
panels.tiles(choice, [str(metric["metric_id"]) for metric in metrics])
for metric in metrics:
    panels.card(choice, metric)
if not metrics:
    panels.nothing(choice, "device_use")
frame.foot(choice)
