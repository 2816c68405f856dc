"""What people decided about releases: proposed by one, approved by another, and kept on record.

A release for the public and a candidate that is held are handled alike: somebody proposes it with a
reason, and somebody else accepts it. A home in which one person works says so in its settings.
`releases/decisions` holds a file for each step; a decision applies to exactly what it was about.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from orchestration.storage import durable

FOLDER = "decisions"
Verdict = Literal["propose", "accept", "reject"]
Approval = Literal["two_people", "one_person"]
DONE = {"propose": "Proposed", "accept": "Accepted", "reject": "Rejected"}
ALONE = "A home in which one person works says `approval: one_person` in its home.yml."


class CannotDecide(ValueError):
    """Nothing was decided; the message says why and what is possible."""


@dataclass(frozen=True)
class Decision:
    """Who decided what, when (ISO 8601 in UTC) and why.

    `about` is the programme that is held or the release that is to be public, `fingerprint` what
    exactly it was about.
    """

    about: str
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
        return f"{DONE[self.verdict]} by {self.by} on {self.decided_at[:10]}: {self.why}"


def decisions(releases: Path) -> list[Decision]:
    """Every decision, oldest first."""
    files = sorted((releases / FOLDER).glob("*.json"))
    return [_read(json.loads(path.read_text("utf-8"))) for path in files]


def _read(found: dict[str, Any]) -> Decision:
    # Records from before releases were approved name what they are about `programme`.
    about = found.pop("programme", None) or found.pop("about")
    return Decision(about=about, **found)


def about(releases: Path, fingerprint: str) -> list[Decision]:
    """Every decision about what has this fingerprint, oldest first."""
    return [one for one in decisions(releases) if one.fingerprint == fingerprint]


def decided(releases: Path, fingerprint: str) -> Decision | None:
    """The last verdict about what has this fingerprint; None while there is only a proposal."""
    verdicts = [one for one in about(releases, fingerprint) if one.verdict != "propose"]
    return verdicts[-1] if verdicts else None


def put_on_record(
    releases: Path, what: str, fingerprint: str, verdict: Verdict, by: str, why: str
) -> Decision:
    """Write a decision down. Raises CannotDecide without a name or a reason."""
    if not by.strip() or not why.strip():
        raise CannotDecide("A decision needs --by, who decides, and --why, the reason.")
    at = datetime.now(UTC)
    reason = f"{why.strip().rstrip('.')}."
    stamp = at.isoformat(timespec="seconds")
    made = Decision(what, fingerprint, verdict, " ".join(by.split()), reason, stamp)
    durable.write_json(releases / FOLDER / f"{at:%Y%m%dT%H%M%S%f}-{what}.json", made.as_dict())
    return made


def refuse_alone(made: Sequence[Decision], by: str, approval: Approval, how: str) -> None:
    """Raise CannotDecide where what somebody accepts was not proposed by somebody else.

    `made` are the decisions about it so far, `how` the command that proposes it.
    """
    if approval == "one_person":
        return
    proposed = [one for one in made if one.verdict == "propose"]
    if not proposed:
        raise CannotDecide(
            f"Nobody has proposed it yet: one person does with `{how}`, another accepts. {ALONE}"
        )
    if all(_one_name(one.by) == _one_name(by) for one in proposed):
        raise CannotDecide(f"{proposed[-1].by} proposed it: another person accepts it. {ALONE}")


def _one_name(name: str) -> str:
    return " ".join(name.split()).casefold()
