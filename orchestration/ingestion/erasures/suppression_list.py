"""The list of erased people: it lies beside the keys, only grows, and reveals any change to it.

Each line is an entry with the hash of the one before it, keyed with the list's own secret, so that
nobody without the secret can write or change one. Lines removed at the end are noticed too: every
load in the ledger records how many entries it was checked against. The list lies beside the keys
and not with the data, so that restoring a backup of the data brings nobody back.

How far erasures have come is recorded with the data: a home that is restored from an older backup
therefore knows that it still holds people who were erased since then.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from orchestration import paths
from orchestration.ingestion.pseudonyms.keys import Key, KeyProblem, home_secret
from orchestration.ingestion.pseudonyms.pseudonyms import Pseudonyms, normalised
from orchestration.ingestion.validation.erased_rows import (
    Digests,
    ErasedPeople,
    is_distinctive,
    words_of,
)
from orchestration.storage import durable
from orchestration.storage.hashes import canonical

NAME, KEYED_BY = "erasures.jsonl", "erasures.secret"


class ErasureProblem(KeyProblem):
    """The list cannot be used as it is; the message says why and what to do. No run starts."""


@dataclass(frozen=True)
class ErasureEntry:
    """One erased person: digests alone. `number` counts the entries of the programme from 1."""

    programme: str
    number: int
    kind: str
    on: str
    identifiers: list[str]
    pseudonyms: list[str]
    words: list[list[Any]]
    previous: str
    hash: str = ""

    def hashed(self, secret: bytes) -> str:
        """What the entry's hash has to be."""
        body = {name: value for name, value in asdict(self).items() if name != "hash"}
        return hmac.digest(secret, canonical(body).encode(), "sha256").hex()


def list_file() -> Path:
    """Where the list lies."""
    return paths.keys() / NAME


