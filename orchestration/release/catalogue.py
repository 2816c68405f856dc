"""The releases that are kept: one line each, or one in full."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.release.current import current, published, read_manifest, read_run


@dataclass(frozen=True)
class Entry:
    """A release as `release list` shows it; `finished` is the clock of its run, in UTC."""

    release: str
    is_current: bool
    as_of: str
    finished: str
    programmes: list[str]
    files: int
    tables: int
    tests: dict[str, int]
    parent: str | None

    def as_dict(self) -> dict[str, Any]:
        """The entry for a program to read."""
        return asdict(self)


def entry(release: Path, serving: Path | None) -> Entry:
    """One release in short."""
    made = read_manifest(release)
    return Entry(
        release=release.name,
        is_current=release.resolve() == serving,
        as_of=made["as_of"],
        finished=str(read_run(release).get("finished", "")),
        programmes=made["programmes"],
        files=len(made["inputs"]),
        tables=len(made["outputs"]),
        tests=made["tests"]["counts"],
        parent=made["parent"],
    )


def list_releases(releases: Path) -> list[Entry]:
    """Every release that is kept, newest first."""
    serving = current(releases)
    return [entry(release, serving) for release in reversed(published(releases))]
