"""The audit log as the pages write it: one event each time somebody sees or takes something."""

import logging
from typing import Any

import streamlit as st

from orchestration import paths
from orchestration.access import audit_log
from orchestration.access.audit_log import Action, Event, LogProblem
from orchestration.access.reader import Reader

_log = logging.getLogger(__name__)


def record(reader: Reader, action: Action, what: str, **more: Any) -> None:
    """Add an event: `filters`, `rows` and `release` where there are any.

    Raises LogProblem where it cannot be written, so that nothing is seen without a record. On a
    machine of one user, whose home may be read-only, the pages say so and go on.
    """
    try:
        audit_log.append(paths.audit_log(), Event(action, reader.actor, reader.roles, what, **more))
    except LogProblem as problem:
        if not reader.is_single_user:
            raise
        _log.warning("%s", problem)
        st.session_state["log_problem"] = str(problem)


def record_once(reader: Reader, action: Action, what: str, **more: Any) -> None:
    """Add an event unless the last one of its kind in this session was the same.

    A page is redrawn on every tap; what is seen is an event only when it changes.
    """
    mark = (reader.actor, reader.roles, what, repr(more))
    kept = st.session_state.setdefault("recorded", {})
    if kept.get(action) != mark:
        record(reader, action, what, **more)
        kept[action] = mark
