"""The secret key of a programme: created, found, and refused when weak or readable by others.

A key of a real programme is 32 or more random bytes. Whoever can guess it can try every collar
number and learn whose pseudonym is whose. Weak are patterns, typical passwords, hashes of them, and
keys of other programmes.
"""

import hashlib
import hmac
import itertools
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import paths
from orchestration.ingestion.ledger import read_ledger

if TYPE_CHECKING:
    from orchestration.ingestion.contracts.table import TableContract
    from orchestration.programmes.programme import Programme

KEY_BYTES = 32
FINGERPRINTS = "fingerprints.secret"
"""The file beside the keys with the secret that is used for the fingerprints of real keys."""
COMMON = Path(__file__).with_name("common_passwords.txt")
ENDINGS = ("", "!", "1", "12", "123", "1234", "2024", "2025", "2026", "\n", "\r\n")
WORD_BYTES = (2, 4, 8)
DEMONSTRATION_SEEDS = range(10_000)
ALGORITHMS = ("md5", "sha1", "sha256")


class KeyProblem(Exception):
    """No usable key; the message says how to fix it and never contains the key."""


@dataclass(frozen=True)
class Key:
    """The key of one programme; its fingerprint may be shown, its secret never is.

    `shown_by` is the home's secret for fingerprints: without it nobody who reads a fingerprint can
    test keys against it. The demonstration has none, as it has nobody to protect.
    """

    programme: str
    secret: bytes = field(repr=False)
    shown_by: bytes = field(repr=False, default=b"")

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that differ between keys and reveal nothing about them."""
        message = b"bodyworn fingerprint" + self.shown_by
        return hmac.digest(self.secret, message, "sha256").hex()[:8]


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
    key = Key(programme, secrets.token_bytes(KEY_BYTES), fingerprint_secret())
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


def _lost(programme: str) -> str | None:
    """What to do where files were loaded with a key that is now missing; None where none were."""
    loads = [row for row in read_ledger() if row.programme_id == programme and row.key_fingerprint]
    if not loads:
        return None
    retired = retired_file(programme)
    beside = f" {retired} holds the one before it." if retired.is_file() else ""
    return (
        f"The key {loads[-1].key_fingerprint} that {len(loads)} of its files were loaded with is"
        f" gone: put it back into {key_file(programme)} from where you keep its copy.{beside} Until"
        " then nothing new is released; what was released stays. If it is lost for good, nobody in"
        " those files can be matched with later ones: make another with `bodyworn keys new"
        f" --programme {programme}` and have every file in landing, from which all are then"
        " loaded again."
    )


def retired_file(programme: str) -> Path:
    """The file that keeps the previous key until somebody destroys it."""
    return paths.keys() / f"{programme}.key.retired"


def rotate_key(programme: "Programme") -> tuple[Key, Key]:
    """Replace the key of a programme; returns the old one and the new one.

    The old one is kept in `retired_file`. Raises KeyProblem where there is no key in a file, or the
    last retired key was not destroyed.
    """
    name = programme.programme
    if os.environ.get(variable(name)):
        msg = (
            f"The key of {name} is in the environment variable {variable(name)}: put 64 new"
            " hexadecimal digits (`openssl rand -hex 32`) there and run."
        )
        raise KeyProblem(msg)
    path, retired = key_file(name), retired_file(name)
    if not path.is_file():
        msg = f"There is no key of {name} in {path} to replace. "
        raise KeyProblem(msg + (_lost(name) or how_to_fix(name)))
    if retired.exists():
        msg = (
            f"{retired} still holds the key before this one. Destroy it once a release was made"
            f" with the key in force: shred -u '{retired}'"
        )
        raise KeyProblem(msg)
    old = read_key(programme)
    path.rename(retired)
    _, key = new_key(name)
    return old, key


def keys_known(programme: "Programme") -> list[Key]:
    """The current key and the retired one, if it has not been destroyed yet."""
    keys = [read_key(programme)]
    path = retired_file(programme.programme)
    if path.is_file():
        keys.append(_checked(programme, path.read_text(encoding="ascii"), str(path)))
    return keys


def demonstration_key(programme: str, seed: int) -> Key:
    """The key of a synthetic programme, which has no one to protect: derived from its seed."""
    return Key(programme, demonstration_secret(seed))


def read_key(programme: "Programme") -> Key:
    """The key of a programme: its environment variable, else its file, else (synthetic) its seed.

    Raises KeyProblem when there is none, when it is weak, or when others can read its file.
    """
    name = programme.programme
    if text := os.environ.get(variable(name)):
        return _checked(programme, text, f"the environment variable {variable(name)}")
    path = key_file(name)
    if path.is_file():
        _refuse_open_file(path)
        return _checked(programme, path.read_text(encoding="ascii", errors="replace"), str(path))
    if programme.is_synthetic and programme.seed is not None:
        return demonstration_key(name, programme.seed)
    msg = f"The programme {name} delivers names or numbers of people and has no key. "
    raise KeyProblem(msg + (_lost(name) or how_to_fix(name)))


def keyring(
    programmes: Iterable["Programme"], contracts: Iterable["TableContract"]
) -> dict[str, Key]:
    """The keys of those programmes that deliver identifiers; the others need none.

    Raises KeyProblem when one of them is missing or unusable: the run must not start.
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


