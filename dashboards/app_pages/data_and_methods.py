"""Data and methods: what was delivered, what was turned away, and how each figure is made."""

import streamlit as st

from dashboards import frame, methods
from dashboards.choose import Choice

choice: Choice = st.session_state["choice"]
frame.head(choice, "Where do these figures come from, and can they be checked?")
view = st.segmented_control(
    "Show", list(methods.VIEWS), default=next(iter(methods.VIEWS)), required=True, key="show",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
methods.VIEWS[view](choice)
frame.foot(choice)
