"""Research: a reader's own study on a reader's own table, by the engine behind the estimates."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text import research as research_text

choice: Choice = st.session_state["choice"]
layout.head(choice, "What would a study of my own find?")
st.info(research_text.OWN, icon=":material/person:")
# The statistical libraries take seconds to import, the first time that anybody opens this page.
with st.spinner("Preparing the methods."):
    from dashboards.views.research import VIEWS
view = st.segmented_control(
    "Show", list(VIEWS), default=next(iter(VIEWS)), required=True, key="show",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
VIEWS[view]()
