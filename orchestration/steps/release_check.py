"""What every run makes sure of before it begins: releases are whole, and nothing is forgotten."""

from orchestration import paths
from orchestration.release import tiers
from orchestration.release.current import published
from orchestration.release.damage import refuse_damaged
from orchestration.release.public import memory
from orchestration.steps.status import read_status


def check_releases() -> list[str]:
    """Put right what can be put right, a lost `current` with a sentence that says so.

    Releases made before there were tiers are laid out by tier. Raises DamagedRelease where the
    release being served is damaged, releases are gone, or the memory of what was published is not
    the one that it knows: what could be worked out from a release without it cannot be taken back.
    """
    for release in published(paths.releases()):
        if tiers.is_earlier(release):
            tiers.lay_out(release)
    success = read_status().get("success") or {}
    pointed = refuse_damaged(paths.releases(), success.get("release"))
    memory.refuse_forgotten(paths.releases())
    return [pointed] if pointed else []
