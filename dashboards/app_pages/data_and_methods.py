"""Data and methods: what was delivered, what was rejected, and how each figure is made."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import data_and_methods

choice: Choice = st.session_state["choice"]
layout.head(choice, "Where do these figures come from, and can they be checked?")
view = st.segmented_control(
    "Show", list(data_and_methods.VIEWS), default=next(iter(data_and_methods.VIEWS)), required=True,
    key="show", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
data_and_methods.VIEWS[view](choice)
st.caption(notices.ACCESSIBILITY)
layout.foot(choice)
