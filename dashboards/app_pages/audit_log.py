"""Audit log: who saw, took and did what, for those who check that."""

from collections import Counter
from typing import Any

import polars as pl
import streamlit as st

from dashboards.components import layout, login, tables
from dashboards.text import notices
from dashboards.text.formats import escape
from orchestration import paths
from orchestration.access import audit_log
from orchestration.access.reader import Reader
from orchestration.release.history import anchors_of
from orchestration.storage import spreadsheet_safety

SHOWN = 1_000
EVERYTHING = "every action"
FIRST = ("at", "action", "actor", "roles", "object", "filters", "rows", "release", "sequence")


def show(reader: Reader) -> None:
    """The log, to those whose roles read it."""
    if not reader.reads_log:
        login.record_once(reader, "deny", "audit_log")
        st.error("Your roles do not open the audit log.", icon=":material/lock:")
        return
    st.markdown(notices.AUDIT_LOG)
    folder = paths.audit_log()
    login.record_once(reader, "view", "audit_log")
    if faults := audit_log.verify(folder, anchors_of(paths.releases())):
        st.error("The log cannot be relied on:\n" + _list(faults), icon=":material/link_off:")
    else:
        st.success("The chain is whole.", icon=":material/check:")
    events = list(audit_log.read(folder))
    st.markdown(_list(f"{action}: {count}" for action, count in _counted(events)))
    every = [EVERYTHING, *(action for action, _ in _counted(events))]
    chosen = st.selectbox("Show", every, key="log_action")
    rows = _rows([one for one in events if chosen in {EVERYTHING, one["action"]}])
    if rows.height > SHOWN:
        st.caption(f"The newest {SHOWN:,} of {rows.height:,}; the file holds all.")
    st.dataframe(rows.head(SHOWN), hide_index=True, alt="Table: events of the audit log")
    tables.offer_own(
        reader, "Download these events (CSV)", spreadsheet_safety.escape(rows).write_csv(),
        "audit_log.csv", "text/csv", key="save_audit_log",
    )  # fmt: skip


def _list(lines: Any) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


def _counted(events: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return Counter(str(one["action"]) for one in events).most_common()


def _rows(events: list[dict[str, Any]]) -> pl.DataFrame:
    """Events as rows of text, newest first."""
    rows = [
        one
        | {
            "roles": ", ".join(one["roles"]),
            "filters": ", ".join(f"{name}: {each}" for name, each in one["filters"].items()),
        }
        for one in reversed(events)
    ]
    schema = dict.fromkeys(FIRST, pl.String) | {"rows": pl.Int64, "sequence": pl.Int64}
    return pl.DataFrame([{name: one[name] for name in FIRST} for one in rows], schema=schema)


if choice := st.session_state.get("choice"):
    layout.head(choice, "Who saw, took or did what?")
show(st.session_state["reader"])