def read_list() -> list[ErasureEntry]:
    """Every entry, oldest first. Raises ErasureProblem where one was changed, or cannot be read."""
    lines = _lines()
    if not lines:
        return []
    secret = _secret()
    entries: list[ErasureEntry] = []
    previous = ""
    for at, line in enumerate(lines, 1):
        try:
            entry = ErasureEntry(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise ErasureProblem(_changed(at)) from error
        if entry.previous != previous or entry.hash != entry.hashed(secret):
            raise ErasureProblem(_changed(at))
        entries.append(entry)
        previous = entry.hash
    return entries


def _changed(line: int) -> str:
    return (
        f"Line {line} of {list_file()} was changed, or {KEYED_BY} beside it is another one: people"
        " who were erased would come back. Restore both from the backup of the keys."
    )


def _lines() -> list[str]:
    """Whole lines: anything after the last line feed was never acknowledged."""
    path = list_file()
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []


def _secret() -> bytes:
    if _lines() and not (paths.keys() / KEYED_BY).is_file():
        raise ErasureProblem(
            f"{paths.keys() / KEYED_BY} is gone, without which nobody who was erased is"
            " recognised. Restore it from the backup of the keys."
        )
    return home_secret(KEYED_BY)


def erased_people(programme: str, *, known: int = 0) -> ErasedPeople:
    """The people erased from a programme; `known` is the highest entry a load was checked against.

    Raises ErasureProblem where the list was changed or has fewer entries than are known.
    """
    entries = [entry for entry in read_list() if entry.programme == programme]
    if len(entries) < known:
        raise ErasureProblem(
            f"{list_file()} has {len(entries)} entries of {programme}, and files were loaded when"
            f" there were {known}: its end is gone, and people who were erased would come back."
            " Restore it from the backup of the keys."
        )
    if not entries:
        return ErasedPeople(Digests(programme, b""))
    return people_of(entries, _secret())


def people_of(entries: Sequence[ErasureEntry], secret: bytes) -> ErasedPeople:
    """The people of some entries of one programme."""
    return ErasedPeople(
        Digests(entries[0].programme, secret),
        max(entry.number for entry in entries),
        frozenset(entry.kind for entry in entries),
        frozenset(digest for entry in entries for digest in entry.identifiers),
        frozenset(digest for entry in entries for digest in entry.pseudonyms),
        frozenset(str(digest) for entry in entries for _, digest in entry.words),
        tuple(sorted({int(length) for entry in entries for length, _ in entry.words})),
    )


@dataclass(frozen=True)
class Request:
    """Whom to erase: the kind of person, and the identifiers as files name that one person."""

    programme: str
    kind: str
    identifiers: tuple[str, ...]

    def pseudonyms(self, keys: Sequence[Key]) -> list[str]:
        """The person's pseudonyms under some keys."""
        values = pl.Series(self.identifiers, dtype=pl.String)
        return [text for key in keys for text in Pseudonyms(key).of(values, self.kind).to_list()]


def entry_of(request: Request, keys: Sequence[Key], on: str) -> tuple[ErasureEntry, bytes]:
    """The entry of a person, not yet on the list, and the secret it is keyed with."""
    secret = _secret()
    entries = read_list()
    digests = Digests(request.programme, secret)
    texts = normalised(pl.Series(request.identifiers, dtype=pl.String)).to_list()
    spelled = {text: words_of(text) for text in texts if is_distinctive(text)}
    entry = ErasureEntry(
        programme=request.programme,
        number=sum(one.programme == request.programme for one in entries) + 1,
        kind=request.kind,
        on=on,
        identifiers=[digests.of_identifier(text, request.kind) for text in texts],
        pseudonyms=[digests.of_pseudonym(text) for text in request.pseudonyms(keys)],
        words=[[len(words), digests.of_words(words)] for words in spelled.values()],
        previous=entries[-1].hash if entries else "",
    )
    return ErasureEntry(**asdict(entry) | {"hash": entry.hashed(secret)}), secret


def listed(entry: ErasureEntry) -> ErasureEntry | None:
    """An existing entry that covers all of another one; None where there is none."""
    return next(
        (
            one
            for one in read_list()
            if (one.programme, one.kind) == (entry.programme, entry.kind)
            and set(one.identifiers) >= set(entry.identifiers)
            and set(one.pseudonyms) >= set(entry.pseudonyms)
        ),
        None,
    )


def add(entry: ErasureEntry) -> None:
    """Append an entry to the list and sync it; from then on every load leaves the person out."""
    handle = os.open(list_file(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        whole = "".join(f"{line}\n" for line in _lines()).encode()
        # A line that a power cut left half written was never acknowledged.
        os.ftruncate(handle, len(whole))
        os.write(handle, f"{canonical(asdict(entry))}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _finished_file() -> Path:
    return paths.ledger() / "erasures_finished.json"


def finished_erasures(programme: str) -> int:
    """Up to which entry the erasures of a programme are finished."""
    return _finished().get(programme, 0)


def _finished() -> dict[str, int]:
    if not _finished_file().is_file():
        return {}
    found = json.loads(_finished_file().read_text(encoding="utf-8"))
    return {str(name): int(count) for name, count in found.items()}


def unfinished_erasures(programmes: Iterable[str]) -> dict[str, int]:
    """Programmes that still have people to erase, with the number of entries on their lists.

    Raises ErasureProblem where the list was changed, or ends before what was finished.
    """
    done = _finished()
    lists = {name: erased_people(name, known=done.get(name, 0)).count for name in programmes}
    return {name: count for name, count in lists.items() if count > done.get(name, 0)}


def reopen_erasure(programme: str, entry: int) -> None:
    """Record that the person of an entry, and of later ones, is still to be erased."""
    if _finished().get(programme, 0) >= entry:
        finish_erasures({programme: entry - 1})


def finish_erasures(entries: dict[str, int]) -> None:
    """Record that programmes hold nobody on their lists, up to an entry."""
    if entries:
        durable.write_json(_finished_file(), _finished() | entries)
