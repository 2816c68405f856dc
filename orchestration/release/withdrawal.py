"""Withdrawn releases: what was published by mistake stays on record, marked as such.

A release folder never changes, so the mark is in `withdrawn/<release>.json` next to the releases:
outside every hash, and kept when the release itself is pruned. The release before hands its marks
on, so that `dim_release` of every later release says which of its predecessors were withdrawn.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.storage import durable

FOLDER = "withdrawn"
BY_HAND, ENGINE_AT_FAULT = "by_hand", "engine_at_fault"


@dataclass(frozen=True)
class Withdrawal:
    """The record of one withdrawn release.

    `rule` is `by_hand` or the rule that found it; `withdrawn_at` ISO 8601 in UTC; `replaced_by` the
    release to use in its place, None while there is none.
    """

    release: str
    as_of: str
    programmes: list[str]
    why: str
    rule: str
    withdrawn_at: str
    replaced_by: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The record as its file holds it."""
        return asdict(self)


def _file(releases: Path, name: str) -> Path:
    return releases / FOLDER / f"{name}.json"


def _read(path: Path) -> Withdrawal:
    try:
        return Withdrawal(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        # The mark is the file itself: a release does not return to use because its record is
        # damaged.
        why = f"The record of why cannot be read: restore {path.name} from a backup."
        return Withdrawal(path.stem, path.stem[:10], [], why, BY_HAND, "")


def read(release: Path) -> Withdrawal | None:
    """The mark of a release by its folder, which may be gone; None when it was not withdrawn."""
    folder = release.resolve()
    path = _file(folder.parent, folder.name)
    return _read(path) if path.is_file() else None


def read_all(releases: Path) -> dict[str, Withdrawal]:
    """Every withdrawn release by name, those that were pruned among them."""
    return {path.stem: _read(path) for path in sorted((releases / FOLDER).glob("*.json"))}


def write(releases: Path, mark: Withdrawal) -> None:
    """Write the record of a withdrawn release."""
    path = _file(releases, mark.release)
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write_json(path, mark.as_dict())