def _checked(programme: "Programme", text: str, where: str) -> Key:
    name = programme.programme
    digits = text.strip()
    if not re.fullmatch(r"[0-9a-fA-F]{64,512}", digits) or len(digits) % 2:
        msg = f"The key in {where} is not 64 or more hexadecimal digits. "
        raise KeyProblem(msg + how_to_fix(name))
    secret = bytes.fromhex(digits)
    if why := weakness(secret, name):
        msg = f"The key in {where} is weak and could be guessed: {why}. "
        raise KeyProblem(msg + how_to_fix(name))
    return Key(name, secret, b"" if programme.is_synthetic else fingerprint_secret())


def fingerprint_secret() -> bytes:
    """The home's secret that is used for the fingerprints of keys."""
    return home_secret(FINGERPRINTS)


def home_secret(name: str) -> bytes:
    """A secret of the home, in a file beside the keys, made when it is first needed (mode 0600).

    Raises KeyProblem where others can read it.
    """
    path = paths.keys() / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(KEY_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
    _refuse_open_file(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def demonstration_secret(seed: int) -> bytes:
    """The secret of a synthetic programme, derived from its seed: there is nobody to protect."""
    return hashlib.sha256(f"bodyworn demonstration {seed}".encode()).digest()


def weakness(secret: bytes, programme: str, seeds: Iterable[int] = ()) -> str | None:
    """Why a key of a real programme could be guessed, in words; None where it could not.

    `seeds` are those of the synthetic programmes, whose keys everybody can work out.
    """
    own_name = frozenset(_hashes_of([programme]))
    demonstrations = _demonstration_secrets() | {demonstration_secret(seed) for seed in seeds}
    is_weak = {
        "it repeats itself": _repeats(secret),
        "it is a sequence": _counts(secret),
        "it is plain text": secret.isascii(),
        "it has too few different bytes": len(set(secret)) < KEY_BYTES // 2,
        "it is the hash of a common password": _holds(secret, _digests() | own_name),
        "it is the key of the demonstration, which everybody has": secret in demonstrations,
    }
    return next((why for why, is_so in is_weak.items() if is_so), None)


def _repeats(secret: bytes) -> bool:
    """Whether a key repeats one piece again and again, the last time perhaps cut off."""
    return any(
        secret == (secret[:size] * len(secret))[: len(secret)]
        for size in range(1, len(secret) // 2 + 1)
    )


def _counts(secret: bytes) -> bool:
    """Whether bytes, or words of several bytes in either order, mostly increase by even steps."""
    steps = {(after - before) % 256 for before, after in itertools.pairwise(secret)}
    return len(steps) < KEY_BYTES // 4 or any(
        len({(b - a) % (1 << 8 * size) for a, b in itertools.pairwise(_words(secret, size, order))})
        == 1
        for size in WORD_BYTES
        for order in ("big", "little")
    )


def _words(secret: bytes, size: int, order: str) -> list[int]:
    cut = range(0, len(secret) - size + 1, size)
    is_big = order == "big"
    return [int.from_bytes(secret[at : at + size], "big" if is_big else "little") for at in cut]


def _holds(secret: bytes, digests: frozenset[bytes]) -> bool:
    sizes = {hashlib.new(name, usedforsecurity=False).digest_size for name in ALGORITHMS}
    places = ((at, size) for size in sizes for at in range(len(secret) - size + 1))
    return any(secret[at : at + size] in digests for at, size in places)


def _hashes_of(words: Iterable[str]) -> Iterator[bytes]:
    for word, ending in itertools.product(words, ENDINGS):
        for text in {word, word.capitalize(), word.upper()}:
            for algorithm in ALGORITHMS:
                yield hashlib.new(
                    algorithm, (text + ending).encode(), usedforsecurity=False
                ).digest()


@cache
def _digests() -> frozenset[bytes]:
    words = ["", *COMMON.read_text(encoding="utf-8").split()]
    return frozenset(_hashes_of(words))


@cache
def _demonstration_secrets() -> frozenset[bytes]:
    return frozenset(demonstration_secret(seed) for seed in DEMONSTRATION_SEEDS)
