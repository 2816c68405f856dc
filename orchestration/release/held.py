"""Candidates that wait for a person, and what people decided about them.

A candidate that would lose much of what is published is kept whole in `releases/.held-<run>`, with
`held.json` beside its tables. Whoever accepts or rejects it is on record in `releases/decisions`;
a decision holds for exactly the files it was about.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.storage import durable
from orchestration.storage.hashes import canonical, of_text

PREFIX = ".held-"
RECORD = "held.json"
DECISIONS = "decisions"
Verdict = Literal["accept", "reject"]


class CannotDecide(ValueError):
    """Nothing was decided; the message says why and what can be."""


@dataclass(frozen=True)
class Held:
    """What waits of one programme: why, and what it is recognised by when it comes again.

    `run_id` is the run that built it, `landing` and `as_of` what that run was about.
    """

    programme: str
    why: tuple[str, ...]
    fingerprint: str
    run_id: str
    as_of: str
    landing: str

    def as_dict(self) -> dict[str, Any]:
        """For reports and files."""
        return asdict(self) | {"why": list(self.why)}


@dataclass(frozen=True)
class Decision:
    """Who decided what about a held programme, when (ISO 8601 in UTC) and why."""

    programme: str
    fingerprint: str
    verdict: Verdict
    by: str
    why: str
    decided_at: str

    def as_dict(self) -> dict[str, Any]:
        """For reports and files."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """The decision in words."""
        done = "accepted" if self.verdict == "accept" else "rejected"
        return f"{done.capitalize()} by {self.by} on {self.decided_at[:10]}: {self.why}"


def fingerprint(programme: str, manifest: Mapping[str, Any]) -> str:
    """What a held programme is recognised by: the files that its new figures are made from."""
    files = sorted(
        [one["source_name"], one["table_name"], one["file_hash"], one["load_status"]]
        for one in manifest["inputs"]
        if one["programme_id"] == programme
    )
    return of_text(canonical([programme, files]))


def keep(candidate: Path, held: Sequence[Held]) -> Path:
    """Put a candidate aside with what is held of it; one that was held before gives way."""
    releases = candidate.parent
    clear(releases)
    durable.write_json(candidate / RECORD, [one.as_dict() for one in held])
    aside = releases / f"{PREFIX}{held[0].run_id}"
    candidate.rename(aside)
    durable.sync(releases)
    return aside


def clear(releases: Path) -> None:
    """Remove what is held: it was published, rejected, or another candidate took its place."""
    for folder in releases.glob(f"{PREFIX}*"):
        durable.remove_tree(folder)


def waiting(releases: Path) -> list[Held]:
    """What waits for a person now, by programme."""
    found = [
        Held(**(one | {"why": tuple(one["why"])}))
        for record in sorted(releases.glob(f"{PREFIX}*/{RECORD}"))
        for one in json.loads(record.read_text("utf-8"))
    ]
    return sorted(found, key=lambda one: one.programme)


def decisions(releases: Path) -> list[Decision]:
    """Every decision, oldest first."""
    files = sorted((releases / DECISIONS).glob("*.json"))
    return [Decision(**json.loads(path.read_text("utf-8"))) for path in files]


def decided(releases: Path, mark: str) -> Decision | None:
    """The last decision about what has this fingerprint; None when nobody decided yet."""
    about = [one for one in decisions(releases) if one.fingerprint == mark]
    return about[-1] if about else None


def decide(releases: Path, programme: str, verdict: Verdict, by: str, why: str) -> Decision:
    """Put a decision about a held programme on record.

    Raises CannotDecide when it does not wait, or without a name or a reason.
    """
    held = {one.programme: one for one in waiting(releases)}
    if programme not in held:
        names = ", ".join(held) or "nothing"
        raise CannotDecide(f"{programme} does not wait for a decision. What waits: {names}.")
    if not by.strip() or not why.strip():
        raise CannotDecide("A decision needs --by, who decides, and --why, the reason.")
    at = datetime.now(UTC)
    reason = f"{why.strip().rstrip('.')}."
    made = Decision(
        programme,
        held[programme].fingerprint,
        verdict,
        by.strip(),
        reason,
        at.isoformat(timespec="seconds"),
    )
    name = f"{at:%Y%m%dT%H%M%S%f}-{programme}.json"
    durable.write_json(releases / DECISIONS / name, made.as_dict())
    if verdict == "reject":
        _drop(releases, programme)
    return made


def _drop(releases: Path, programme: str) -> None:
    """Take a programme from what is held; with the last one the candidate goes."""
    rest = [one for one in waiting(releases) if one.programme != programme]
    if not rest:
        clear(releases)
    for record in releases.glob(f"{PREFIX}*/{RECORD}"):
        durable.write_json(record, [one.as_dict() for one in rest])
