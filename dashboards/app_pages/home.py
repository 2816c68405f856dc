"""Home: what is known of each programme, in plain sentences, and what is not."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.text.formats import escape
from dashboards.views import home

choice: Choice = st.session_state["choice"]
layout.head(choice, "What is known about this camera programme, and how sure are we?")
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("What is known", divider="gray")
    home.promised(choice)
    for question in home.QUESTIONS:
        home.answer(choice, *question)
    home.changed(choice)
with right:
    st.subheader("What is missing or uncertain", divider="gray")
    home.missing(choice)
    st.subheader("How fresh this is", divider="gray")
    home.freshness(choice)
    st.subheader("About this programme", divider="gray")
    st.markdown(escape(choice.programme["summary"]))
home.others(choice)
layout.foot(choice)
