"""Superseded releases after an erasure: only their public part is kept.

Of a purged release `internal/` and `restricted/` are gone, and `releases/purged/` says since when.
Its public files, its manifest and its run stay byte for byte, so that `verify` still works for what
readers have. Its tables can no longer be compared, served or reproduced.
"""

from collections.abc import Collection
from pathlib import Path

from orchestration.release import tiers
from orchestration.release.build import PREFIX, carried_in
from orchestration.release.current import current, published, read_manifest, unreadable
from orchestration.release.damage import DAMAGED
from orchestration.release.publish import REFUSED
from orchestration.storage import durable

REMOVED = ".removed-*"


class StillNeeded(RuntimeError):
    """A superseded release cannot be purged yet; the message says why and what to do."""


def purge_superseded(releases: Path, programmes: Collection[str], on: str) -> list[str]:
    """Purge every release of these programmes but the one being served; returns their names.

    Leftovers of runs that are not releases are removed too. Raises StillNeeded where the release
    being served carries figures from one of them. An interrupted purge is finished.
    """
    serving = current(releases)
    if serving is None:
        return []
    doomed = [
        release
        for release in published(releases)
        if release.resolve() != serving and _is_of(release, programmes)
    ]
    _refuse_needed(releases, serving, doomed, programmes)
    for aside in (DAMAGED, REFUSED, PREFIX):
        for folder in releases.glob(f"{aside}*"):
            durable.remove_tree(folder)
    for left in [*releases.glob(REMOVED), *releases.glob(f"*/{REMOVED}")]:
        durable.finish_removal(left)
    there = [release for release in doomed if _has_tables(release)]
    for release in there:
        _purge(release, on)
    return [release.name for release in there]


def _refuse_needed(
    releases: Path, serving: Path, doomed: Collection[Path], programmes: Collection[str]
) -> None:
    carried = {one.programme: one.release for one in carried_in(read_manifest(serving), releases)}
    needed = [name for name, at in carried.items() if at in doomed or name in programmes]
    if needed:
        raise StillNeeded(
            f"{', '.join(sorted(needed))}: the release being served carries figures of an earlier"
            " one, because new ones wait for a decision or could not be made (`bodyworn release"
            " held`). Decide, then run again"
        )


def _has_tables(release: Path) -> bool:
    return any((release / tier).exists() for tier in (tiers.INTERNAL, tiers.RESTRICTED))


def _is_of(release: Path, programmes: Collection[str]) -> bool:
    """Whether a release may hold one of the programmes: one that cannot be read may."""
    if unreadable(release):
        return True
    return not set(programmes).isdisjoint(read_manifest(release)["programmes"])


def _purge(release: Path, on: str) -> None:
    """The mark comes first: a half-purged release is then never mistaken for a damaged one."""
    mark = tiers.purge_file(release)
    if not mark.is_file():
        durable.write_json(mark, {"release": release.name, "on": on})
    for tier in (tiers.INTERNAL, tiers.RESTRICTED):
        if (release / tier).exists():
            durable.remove_tree(release / tier)
