"""Map: one measure over all boroughs or forces, as equal tiles, with its table."""

import streamlit as st

from dashboards.components import layout
from dashboards.data.choice import Choice
from dashboards.views import area_map

choice: Choice = st.session_state["choice"]
layout.head(choice, "Where is it high and where is it low?")
area_map.show(choice)
layout.foot(choice)
