"""What the proxy of a deployed server lets through, asked over HTTP from here and elsewhere."""

import base64
import http.client
import json
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.proofs.deployed_server import NAME, Server

HEADERS = {
    "strict-transport-security": "max-age=31536000",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
GRAPHQL, STREAM = "/dagster/graphql", "/_stcore/stream"
RUNS = "{ runsOrError { ... on Runs { results { runId } } } }"
LOCATION = "orchestration.definitions"
LAUNCH = (
    "mutation { launchRun(executionParams: {selector: {repositoryLocationName: "
    f'"{LOCATION}", repositoryName: "__repository__", jobName: "__ASSET_JOB"}}, mode: "default", '
    'runConfigData: "{}"}) { __typename } }'
)
#: What Dagster takes in past its GraphQL.
REPORTS = tuple(f"/dagster/report_asset_{kind}/x" for kind in ("materialization", "observation"))
METHODS = ("TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "LAUNCH")
#: One path in other spellings, each of which Dagster may take for the same.
SPELLINGS = (
    "/dagster/graphql", "/dagster//graphql", "//dagster/graphql", "/dagster/./graphql",
    "/x/../dagster/graphql", "/dagster/%67raphql", "/dagster/graphql/", "/%64agster/graphql",
    "/DAGSTER/graphql", "/dagster/graphql;x", "/dagster/%2e/graphql", "/dagster/x/%2e%2e/graphql",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each.lower() == name]


@dataclass(frozen=True)
class Asker:
    """Somebody with these cookies."""

    server: Server
    cookies: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, method: str = "GET", *, host: str = "", origin: str = "",
        body: object = None, headers: Mapping[str, str] | None = None, tls: bool = True,
    ) -> Answer:  # fmt: skip
        """One request over a connection of its own; the certificate is checked."""
        port = self.server.ports.https if tls else self.server.ports.http
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        if tls:
            connection.sock = _trusted(self.server).wrap_socket(
                socket.create_connection(("127.0.0.1", port), timeout=60), server_hostname=NAME
            )
        sent = {"Host": host or self.server.name, **(headers or {})}
        if origin:
            sent["Origin"] = origin
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (sent | {"Content-Length": str(len(content or b""))}).items():
            connection.putheader(name, value)
        connection.endheaders(content)
        answer = connection.getresponse()
        text = b"" if answer.status == http.client.SWITCHING_PROTOCOLS else answer.read()
        connection.close()
        return Answer(answer.status, answer.getheaders(), text)

    def opens_socket(self, path: str, *, origin: str = "", host: str = "") -> Answer:
        """Ask for a web socket, as a browser does; 101 where it is opened."""
        upgrade = _upgrade()
        if path == GRAPHQL:
            upgrade["Sec-WebSocket-Protocol"] = "graphql-ws"
        return self.ask(path, headers=upgrade, origin=origin, host=host)

    def query(self, text: str) -> str:
        """What Dagster's GraphQL says."""
        own = f"https://{self.server.name}"
        return self.ask(GRAPHQL, "POST", body={"query": text}, origin=own).body.decode()


def _trusted(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.at("/etc/ssl/certs/bodyworn.pem"))


def speaks(server: Server, version: ssl.TLSVersion) -> bool:
    """Whether the proxy agrees on this version of TLS."""
    context = _trusted(server)
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with socket.create_connection(("127.0.0.1", server.ports.https), timeout=30) as plain:
            context.wrap_socket(plain, server_hostname=NAME).close()
    except (ssl.SSLError, OSError):
        return False
    return True


def of_anybody(server: Server, issuer: str) -> dict[str, list[str]]:
    """What is asked without any login: sentence by sentence, each with what contradicts it."""
    nobody = Asker(server)
    own = f"https://{server.name}"
    plain = nobody.ask("/complaints?x=1", tls=False)
    foreign = [
        nobody.ask("/", host=host, tls=tls) for host in ("evil.example", "localhost", "127.0.0.1")
        for tls in (True, False)
    ]  # fmt: skip
    dagster = nobody.ask("/dagster/", headers={"Accept": "text/html"})
    posted = nobody.ask(GRAPHQL, "POST", body={"query": RUNS}, origin=own)
    sockets = [nobody.opens_socket(GRAPHQL, origin=own), nobody.opens_socket("/dagster/x")]
    sent = [nobody.ask("/"), dagster, nobody.ask("/", origin="https://evil.example")]
    return {
        "plain HTTP only leads to TLS, at the same path": _unless(
            plain.status == 301 and plain.all("location") == [f"{own}/complaints?x=1"], plain
        ),
        "TLS 1.2 and 1.3 are spoken, nothing older": [
            f"{version.name}: {speaks(server, version)}"
            for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2,
                            ssl.TLSVersion.TLSv1_3)
            if speaks(server, version) != (version >= ssl.TLSVersion.TLSv1_2)
        ],
        "another name than its own is refused, with and without TLS": [
            f"{each.status}" for each in foreign if each.status not in {403, 421}
        ],
        "Dagster's pages send whoever is not signed in to the login": _unless(
            dagster.status == 302 and dagster.all("location")[0].startswith(issuer), dagster
        ),
        "its GraphQL and its web socket say nothing without a login": [
            f"{each.status} {each.body[:80]!r}" for each in (posted, *sockets)
            if each.status not in {302, 401} or b"runId" in each.body
        ],
        "no method but GET, HEAD, OPTIONS and POST does anything": [
            f"{method} {path}: {answer.status}"
            for method in METHODS
            for path in ("/", "/complaints", "/dagster/")
            if (answer := nobody.ask(path, method)).status < http.client.BAD_REQUEST
            and answer.status != http.client.FOUND
        ],
        "files of the dashboards are given to nobody without a login": [
            f"{path}: {answer.status}" for path in ("/media/x.csv", "/%6dedia/x", "/x/../media/x")
            if (answer := nobody.ask(path)).status != http.client.FORBIDDEN
        ],
        "each header of protection is sent once, whatever the answer": [
            f"{answer.status}: {name}: {answer.all(name)}"
            for answer in sent
            for name, value in HEADERS.items()
            if answer.all(name) != [value]
        ],
        "frames from elsewhere are forbidden by Content-Security-Policy, once": [
            f"{answer.status}: {answer.all('content-security-policy')}" for answer in sent
            if len(answer.all("content-security-policy")) != 1
            or "frame-ancestors 'none'" not in answer.all("content-security-policy")[0]
        ],
        "answers name neither a version nor what is behind the proxy": [
            value for answer in sent for value in answer.all("server") if value != "Apache"
        ],
    }  # fmt: skip


