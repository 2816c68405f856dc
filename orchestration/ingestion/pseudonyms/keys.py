"""The secret key of a programme: made, found, and refused when it is weak or readable by others."""

import hashlib
import hmac
import itertools
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import paths

if TYPE_CHECKING:
    from orchestration.ingestion.contracts.table import TableContract
    from orchestration.programmes.programme import Programme

KEY_BYTES = 32
# Hashes of words people try first, as `sha256sum` prints them.
GUESSABLE = ("", "\n", "bodyworn", "changeme", "example", "password", "secret", "test")


class KeyProblem(Exception):
    """No usable key; the message says how to fix it and never contains the key."""


@dataclass(frozen=True)
class Key:
    """The key of one programme; its fingerprint may be shown, its secret never is."""

    programme: str
    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that differ between keys and reveal nothing about either."""
        return hmac.digest(self.secret, b"bodyworn fingerprint", "sha256").hex()[:8]


def variable(programme: str) -> str:
    """The environment variable that may hold the key of a programme."""
    return f"BODYWORN_KEY_{programme.upper()}"


def key_file(programme: str) -> Path:
    """The file that holds the key of a programme."""
    return paths.keys() / f"{programme}.key"


def how_to_fix(programme: str) -> str:
    """What to do without a usable key."""
    return (
        f"Make one with `bodyworn keys new --programme {programme}`, or put 64 hexadecimal digits"
        f" (`openssl rand -hex 32`) into the environment variable {variable(programme)}."
    )


def new_key(programme: str) -> tuple[Path, Key]:
    """Write a new key to a file only its owner can read; an existing key is never overwritten.

    Raises KeyProblem when the name is no programme's or a key is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", programme):
        msg = f"{programme!r} is no name of a programme: lower-case letters, digits and _."
        raise KeyProblem(msg)
    path = key_file(programme)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Key(programme, secrets.token_bytes(KEY_BYTES))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(key.secret.hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
        # A link, unlike a rename, fails when the name is taken.
        path.hardlink_to(temporary)
    except FileExistsError as error:
        msg = (
            f"{path} holds a key already and was left as it is: with another key nobody in the"
            " files already loaded would be recognised again. To change it, move the old file away."
        )
        raise KeyProblem(msg) from error
    finally:
        temporary.unlink()
    return path, key


def demonstration_key(programme: str, seed: int) -> Key:
    """The key of a synthetic programme, which has no one to protect: derived from its seed."""
    return Key(programme, hashlib.sha256(f"bodyworn demonstration {seed}".encode()).digest())


def read_key(programme: "Programme") -> Key:
    """The key of a programme: its environment variable, else its file, else (synthetic) its seed.

    Raises KeyProblem when there is none, when it is weak, or when others can read its file.
    """
    name = programme.programme
    if text := os.environ.get(variable(name)):
        return _checked(name, text, f"the environment variable {variable(name)}")
    path = key_file(name)
    if path.is_file():
        _refuse_open_file(path)
        return _checked(name, path.read_text(encoding="ascii", errors="replace"), str(path))
    if programme.is_synthetic and programme.seed is not None:
        return demonstration_key(name, programme.seed)
    msg = f"The programme {name} delivers names or numbers of people and has no key. "
    raise KeyProblem(msg + how_to_fix(name))


def keyring(
    programmes: Iterable["Programme"], contracts: Iterable["TableContract"]
) -> dict[str, Key]:
    """The keys of those programmes that deliver identifiers; the others need none.

    Raises KeyProblem when one of them is missing or unfit: the run must not start.
    """
    sources = {
        contract.source
        for contract in contracts
        if any(column.meta.privacy == "identifier" for column in contract.columns)
    }
    return {p.programme: read_key(p) for p in programmes if sources & set(p.sources)}


def _refuse_open_file(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        msg = f"{path} can be read by others (mode {mode:04o}). Close it: chmod 600 '{path}'"
        raise KeyProblem(msg)


def _checked(programme: str, text: str, where: str) -> Key:
    digits = text.strip()
    if not re.fullmatch(r"[0-9a-fA-F]{64,512}", digits) or len(digits) % 2:
        msg = f"The key in {where} is not 64 or more hexadecimal digits. "
        raise KeyProblem(msg + how_to_fix(programme))
    secret = bytes.fromhex(digits)
    if _weak(secret, programme):
        msg = f"The key in {where} is weak: it could be guessed. "
        raise KeyProblem(msg + how_to_fix(programme))
    return Key(programme, secret)


def _weak(secret: bytes, programme: str) -> bool:
    """Too few different bytes, an even pattern, plain text, or the hash of a common word."""
    steps = {(b - a) % 256 for a, b in itertools.pairwise(secret)}
    words = (word.encode() for word in (*GUESSABLE, programme))
    return (
        len(set(secret)) < KEY_BYTES // 2
        or len(steps) < KEY_BYTES // 4
        or secret.isascii()
        or secret in {hashlib.sha256(word).digest() for word in words}
    )
