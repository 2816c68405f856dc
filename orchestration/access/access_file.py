"""Who may see the pages, and what must hold before they are served.

The file `access.yml` says which person holds which roles; whoever is not in it sees nothing. It is
kept under version control, so that a change is reviewed by a second person; `reviewed_on` and
`reviewed_by` say when all of it last was. Without a login the pages are for whoever sits at this
machine, so they answer there and nowhere else: not on an address that others can reach, and not
through a proxy.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from orchestration.access.reader import EVERY, ROLES, Reader, reader_with, split
from orchestration.storage.yaml_positions import check, listed, nearest, parse, place_of, said

Claim = Literal["email", "sub", "preferred_username", "upn"]
_TO_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class AccessProblem(ValueError):
    """The file cannot be used; the message lists each fault with file, line and column."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Strict):
    """The roles of one person; `areas` limits them, `until` ends them."""

    roles: list[str] = Field(min_length=1)
    # Left out it limits nothing: a list that is there and empty could mean either.
    areas: list[str] | None = Field(None, min_length=1)
    until: date | None = None


class AccessFile(_Strict):
    """The file as it is written. `identity` is the claim of the login that identifies a person."""

    identity: Claim
    reviewed_on: date
    reviewed_by: str = Field(min_length=1)
    people: dict[str, Person]


@dataclass(frozen=True)
class Access:
    """A file that was checked: readers by their identity."""

    file: AccessFile

    def reader(self, identity: str, today: date) -> Reader | None:
        """The reader of an identity; None for one that is unknown or whose time is over."""
        actor = same(identity, self.file.identity)
        known = {same(name, self.file.identity): one for name, one in self.file.people.items()}
        person = known.get(actor)
        if person is None or (person.until and today > person.until):
            return None
        return reader_with(actor, tuple(person.roles), person.areas or ())


def same(identity: str, claim: Claim) -> str:
    """One text for all spellings of an identity that are one person's.

    An address is that of the same person whatever the case of its letters from A to Z. Other
    letters stay as they are: a Kelvin sign is no k, and whoever may choose an address could come as
    somebody else. A `sub` differs by case (OpenID Connect Core 1.0, section 2).
    """
    return identity if claim == "sub" else identity.translate(_TO_LOWER)


def read_access(path: Path, programmes: Collection[str]) -> Access:
    """The file, checked; raises AccessProblem, also where there is none.

    `programmes` are those that a role may name.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise AccessProblem(f"{path} is missing: with a login, it says who may see what") from error
    except (OSError, UnicodeDecodeError) as error:
        raise AccessProblem(f"{path} cannot be read: {error}") from error
    return parse_access(text, path.name, programmes)


def parse_access(text: str, name: str, programmes: Collection[str]) -> Access:
    """The text of such a file, checked; raises AccessProblem with every fault."""
    try:
        document, node = parse(text, name, "an access file")
        found = check(AccessFile, document, node, name)
    except ValueError as error:
        raise AccessProblem(str(error)) from error
    if faults := list(_faults(found, node, name, programmes)):
        raise AccessProblem(listed(faults))
    return Access(found)


def _faults(
    file: AccessFile, node: yaml.Node, name: str, programmes: Collection[str]
) -> Iterator[str]:
    seen: set[str] = set()
    for identity, person in file.people.items():
        at = place_of(node, ("people", identity))
        if not identity or identity != identity.strip():
            yield said(name, at, f"{identity!r} names nobody: blanks are no part of an identity")
        if same(identity, file.identity) in seen:
            yield said(name, at, f"{identity} is listed twice, in another case")
        seen.add(same(identity, file.identity))
        for index, role in enumerate(person.roles):
            if why := _fault_of(role, programmes) or _both(role, person.roles):
                yield said(name, place_of(node, ("people", identity, "roles", index)), why)


def _fault_of(role: str, programmes: Collection[str]) -> str:
    kind, of = split(role)
    if kind not in ROLES:
        there = ", ".join(ROLES)
        return f"{role!r} is no role{nearest(kind, ROLES)} (there are: {there})"
    if ROLES[kind].of == "always" and of == EVERY:
        return f"say of which programme: {kind}:<programme>"
    if ROLES[kind].of == "never" and of != EVERY:
        return f"{kind} is of no programme: write {kind}"
    if not of:
        return f"{role!r} names no programme: write {kind} for every one, or {kind}:<programme>"
    if of != EVERY and of not in programmes:
        there = ", ".join(sorted(programmes)) or "none"
        return f"there is no programme {of!r}{nearest(of, programmes)} (there are: {there})"
    return ""


def _both(role: str, roles: list[str]) -> str:
    """Nobody may both work a figure out and approve it."""
    if split(role)[0] != "assurer":
        return ""
    analyses = {split(other)[1] for other in roles if split(other)[0] == "analyst"}
    of = split(role)[1]
    clash = analyses if of == EVERY else analyses & {of}
    return f"nobody both analyses and approves: {', '.join(sorted(clash))}" if clash else ""


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
