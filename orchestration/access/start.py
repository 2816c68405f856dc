"""What must hold before pages are served: who can reach them, and whether a login is set up.

Without a login the pages are for whoever sits at this machine, so they answer there and nowhere
else: not on an address that others can reach, and not through a proxy.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

SHORTEST_SECRET = 32
NEEDED = ("client_id", "client_secret", "cookie_secret", "redirect_uri", "server_metadata_url")
FORWARDED = re.compile(
    r"forwarded|via|x-forwarded.*|x-original-.*|x-real-ip|x-client-ip|true-client-ip"
    r"|cf-connecting-ip|x-envoy-.*",
    re.IGNORECASE,
)
"""Headers that a proxy adds: the reader is not at this machine."""


class CannotServe(ValueError):
    """Pages may not be served like this; the message says why and what to do."""


def is_here(address: str | None) -> bool:
    """Whether an address to listen on is reachable from this machine alone; None means all."""
    if address == "localhost":
        return True
    try:
        return ip_address((address or "").strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_open(address: str | None, headers: Iterable[str] = ()) -> None:
    """Raise CannotServe where pages without a login could be seen from another machine."""
    if not is_here(address):
        raise CannotServe(
            f"Without a login the pages are served on 127.0.0.1 alone, not on "
            f"{address or 'every address'}: set up a login (docs/deploy.md), or leave the address"
        )
    if sent := sorted({name.lower() for name in headers if FORWARDED.fullmatch(name)}):
        raise CannotServe(
            "Without a login the pages answer nobody whose request came through a proxy "
            f"({', '.join(sent)}): set up a login (docs/deploy.md)"
        )


def read_login(files: Iterable[Path]) -> Mapping[str, Any]:
    """The section `[auth]` of the secrets, empty where there is none.

    Raises CannotServe where a file cannot be read or the section lacks something: a typing error
    must not switch an intended login off.
    """
    found: dict[str, Any] = {}
    for file in files:
        if file.is_file():
            try:
                held = tomllib.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise CannotServe(
                    f"{file} cannot be read, so no login is asked: {error}"
                ) from error
            found |= held.get("auth", {})
    if found and (missing := [name for name in NEEDED if not found.get(name)]):
        raise CannotServe(f"The login lacks {', '.join(missing)} in the section [auth] of secrets")
    if found and len(str(found["cookie_secret"])) < SHORTEST_SECRET:
        raise CannotServe(
            f"cookie_secret has fewer than {SHORTEST_SECRET} characters: whoever guesses it can "
            "sign in as anybody. `openssl rand -hex 32` makes one"
        )
    return found
