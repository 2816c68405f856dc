"""Safety and trust: assaults on officers, force, stops, and whether people trust the police."""

import streamlit as st

from dashboards.components import topic_sections
from dashboards.data import topics
from dashboards.data.choice import Choice
from dashboards.text import notices
from dashboards.views import topic_page

choice: Choice = st.session_state["choice"]


def changed() -> bool:
    """What happened before and after, and what a rise of recorded force can mean."""
    st.caption(notices.RECORDED)
    topic_sections.before_and_after(choice, topics.SAFETY)
    return True


topic_page.show(choice, topics.SAFETY, {"Before and after": changed})
