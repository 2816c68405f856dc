"""Home: whether cameras are delivered, used and looked after, and whether they help."""

import streamlit as st

from dashboards.components import layout
from dashboards.data import metric_rows, topics
from dashboards.data.choice import Choice
from dashboards.views import home

choice: Choice = st.session_state["choice"]
layout.head(choice, "Is body-worn video delivered, used and looked after, and does it help?")
if len(metric_rows.pages_without_figures(choice)) == len(topics.ALL):
    home.register(choice)
else:
    home.cards(choice)
    home.promised(choice)
    left, right = st.columns(2, gap="large")
    with left:
        home.changed(choice)
    with right:
        home.wrong(choice)
home.missing(choice)
home.others(choice)
layout.foot(choice)
