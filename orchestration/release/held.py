"""Candidates that wait for a person, and what people decided about them.

A candidate that would lose much of what is published is kept whole in `releases/.held-<run>`, with
`held.json` beside its tables. Who proposes, accepts or rejects it is recorded; a decision applies
to exactly the files it was about.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.release.decisions import (
    Approval,
    CannotDecide,
    Decision,
    Verdict,
    about,
    put_on_record,
    refuse_alone,
)
from orchestration.storage import durable
from orchestration.storage.hashes import canonical, of_text

PREFIX = ".held-"
RECORD = "held.json"


@dataclass(frozen=True)
class Held:
    """What is waiting for one programme: why, and how it is recognised when it comes again.

    `run_id` is the run that built it; `landing` and `as_of` are what that run loaded and its date.
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


def fingerprint(programme: str, manifest: Mapping[str, Any]) -> str:
    """What identifies a held programme: the files that its new figures are made from."""
    files = sorted(
        [one["source_name"], one["table_name"], one["file_hash"], one["load_status"]]
        for one in manifest["inputs"]
        if one["programme_id"] == programme
    )
    return of_text(canonical([programme, files]))


def keep(candidate: Path, held: Sequence[Held]) -> Path:
    """Put a candidate aside with what is held of it; one that was held before is removed."""
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
    """What is waiting for a person now, by programme."""
    found = [
        Held(**(one | {"why": tuple(one["why"])}))
        for record in sorted(releases.glob(f"{PREFIX}*/{RECORD}"))
        for one in json.loads(record.read_text("utf-8"))
    ]
    return sorted(found, key=lambda one: one.programme)


def decide(
    releases: Path,
    programme: str,
    verdict: Verdict,
    by: str,
    why: str,
    approval: Approval = "two_people",
) -> Decision:
    """Put a decision about a held programme on record.

    Raises CannotDecide when it is not waiting, without a name or a reason, and where nobody else
    proposed what is accepted.
    """
    held = {one.programme: one for one in waiting(releases)}
    if programme not in held:
        names = ", ".join(held) or "nothing"
        raise CannotDecide(f"{programme} does not wait for a decision. What waits: {names}.")
    mark = held[programme].fingerprint
    if verdict == "accept":
        how = f"bodyworn release propose {programme}"
        refuse_alone(about(releases, mark), by, approval, how)
    made = put_on_record(releases, programme, mark, verdict, by, why)
    if verdict == "reject":
        _drop(releases, programme)
    return made


def _drop(releases: Path, programme: str) -> None:
    """Remove a programme from what is held; with the last one the candidate is removed."""
    rest = [one for one in waiting(releases) if one.programme != programme]
    if not rest:
        clear(releases)
    for record in releases.glob(f"{PREFIX}*/{RECORD}"):
        durable.write_json(record, [one.as_dict() for one in rest])
