"""Who is at the page, and what the audit log keeps of them.

There is a login where one is set up, else it is whoever sits at this machine. Each time somebody
sees or takes something is one event.
"""

import getpass
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from dashboards.data import release as release_data
from dashboards.text import notices
from orchestration import paths
from orchestration.access import access_file, audit_log
from orchestration.access.access_file import Access, AccessProblem, CannotServe
from orchestration.access.audit_log import Action, Event, LogProblem
from orchestration.access.reader import Reader, single_user

LONGEST_SESSION = timedelta(hours=8)
CLOCKS_DIFFER = timedelta(minutes=2)
_log = logging.getLogger(__name__)


def require_reader() -> Reader:
    """The reader of this session, asked for on every rerun; the page ends where there is none."""
    try:
        login = access_file.read_login(_secrets())
        if not login:
            return _whoever_sits_here()
        access = _read_access()
    except (CannotServe, AccessProblem) as problem:
        _end(notices.CLOSED, str(problem))
    user = dict(st.user.to_dict())
    if not user.get("is_logged_in"):
        st.title(notices.SIGN_IN)
        st.button("Sign in", type="primary", on_click=st.login, icon=":material/login:")
        st.stop()
    return _signed_in(user, access)


def _secrets() -> list[Path]:
    return [Path(name) for name in st.get_option("secrets.files")]


def _whoever_sits_here() -> Reader:
    access_file.refuse_open(st.get_option("server.address"), st.context.headers)
    reader = single_user(f"local:{getpass.getuser()}")
    st.session_state["reader"] = reader
    record_once(reader, "login", "this machine")
    return reader


def _read_access() -> Access:
    return access_file.read_access(paths.access_file(), release_data.programmes())


def _signed_in(user: dict[str, Any], access: Access) -> Reader:
    """The reader of a login; the page ends where it is too old or the person is unknown."""
    now = datetime.now(UTC)
    identity = str(user.get(access.file.identity) or "")
    nobody = Reader(access_file.same(identity, access.file.identity) or "nobody")
    if why := expired(user.get("iat"), now):
        record(nobody, "deny", "session", filters={"why": why})
        st.session_state.clear()
        st.logout()
        _end(notices.EXPIRED, why)
    if not _is_verified(user, access):
        _deny(nobody, "the address was not verified")
    reader = access.reader(identity, now.date()) if identity else None
    if reader is None:
        _deny(nobody, "not in access.yml")
    seen = st.session_state.setdefault("reader", reader)
    if seen != reader:
        # Another person, or other roles: nothing that was chosen or worked out before is kept.
        st.session_state.clear()
        st.session_state["reader"] = reader
    record_once(reader, "login", "pages", filters={"issued": str(user.get("iat"))})
    return reader


def has_ended(reader: Reader) -> bool:
    """Whether the login behind an open page is over, or opens something else by now."""
    return ended_later(reader)()


def ended_later(reader: Reader) -> Callable[[], bool]:
    """What says, whenever it is called and from any thread, whether this login has ended."""
    user = {} if reader.is_single_user else dict(st.user.to_dict())

    def has_ended() -> bool:
        if reader.is_single_user:
            return False
        try:
            return reader_of(user, datetime.now(UTC)) != reader
        except AccessProblem:
            return True

    return has_ended


def reader_of(user: Mapping[str, Any], now: datetime) -> Reader | None:
    """The reader that the claims of a login stand for; None where they open nothing.

    Raises AccessProblem where access.yml is at fault.
    """
    if expired(user.get("iat"), now):
        return None
    access = _read_access()
    identity = str(user.get(access.file.identity) or "")
    if not identity or not _is_verified(user, access):
        return None
    return access.reader(identity, now.date())


def _is_verified(user: Mapping[str, Any], access: Access) -> bool:
    """Whether the provider stands for an address: some say nothing of it, some say it as a word."""
    verified = user.get("email_verified", True)
    return access.file.identity != "email" or verified is True or verified == "true"


def expired(issued: object, now: datetime) -> str:
    """Why a login may not be used any more, by the second it was issued; empty while it may."""
    # Nothing is later or earlier than NaN, which Python reads in JSON.
    if isinstance(issued, bool) or not isinstance(issued, int | float) or isnan(issued):
        return "the login does not say when it was made"
    age = now.timestamp() - issued
    if age < -CLOCKS_DIFFER.total_seconds():
        return "the login is from the future: the clocks of this server and the login differ"
    if age > LONGEST_SESSION.total_seconds():
        return "the login is more than 8 hours old"
    return ""


def _deny(nobody: Reader, why: str) -> NoReturn:
    record_once(nobody, "deny", "pages", filters={"why": why})
    st.button("Sign out", on_click=st.logout, icon=":material/logout:")
    _end(notices.UNKNOWN, why)


def _end(said: str, why: str) -> NoReturn:
    st.title(notices.SIGN_IN)
    st.error(f"{said} Why: {why}.", icon=":material/lock:")
    st.stop()


def banner(reader: Reader) -> None:
    """Who is signed in, and how to sign out; on a machine of one user, that there is no login."""
    if reader.is_single_user:
        st.sidebar.caption(notices.SINGLE_USER)
        if problem := st.session_state.get("log_problem"):
            st.warning(problem, icon=":material/receipt_long:")
        return
    st.sidebar.caption(f"Signed in as {reader.actor} ({', '.join(reader.roles)}).")
    st.sidebar.button("Sign out", on_click=st.logout, icon=":material/logout:", key="sign_out")


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
