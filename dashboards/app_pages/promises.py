"""Promises: what was promised, by whom and when, and where each promise stands."""

import streamlit as st

from dashboards import frame, register
from dashboards.choose import Choice

choice: Choice = st.session_state["choice"]
frame.head(choice, "What was promised, and was it kept?")
register.show(choice)
frame.foot(choice)
