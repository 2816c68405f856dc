"""Which release is being served, and how to open it.

`releases/current` is a symbolic link to a folder whose name is never reused for other content.
Readers resolve it once and keep the real path: what they opened stays complete when the link moves.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import manifest, tiers
from orchestration.release.database import NAME as DATABASE
from orchestration.release.withdrawal import Withdrawal
from orchestration.release.withdrawal import read as read_withdrawal

LINK = "current"


NEEDED = {"release", "as_of", "programmes", "inputs", "outputs", "tests", "parent"}
"""Keys without which a manifest says nothing about its release."""


class DamagedRelease(ValueError):
    """A release that cannot be read or served; the message says what is damaged and what to do."""


class NoRelease(LookupError):
    """There is no such release; the message says which there are or what to do."""


def current(releases: Path) -> Path | None:
    """Real path of the release being served, or None before the first."""
    link = releases / LINK
    return link.resolve() if link.exists() else None


def published(releases: Path) -> list[Path]:
    """Folders of all published releases, oldest first by the time they were finished."""
    folders = releases.glob("[!.]*/" + manifest.NAME)
    real = [path.parent for path in folders if not path.parent.is_symlink()]
    return sorted(real, key=lambda path: (str(read_run(path).get("finished", "")), path.name))


def find(releases: Path, name: str) -> Path:
    """The release called `name`: an id, the start of one, `current` or `parent`.

    Raises NoRelease when none or several fit.
    """
    if not name.strip():
        fits = []
    elif name == LINK:
        fits = [path for path in [current(releases)] if path]
    elif name == "parent":
        fits = [path for path in [parent(releases)] if path]
    else:
        fits = [path for path in published(releases) if path.name.startswith(name)]
    if len(fits) == 1:
        return fits[0]
    known = ", ".join(path.name for path in published(releases)) or "none; `bodyworn run` makes one"
    problem = "fits several releases" if fits else "is not a release"
    message = f"'{name}' {problem}. There are: {known}"
    raise NoRelease(message)


def parent(releases: Path) -> Path | None:
    """The release that the current one replaced, if it is still kept."""
    serving = current(releases)
    name = read_manifest(serving)["parent"] if serving else None
    folder = releases / name if name else None
    return folder if folder and folder.is_dir() else None


def read_manifest(release: Path) -> dict[str, Any]:
    """The release's manifest; raises DamagedRelease where it is missing, cut off or invalid."""
    name = f"{manifest.NAME} of {release.name}"
    try:
        made = json.loads((release / manifest.NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is cut off or changed"
        raise DamagedRelease(f"{name} cannot be read: {reason}") from error
    if not isinstance(made, dict) or not made.keys() >= NEEDED:
        raise DamagedRelease(f"{name} is no manifest: parts of it are missing")
    return made


def read_run(release: Path) -> dict[str, Any]:
    """The clocks of the run that made the release; empty when the file is gone or damaged."""
    try:
        return dict(json.loads((release / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """The release's `marts.duckdb`, opened read-only by its real path."""
    return duckdb.connect(tiers.internal(release.resolve()) / DATABASE, read_only=True)


@dataclass(frozen=True)
class ReleaseSummary:
    """A release as `release list` shows it; `finished` is when its run ended, in UTC."""

    release: str
    is_current: bool
    as_of: str
    finished: str
    programmes: list[str]
    files: int
    tables: int
    tests: dict[str, int]
    parent: str | None
    withdrawn: Withdrawal | None
    purged_on: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The entry for a program to read."""
        return asdict(self)


def summarise(release: Path, serving: Path | None) -> ReleaseSummary:
    """What `release list` shows of one release."""
    made = read_manifest(release)
    return ReleaseSummary(
        release=release.name,
        is_current=release.resolve() == serving,
        as_of=made["as_of"],
        finished=str(read_run(release).get("finished", "")),
        programmes=made["programmes"],
        files=len(made["inputs"]),
        tables=len(made["outputs"]),
        tests=made["tests"]["counts"],
        parent=made["parent"],
        withdrawn=read_withdrawal(release),
        purged_on=tiers.purged_on(release),
    )


def list_releases(releases: Path) -> list[ReleaseSummary]:
    """Every release that is kept and can be read, newest first."""
    serving = current(releases)
    found = []
    for release in reversed(published(releases)):
        with suppress(DamagedRelease):
            found.append(summarise(release, serving))
    return found


def unreadable(release: Path) -> str | None:
    """Why a release cannot be described; None where its manifest can be read."""
    try:
        read_manifest(release)
    except DamagedRelease as problem:
        return str(problem)
    return None