def of_an_administrator(asker: Asker) -> dict[str, list[str]]:
    """What somebody with the group of administrators can do, and pages elsewhere in their name."""
    own, evil = f"https://{asker.server.name}", "https://evil.example"
    before = asker.query(RUNS)
    launched = asker.query(LAUNCH)
    address = "?query=" + LAUNCH.replace(" ", "%20").replace('"', "%22")
    by_address = [asker.ask(f"{path}{address}") for path in SPELLINGS]
    sent = {"Content-Type": "text/plain"}
    from_elsewhere = [
        asker.ask(GRAPHQL, "POST", body={"query": LAUNCH}, origin=origin, headers=sent)
        for origin in (evil, "null", own.replace("https", "http"), f"{own}.evil.example")
    ]
    from_elsewhere += [asker.ask(path, origin=evil) for path in ("/", "/dagster/", STREAM)]
    from_elsewhere += [asker.opens_socket(path, origin=evil) for path in (GRAPHQL, STREAM)]
    opened = asker.opens_socket(GRAPHQL, origin=own)
    return {
        "an administrator reads Dagster's pages and runs": _unless("runId" in before, before[:300]),
        "its web socket opens for them": _unless(opened.status == 101, opened),
        "a run cannot be launched even by them": _unless("UnauthorizedError" in launched, launched),
        "nor an event reported to Dagster": [
            f"{path}: {answer.status}"
            for path in REPORTS
            if (answer := asker.ask(path, "POST", origin=own)).status != http.client.UNAUTHORIZED
        ],
        f"a mutation in an address is refused, in {len(SPELLINGS)} spellings": [
            f"{path}: {each.status} {each.body[:60]!r}"
            for path, each in zip(SPELLINGS, by_address, strict=True)
            if b'"data"' in each.body or (path == GRAPHQL and each.status != 403)
        ],
        "what a page elsewhere sends in their name is refused, web sockets too": [
            f"{each.status}" for each in from_elsewhere if each.status != 403
        ],
        "after all that no run was added": _unless(asker.query(RUNS) == before, "runs differ"),
    }


def past_the_proxy(server: Server) -> list[str]:
    """Names under which Streamlit opens its web socket though they are not its own."""
    port = server.ports.pages
    return opened_as(port, "evil.example", f"127.0.0.1.evil.example:{port}")


def opened_as(port: int, *hosts: str) -> list[str]:
    """Which of these names of a host Streamlit opens its web socket to, on a port of this machine.

    A page elsewhere that points a name of its own at this machine asks under that name.
    """
    opened = []
    for host in hosts:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", STREAM, headers={"Host": host, **_upgrade()})
        if connection.getresponse().status == http.client.SWITCHING_PROTOCOLS:
            opened.append(host)
        connection.close()
    return opened


def _upgrade() -> dict[str, str]:
    return {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }  # fmt: skip


def _unless(holds: bool, found: object) -> list[str]:  # noqa: FBT001
    return [] if holds else [str(found)[:400]]
