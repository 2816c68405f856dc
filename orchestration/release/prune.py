"""Old releases make room; what is served and what it is compared with stay.

Kept are the release being served, the one it replaced (`release diff` compares the two, and a page
opened before the swap may still be reading it), and the newest `keep` releases.
"""

from dataclasses import dataclass
from pathlib import Path

from orchestration.release import durable
from orchestration.release.build import PREFIX
from orchestration.release.current import current, parent, published
from orchestration.release.publish import REFUSED


@dataclass(frozen=True)
class Pruned:
    """Names of the releases that stay and of those that go, oldest first."""

    kept: list[str]
    removed: list[str]


def choose(releases: Path, keep: int) -> Pruned:
    """Which releases would stay and go. Raises ValueError unless `keep` is 1 or more."""
    if keep < 1:
        message = f"--keep {keep} would leave no release: give 1 or more"
        raise ValueError(message)
    ordered = [path.name for path in published(releases)]
    always = {path.name for path in (current(releases), parent(releases)) if path}
    staying = always.union(ordered[-keep:])
    return Pruned(
        kept=[name for name in ordered if name in staying],
        removed=[name for name in ordered if name not in staying],
    )


def prune(releases: Path, keep: int) -> Pruned:
    """Remove what `choose` lets go, and what refused or interrupted runs left behind.

    Not while a run is under way: its candidate would be taken for a leftover.
    """
    chosen = choose(releases, keep)
    for name in chosen.removed:
        durable.remove_tree(releases / name)
    for prefix in (PREFIX, REFUSED):
        for left in releases.glob(f"{prefix}*"):
            durable.remove_tree(left)
    for left in releases.glob(".removed-*"):
        durable.finish_removal(left)
    return chosen
