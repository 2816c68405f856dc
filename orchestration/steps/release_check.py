"""What every run checks before it begins: releases are whole, and nothing is forgotten."""

from orchestration import paths
from orchestration.release import tiers
from orchestration.release.current import published
from orchestration.release.damage import refuse_damaged
from orchestration.release.public import memory
from orchestration.steps.status import read_status


def check_releases() -> list[str]:
    """Repair what can be repaired; a sentence says if `current` was lost.

    Releases from before there were tiers are moved into tiers. Raises DamagedRelease where the
    release being served is damaged, releases are gone, or the memory of what was published is not
    the one that it knows: a release made without it could reveal what cannot be taken back.
    """
    for release in published(paths.releases()):
        if tiers.is_earlier(release):
            tiers.lay_out(release)
    success = read_status().get("success") or {}
    pointed = refuse_damaged(paths.releases(), success.get("release"))
    memory.refuse_forgotten(paths.releases())
    return [pointed] if pointed else []
