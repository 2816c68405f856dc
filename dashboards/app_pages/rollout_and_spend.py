"""Roll-out and spend: whether cameras came when, where and for what they were promised."""

import streamlit as st

from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.views import topic_page

choice: Choice = st.session_state["choice"]
topic_page.show(choice, topics.ROLLOUT)
