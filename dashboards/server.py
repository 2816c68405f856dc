"""The server of the dashboards: Streamlit, and what it answers to nobody.

Streamlit asks for the host's name and for a page's origin at its web socket alone, looks for its
own address on the internet to judge an origin, and hands a file to whoever has its address. Here
every request is looked at before any of that: `bodyworn dashboard` serves this file.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.starlette import App
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import (
    _get_signed_cookie_with_chunks,
    is_host_allowed,
)

from dashboards.components.login import reader_of
from orchestration.access import access_file
from orchestration.access.access_file import AccessProblem, CannotServe

HEALTH = "/_stcore/health"
"""What a monitor of this machine may ask under any name."""
FILES = "/media/"
"""Files that were made for a reader, each under a hash of what is in it."""


class OwnRequests:
    """Refuses what is asked under another name, by a page elsewhere, or for a file unsigned."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        is_asked = scope["type"] in {"http", "websocket"}
        if not is_asked or is_own(HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # A server that closes before it accepts answers with 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            head = [(b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 403, "headers": head})
            await send({"type": "http.response.body", "body": b"Not from here.\n"})


def is_own(asked: HTTPConnection) -> bool:
    """Whether a request is for this server, from its own pages or typed in, and may be answered."""
    host, origin, path = asked.headers.get("host"), asked.headers.get("origin"), asked["path"]
    if path == HEALTH:
        return True
    if not is_host_allowed(host) or (origin is not None and urlsplit(origin).netloc != host):
        return False
    return not path.startswith(FILES) or _may_have_files(asked)


def _may_have_files(asked: HTTPConnection) -> bool:
    """Whether whoever asks is signed in now, or sits at this machine where there is no login."""
    try:
        if not access_file.read_login(Path(name) for name in config.get_option("secrets.files")):
            access_file.refuse_open(config.get_option("server.address"), asked.headers)
            return True
        kept = _get_signed_cookie_with_chunks(asked.cookies, USER_COOKIE_NAME)
        user = json.loads(kept) if kept else {}
        return reader_of(user, datetime.now(UTC)) is not None
    except (CannotServe, AccessProblem, ValueError):
        return False


app = App("streamlit_app.py", middleware=[Middleware(OwnRequests)])
