"""A real OpenID Connect provider for a proof: Canaille, in an environment of its own."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

WANTED = "canaille[front,oidc,server,sqlite]==0.3.6"
CLIENT = "bodyworn"
SETTINGS = """\
SECRET_KEY = "{secret}"
SERVER_NAME = "{server}"
PREFERRED_URL_SCHEME = "http"

[CANAILLE]
JAVASCRIPT = false
HTMX = false

[CANAILLE_SQL]
DATABASE_URI = "sqlite:///{folder}/people.sqlite"

[CANAILLE_OIDC]
ACTIVE_JWKS = [{key}]
TRUSTED_DOMAINS = {trusted}
REQUIRE_NONCE = false
"""


@dataclass(frozen=True)
class Provider:
    """Where it answers, and what the pages need to ask it."""

    address: str
    client_secret: str
    password: str


@contextmanager
def provider(
    folder: Path,
    port: int,
    people: Sequence[str],
    clients: Mapping[str, str],
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Provider]:
    """Run a provider that knows these people by their e-mail address; all have one password.

    `clients` gives each client's redirect address, and all have one secret. `groups` gives the
    people of each group.
    """
    tools = _installed(folder / "environment")
    secret, password = os.urandom(24).hex(), os.urandom(12).hex()
    server = f"localhost:{port}"
    config = folder / "config.toml"
    config.touch()
    own = os.environ | {"CANAILLE_CONFIG": str(config)}

    def tell(*words: str) -> str:
        done = subprocess.run(
            [tools / "canaille", *words], env=own, cwd=folder, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"canaille {words[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    key = _as_toml(tell("jwk", "create", "rsa"))
    hosts = {urlsplit(redirect).hostname for redirect in clients.values()}
    trusted = sorted({"localhost", "127.0.0.1", *filter(None, hosts)})
    config.write_text(
        SETTINGS.format(secret=secret, server=server, folder=folder, key=key, trusted=trusted)
    )
    tell("install")
    for email in people:
        tell(*_words_for_person(email, password))
    for group, members in (groups or {}).items():
        names = [word for each in members for word in ("--members", _name(each))]
        tell("create", "group", "--display-name", group, *names)
    for client, redirect in clients.items():
        made = json.loads(tell(*_words_for_client(client, secret, redirect)))["id"]
        # Whom a token is for: its pages fill that in, its command does not.
        tell("set", "client", made, "--audience", made)
    log = (folder / "provider.log").open("w")
    command = [str(tools / "canaille"), "run", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, env=own, cwd=folder, stdout=log, stderr=log) as running:
        try:
            _wait(f"http://{server}/.well-known/openid-configuration")
            yield Provider(f"http://{server}", secret, password)
        finally:
            running.terminate()


def sign_in(page: Page, who: str, password: str) -> None:
    """Fill in the provider's forms on the page that it shows."""
    page.locator("input[name=login]").fill(_name(who))
    page.locator("[type=submit]").first.click()
    page.locator("input[type=password]").fill(password)
    page.locator("[type=submit]").first.click()
    consent(page)


def consent(page: Page) -> None:
    """Agree that a client is told who signs in, where the provider asks, until it leads back."""
    # Whether it asks depends on the client, and on whether the person agreed before.
    accept, began = page.locator("#accept"), urlsplit(page.url).netloc
    for _ in range(120):
        if accept.is_visible():
            accept.click()
            break
        if urlsplit(page.url).netloc != began:
            break
        page.wait_for_timeout(500)


def _name(email: str) -> str:
    return email.partition("@")[0]


def _words_for_person(email: str, password: str) -> list[str]:
    name = _name(email)
    return [
        "create", "user", "--user-name", name, "--password", password, "--emails", email,
        "--family-name", name, "--formatted-name", name,
    ]  # fmt: skip


def _words_for_client(client: str, secret: str, redirect: str) -> list[str]:
    return [
        "create", "client", "--client-id", client, "--client-secret", secret,
        "--client-name", "Bodyworn", "--client-uri", redirect.rpartition("/")[0],
        "--redirect-uris", redirect, "--post-logout-redirect-uris", redirect,
        "--grant-types", "authorization_code", "--response-types", "code",
        "--scope", "openid", "--scope", "email", "--scope", "profile", "--scope", "groups",
        "--token-endpoint-auth-method", "client_secret_basic",
    ]  # fmt: skip


def _installed(place: Path) -> Path:
    """The folder of its programs; nothing of it comes into the project's own environment."""
    uv = shutil.which("uv") or ".uv/bin/uv"
    for words in (
        ["venv", "-q", str(place)],
        ["pip", "install", "-q", "--python", str(place), WANTED],
    ):
        subprocess.run([uv, *words], check=True)
    return place / "bin"


def _as_toml(key: str) -> str:
    """A key in JSON as an inline table."""
    fields = re.findall(r'"(\w+)":\s*"([^"]*)"', key)
    return "{" + ", ".join(f'{name} = "{value}"' for name, value in fields) + "}"


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  this machine
                return
        except OSError:
            time.sleep(0.5)
    message = f"nothing answers at {address}"
    raise TimeoutError(message)
