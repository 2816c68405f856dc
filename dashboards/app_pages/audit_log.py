"""Audit log: who saw, took and did what, for those who check that."""

import streamlit as st

from dashboards.components import layout
from dashboards.views import audit_log

if choice := st.session_state.get("choice"):
    layout.head(choice, "Who saw, took or did what?")
audit_log.show(st.session_state["reader"])
