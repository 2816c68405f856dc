"""The server of the dashboards: Streamlit, and what it answers to nobody.

Streamlit asks for the host's name and for a page's origin at its web socket alone, looks for its
own address on the internet to judge an origin, and hands a file to whoever has its address. Here
every request is looked at before any of that: `bodyworn dashboard` serves this file.
"""

import importlib
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

HEALTH = "/_stcore/health"
"""What a monitor of this machine may ask under any name."""
FILES = "/media/"
"""Files that were made for a reader, each under a hash of what is in it."""
EVERY_PAGE = (
    "PIL.Image",
    "dashboards.components.layout",
    "dashboards.views.home",
    "dashboards.views.topic_page",
    "dashboards.views.area_map",
    "dashboards.paper.take_away",
)


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
    from dashboards.components.login import reader_of
    from orchestration.access import access_file
    from orchestration.access.access_file import AccessProblem, CannotServe

    try:
        if not access_file.read_login(Path(name) for name in config.get_option("secrets.files")):
            access_file.refuse_open(config.get_option("server.address"), asked.headers)
            return True
        kept = _get_signed_cookie_with_chunks(asked.cookies, USER_COOKIE_NAME)
        user = json.loads(kept) if kept else {}
        return reader_of(user, datetime.now(UTC)) is not None
    except (CannotServe, AccessProblem, ValueError):
        return False


@asynccontextmanager
async def warmed(_: App) -> AsyncIterator[None]:
    """While the first reader's browser loads Streamlit's own files, the pages get ready."""
    threading.Thread(target=warm, name="warm", daemon=True).start()
    yield


def warm() -> None:
    """Import what every page needs, and open the release that is served.

    Not at the head of this file: the server listens before they are loaded.
    """
    for name in EVERY_PAGE:
        importlib.import_module(name)
    from dashboards.data import release

    if (folder := release.serving()) is not None:
        release.areas_of(str(folder))


app = App("streamlit_app.py", middleware=[Middleware(OwnRequests)], lifespan=warmed)
