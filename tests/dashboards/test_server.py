"""What the server of the dashboards answers, and to whom it answers nothing."""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from typer.testing import CliRunner

from dashboards.server import OwnRequests, is_own
from orchestration import paths
from orchestration.cli import app as commands
from tests.dashboards.test_login import ACCESS, KEPT, LOGIN
from tests.proofs.deployed_proxy import STREAM, opened_as

ANALYST = "analyst@force.example"
FILE = "/media/0123456789abcdef.csv"


@pytest.fixture(autouse=True)
def own_names() -> Iterator[None]:
    """The names that the settings beside the pages give, which only a server reads."""
    before = config.get_option("server.allowedHosts")
    config.set_option("server.allowedHosts", ["127.0.0.1", "localhost", "[::1]", "::1"])
    yield
    config.set_option("server.allowedHosts", before)


@pytest.fixture
def login(release: Path, home: Path) -> Iterator[Path]:
    """A home with a release and a login; its folder."""
    (home / "access.yml").write_text(ACCESS)
    (home / "secrets.toml").write_text(LOGIN)
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(home / "secrets.toml")])
    secrets_singleton._reset()
    yield home
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def _scope(path: str = "/", kind: str = "http", **headers: str) -> Scope:
    named = {"host": "127.0.0.1:8501"} | headers
    listed = [(name.replace("_", "-").encode(), each.encode()) for name, each in named.items()]
    return {"type": kind, "path": path, "headers": listed, "scheme": "http", "query_string": b""}


def _asked(path: str = "/", **headers: str) -> bool:
    return is_own(HTTPConnection(_scope(path, **headers)))


def _cookie(email: str, hours: float = 0.0, secret: str = KEPT) -> str:
    """The cookie that Streamlit gives whoever signed in."""
    claims = {
        "is_logged_in": True, "origin": "http://127.0.0.1:8501", "email": email,
        "iat": int(time.time() - hours * 3600),
    }  # fmt: skip
    signed = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(claims))
    return f"{USER_COOKIE_NAME}={signed.decode()}"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:9", "http://127.0.0.1:8501.evil.example",
     "http://localhost:8501", "", "127.0.0.1:8501", "http://a@127.0.0.1:8501"],
)  # fmt: skip
def test_what_a_page_elsewhere_sends_is_refused_at_every_address(origin: str) -> None:
    for path in ("/", STREAM, "/_stcore/upload_file/a/b", "/complaints", FILE):
        assert not _asked(path, origin=origin)
    assert _asked("/", origin="http://127.0.0.1:8501")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:8501", "127.0.0.1@evil.example", "", "0.0.0.0:8501",
     "2130706433", "127.1"],
)  # fmt: skip
def test_no_other_name_is_answered(host: str) -> None:
    for path in ("/", STREAM, FILE):
        assert not _asked(path, host=host)
    assert _asked("/_stcore/health", host=host)


def test_a_file_is_for_whoever_is_signed_in(login: Path) -> None:
    assert not _asked(FILE)
    assert _asked(FILE, cookie=_cookie(ANALYST))
    assert _asked("/", host="localhost:8501")


@pytest.mark.parametrize(
    "cookie",
    [
        _cookie("someone@else.example"),
        _cookie(ANALYST, hours=8.1),
        _cookie(ANALYST, hours=-1),
        _cookie(ANALYST, secret="a guess" * 8),
        _cookie(ANALYST).replace("=", "=a", 1),
        _cookie("m\u00edke@force.example"),
        "_streamlit_user=",
        "_streamlit_user=e30",
    ],
    ids=["unknown", "old", "from the future", "forged", "changed", "alike", "empty", "unsigned"],
)
def test_a_login_that_opens_no_page_opens_no_file(cookie: str, login: Path) -> None:
    assert not _asked(FILE, cookie=cookie)


def test_a_faulty_access_file_closes_files_too(login: Path) -> None:
    (login / "access.yml").write_text(ACCESS.replace("[auditor]", "[auditer]"))
    assert not _asked(FILE, cookie=_cookie(ANALYST))


def test_without_a_login_files_are_for_this_machine_and_no_proxy(home: Path) -> None:
    assert _asked(FILE)
    assert not _asked(FILE, x_forwarded_for="192.168.1.4")


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_is_refused_never_reaches_streamlit(kind: str) -> None:
    reached: list[str] = []
    sent: list[Message] = []

    async def streamlit(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(scope["path"])

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    guarded = OwnRequests(streamlit)
    asyncio.run(guarded(_scope(STREAM, kind, origin="https://evil.example"), receive, send))
    assert reached == []
    assert sent[0] in (
        {"type": "websocket.close", "code": 1008},
        {"type": "http.response.start", "status": 403,
         "headers": [(b"content-type", b"text/plain")]},
    )  # fmt: skip
    asyncio.run(guarded(_scope(STREAM, kind, origin="http://127.0.0.1:8501"), receive, send))
    asyncio.run(guarded({"type": "lifespan", "path": "starts"}, receive, send))
    assert reached == [STREAM, "starts"]


def test_the_command_serves_this(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_more: object) -> "subprocess.CompletedProcess[str]":
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    for address in ("0.0.0.0", "::", "192.168.1.4", ""):  # noqa: S104
        refused = CliRunner().invoke(commands, ["dashboard", "--headless", "--address", address])
        assert (refused.exit_code, ran) == (2, [])
        assert "on 127.0.0.1 alone" in refused.stderr
    assert CliRunner().invoke(commands, ["dashboard", "--headless"]).exit_code == 0
    assert str(paths.ROOT / "dashboards" / "server.py") in ran[0]


def test_a_server_refuses_what_it_should_and_serves_its_own_pages(address: str) -> None:
    port = urlsplit(address).port
    assert port
    assert opened_as(port, "evil.example", f"127.0.0.1:{port}") == [f"127.0.0.1:{port}"]

    def status(path: str, method: str = "GET", **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, headers=headers)
        found = connection.getresponse().status
        connection.close()
        return found

    assert status("/complaints") == 200
    assert status("/", Host="evil.example") == 403
    assert status("/", Origin="https://evil.example") == 403
    # Without a token of its own page nothing is uploaded, and nobody drives the pages by HTTP.
    assert status("/_stcore/upload_file/a/b", "PUT") in {400, 403}
    assert status("/_stcore/agent/interact", "POST") in {403, 404, 405}
    assert status(FILE) == 404


FIRST_PAGE = """
import sys
from pathlib import Path
from dashboards.server import warm
from streamlit import config
from streamlit.testing.v1 import AppTest

config.set_option("server.address", "127.0.0.1")
warm()
before = set(sys.modules)
script = Path("dashboards/streamlit_app.py").resolve()
app = AppTest.from_file(str(script), default_timeout=60).run()
assert not app.exception, app.exception
assert len(app.title) == 1 and not app.error, [each.value for each in app.error]
late = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(late & {"altair", "dashboards", "duckdb", "orchestration", "pandas", "polars"}))
"""


def test_the_first_reader_waits_for_no_module_that_was_not_loaded_at_the_start(
    release: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE],
        cwd=paths.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[]"
