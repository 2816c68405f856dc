"""Home: what is known of each programme, in plain sentences, and what is not."""

import streamlit as st

from dashboards import frame, known
from dashboards.choose import Choice
from dashboards.formats import plain

choice: Choice = st.session_state["choice"]
frame.head(choice, "What is known about this camera programme, and how sure are we?")
left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("What is known", divider="gray")
    known.promised(choice)
    for question in known.QUESTIONS:
        known.answer(choice, *question)
    known.changed(choice)
with right:
    st.subheader("What is missing or uncertain", divider="gray")
    known.missing(choice)
    st.subheader("How fresh this is", divider="gray")
    known.freshness(choice)
    st.subheader("About this programme", divider="gray")
    st.markdown(plain(choice.programme["summary"]))
known.others(choice)
frame.foot(choice)
