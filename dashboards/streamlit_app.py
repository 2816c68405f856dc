"""The dashboards: one frame around its pages, all over one release at a time."""

from pathlib import Path

import duckdb
import streamlit as st

from dashboards.components import layout, login
from dashboards.components.layout import choose
from dashboards.data import metric_rows
from dashboards.paper import take_away
from dashboards.text import notices
from dashboards.views import area_map
from orchestration.release.current import DamagedRelease

HERE = Path(__file__).parent
TITLES = {"Home": "Is it doing what was promised?"}
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
        ("area_map", "Map", "grid_view"),
    ],
    "What cameras did": [("evidence", "Evidence", "balance")],
    "Behind the figures": [
        ("data_and_methods", "Data and methods", "database"),
        ("research", "Research", "science"),
        ("audit_log", "Audit log", "receipt_long"),
    ],
}

st.set_page_config(page_title="Bodyworn", page_icon=str(HERE / "icon.png"), layout="wide")
reader = login.require_reader()
problem = None
try:
    release, said = layout.find_release(reader)
    choice = choose(release) if release else None
except (duckdb.Error, DamagedRelease):
    problem, release, choice, said = notices.UNREADABLE, None, None, ""
# A page without data from the programme is left out of the menu; its address still works.
empty = metric_rows.pages_without_figures(choice) if choice else set()
if choice and not area_map.maps_of(choice):
    empty.add("area_map")
if not reader.reads_log:
    empty.add("audit_log")
page = st.navigation(
    {
        section: [
            st.Page(
                HERE / "app_pages" / f"{name}.py",
                title=title,
                icon=f":material/{icon}:",
                url_path=name,
                default=name == "home",
                visibility="hidden" if name in empty else "visible",
            )
            for name, title, icon in pages
        ]
        for section, pages in SECTIONS.items()
    },
    # Every page stays visible: beyond twelve the menu would hide some behind a button.
    expanded=True,
)
where = f", {choice.where}" if choice else ""
st.set_page_config(page_title=f"{page.title}{where}: Bodyworn")
st.title(TITLES.get(page.title, page.title))
if problem:
    st.error(problem, icon=":material/error:")
    st.stop()
layout.warn(reader, release, choice, said)
login.banner(reader)
if page.url_path == "audit_log" and reader.reads_log and not reader.sees_data:
    page.run()
    layout.watch_login(reader)
elif not reader.sees_data:
    st.info(notices.NO_DATA, icon=":material/lock:")
elif release is None:
    st.info(notices.NO_RELEASE, icon=":material/hourglass_empty:")
elif choice is None:
    st.info(notices.NO_PROGRAMME, icon=":material/hourglass_empty:")
else:
    st.session_state["choice"] = choice
    seen = {name: each for name, each in choice.link().items() if name != "release"}
    login.record_once(reader, "view", page.url_path, filters=seen, release=release.name)
    page.run()
    take_away.show(choice)
    layout.watch(choice)
layout.follow_theme()
