"""Promises: what was promised, by whom and when, and where each promise stands."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.views import promises

choice: Choice = st.session_state["choice"]
layout.head(choice, "What was promised, and was it kept?")
promises.show(choice)
layout.foot(choice)
