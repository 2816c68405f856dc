"""The dashboards: one frame around its pages, all over one release at a time."""

from pathlib import Path

import duckdb
import streamlit as st

from dashboards.components import layout
from dashboards.components.filters import choose
from dashboards.text import notices
from orchestration.release.current import DamagedRelease

HERE = Path(__file__).parent
TITLES = {"Home": "Body-worn cameras: what is known"}
SECTIONS = {
    "In short": [("home", "Home", "home")],
    "What was promised": [("promises", "Promises", "handshake")],
    "What happened": [
        ("rollout_and_spend", "Roll-out and spend", "local_shipping"),
        ("device_use", "Device use", "videocam"),
        ("footage_care", "Footage care", "folder_managed"),
        ("requests", "Requests", "outgoing_mail"),
        ("complaints", "Complaints", "forum"),
        ("case_outcomes", "Case outcomes", "gavel"),
        ("safety_and_trust", "Safety and trust", "health_and_safety"),
    ],
    "What cameras did": [("evidence", "Evidence", "balance")],
    "Behind the figures": [
        ("data_and_methods", "Data and methods", "database"),
        ("research", "Research", "science"),
    ],
}

st.set_page_config(page_title="Bodyworn", page_icon=str(HERE / "icon.png"), layout="wide")
page = st.navigation(
    {
        section: [
            st.Page(
                HERE / "app_pages" / f"{name}.py",
                title=title,
                icon=f":material/{icon}:",
                url_path=name,
            )
            for name, title, icon in pages
        ]
        for section, pages in SECTIONS.items()
    }
)
try:
    release, said = layout.find_release()
    choice = choose(release) if release else None
except (duckdb.Error, DamagedRelease):
    st.title(TITLES.get(page.title, page.title))
    st.error(notices.UNREADABLE, icon=":material/error:")
    st.stop()

st.title(TITLES.get(page.title, page.title))
layout.warn(release, choice, said)
if release is None:
    st.info(notices.NO_RELEASE, icon=":material/hourglass_empty:")
elif choice is None:
    st.info(notices.NO_PROGRAMME, icon=":material/hourglass_empty:")
else:
    st.session_state["choice"] = choice
    page.run()
    layout.watch(release)
