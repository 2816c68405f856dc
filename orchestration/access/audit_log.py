"""The audit log: one line per event, each chained to the one before it by a hash.

The format, for anyone who checks it without this software, is in docs/audit_log.md. Lines are added
and never changed. Removing lines at the end leaves an intact chain, so every release carries the
number and hash of the last line at the time it was made.
"""

import fcntl
import getpass
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.storage.hashes import canonical, of_text

Action = Literal[
    "view", "query", "export", "estimate", "publish", "approve", "login", "deny", "erase", "rekey"
]
NAME = "events.jsonl"
START = "0" * 64
"""What the first event is chained to."""
_FIELDS = {
    "action": str, "actor": str, "at": str, "filters": dict, "hash": str, "object": str,
    "previous": str, "release": str | None, "roles": list, "rows": int | None, "sequence": int,
}  # fmt: skip
LONGEST = 500
"""Letters of one text that are kept: an object, a filter and its name, an actor, a role."""
MOST = 50
"""Filters and roles of one event that are kept."""
_TAIL = 1 << 20
"""Bytes at the end of the file among which its last line is found: more than a line can have."""


class LogProblem(OSError):
    """An event could not be written, so what it would have recorded must not happen."""


@dataclass(frozen=True)
class Event:
    """What was done: by whom, in which roles, to what, narrowed how, with how many rows."""

    action: Action
    actor: str
    roles: Sequence[str]
    object: str
    filters: Mapping[str, str] | None = None
    rows: int | None = None
    release: str | None = None


@dataclass(frozen=True)
class Head:
    """Number and hash of the last event of a log."""

    sequence: int
    hash: str

    def as_dict(self) -> dict[str, Any]:
        """The head as a release carries it."""
        return asdict(self)


def append(folder: Path, event: Event) -> Head:
    """Add an event and sync it to the disk; raises LogProblem where that fails.

    A line that a power cut left half written was never acknowledged, and is removed first.
    """
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            return _append(handle, event)
        finally:
            os.close(handle)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LogProblem(f"the audit log in {folder} cannot be written: {error}") from error


def _append(handle: int, event: Event) -> Head:
    end = os.fstat(handle).st_size
    start = max(0, end - _TAIL)
    tail = os.pread(handle, end - start, start)
    if tail and not tail.endswith(b"\n"):
        end = start + tail.rfind(b"\n") + 1
        os.ftruncate(handle, end)
        tail = tail[: end - start]
    last = json.loads(tail.splitlines()[-1]) if tail else {"sequence": 0, "hash": START}
    line = _line(event, last)
    text = f"{canonical(line)}\n".encode()
    if os.write(handle, text) != len(text):
        os.ftruncate(handle, end)
        message = "no room for a whole line"
        raise OSError(message)
    os.fsync(handle)
    return Head(line["sequence"], line["hash"])


def _line(event: Event, last: Mapping[str, Any]) -> dict[str, Any]:
    filters = [*(event.filters or {}).items()][:MOST]
    body = asdict(event) | {
        "actor": _kept(event.actor),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "filters": {_kept(name): _kept(each) for name, each in filters},
        "object": _kept(event.object),
        "previous": last["hash"],
        "roles": [_kept(role) for role in event.roles[:MOST]],
        "sequence": last["sequence"] + 1,
    }
    return body | {"hash": of_text(canonical(body))}


def _kept(text: object) -> str:
    """What is kept of a text, part of which a reader may have chosen: a file's name, an address.

    Half of a surrogate pair cannot be written in UTF-8: it is spelled out.
    """
    return str(text)[:LONGEST].encode(errors="backslashreplace").decode()


def record_operator(folder: Path, action: Action, what: str, **filters: str) -> None:
    """Add an event for whoever runs a command on this machine; raises LogProblem."""
    actor = f"local:{getpass.getuser()}"
    append(folder, Event(action, actor, ("operator",), what, filters=filters))


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The events in their order; none where there is no log. A line that is none is left out."""
    return (event for line in _lines(folder) if (event := _event(line)) is not None)


def between(folder: Path, first: str, last: str) -> list[str]:
    """The lines of the days from `first` to `last`, as they stand, with each that is no event."""
    read_of = ((line, _event(line)) for line in _lines(folder))
    return [line for line, event in read_of if event is None or first <= event["at"][:10] <= last]


def _event(line: str) -> dict[str, Any] | None:
    """The event of a line; None where it lacks a field or has one of another kind."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    is_one = isinstance(event, dict) and all(
        isinstance(event.get(name), kind) for name, kind in _FIELDS.items()
    )
    return event if is_one else None


def whole_bytes(path: Path) -> int:
    """How many bytes of a log's file are whole events; later ones only add to them."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        end = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, end - _TAIL))
        return start + file.read(end - start).rfind(b"\n") + 1


def head(folder: Path) -> Head | None:
    """The last event's number and hash; None for a log without events."""
    last = next(iter([*read(folder)][-1:]), None)
    return Head(last["sequence"], last["hash"]) if last else None


def verify(folder: Path, anchors: Mapping[str, Head]) -> list[str]:
    """What is wrong with a log, one sentence each; empty when every line and anchor is right.

    `anchors` are the heads that releases carry, by the release's name.
    """
    found, hashes, previous = [], {}, START
    for number, line in enumerate(_lines(folder), start=1):
        try:
            event = dict(json.loads(line))
            body = {name: each for name, each in event.items() if name != "hash"}
            # A name that stands twice in a line is read once: the text itself must be the one.
            is_own = of_text(canonical(body)) == event["hash"] and canonical(event) == line
            is_next = event["sequence"] == number and event["previous"] == previous
            previous = str(event["hash"])
        except (ValueError, TypeError, KeyError):
            found.append(f"line {number} is no event")
            continue
        if not is_own:
            found.append(f"line {number} was changed: its hash is another")
        if not is_next:
            found.append(f"line {number} does not follow line {number - 1}: lines are gone or new")
        hashes[number] = previous
    found += _against(anchors, hashes)
    return found


def _against(anchors: Mapping[str, Head], hashes: Mapping[int, str]) -> Iterator[str]:
    for release, anchor in anchors.items():
        if anchor.sequence not in hashes:
            yield (
                f"release {release} was made when there were {anchor.sequence} events, and now"
                f" there are {len(hashes)}: the end of the log is gone"
            )
        elif hashes[anchor.sequence] != anchor.hash:
            yield f"line {anchor.sequence} is not the one that release {release} carries"


def _lines(folder: Path) -> list[str]:
    """Whole lines: anything after the last line feed was never acknowledged."""
    path = folder / NAME
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
