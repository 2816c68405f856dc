"""The swap: a candidate becomes a release in two renames, or is kept aside and the last one serves.

Whenever a run is killed, `current` points at a whole release: the candidate is on disk before it is
renamed to a name that never existed; then the link is replaced in one step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.release import tiers
from orchestration.release.audit.candidate_audit import errors
from orchestration.release.audit.table_checks import Finding
from orchestration.release.build import PREFIX, Candidate
from orchestration.release.current import LINK, current, parent, published
from orchestration.release.public import memory
from orchestration.storage import durable
from orchestration.storage.durable import sync

REFUSED = ".refused-"


class AuditFailed(RuntimeError):
    """The candidate was not published; the message lists why and where it is kept."""


@dataclass(frozen=True)
class PublishResult:
    """The release now being served, and whether this run made it."""

    release: Path
    is_new: bool
    sentence: str


def _refuse(candidate: Candidate, found: Sequence[Finding]) -> AuditFailed:
    releases = candidate.folder.parent
    for older in releases.glob(f"{REFUSED}*"):
        durable.remove_tree(older)
    aside = releases / f"{REFUSED}{candidate.run_id}"
    candidate.folder.rename(aside)
    sync(releases)
    serving = current(releases)
    still = f"{serving.name} still serves" if serving else "there is no release yet"
    reasons = "\n".join(f"- {finding.sentence}" for finding in found)
    return AuditFailed(f"Not released: the audit failed, {still}.\n{reasons}\nKept in {aside}")


def _rename(candidate: Candidate) -> Path:
    """Give the candidate its final name, unless a release with this content has it already."""
    releases = candidate.folder.parent
    final = releases / str(candidate.manifest["release"])
    if final.exists() and tiers.purged_on(final):
        durable.remove_tree(final)
        durable.remove(tiers.purge_file(final))
    if final.exists():
        durable.remove_tree(candidate.folder)
    else:
        tiers.close(candidate.folder)
        durable.sync_tree(candidate.folder)
        candidate.folder.rename(final)
        sync(releases)
    return final


def swap(release: Path) -> None:
    """Point `current` at a release in its folder, in one step."""
    releases = release.parent
    temporary = releases / f".{LINK}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(release.name)
    temporary.replace(releases / LINK)
    sync(releases)


def publish(candidate: Candidate, findings: Sequence[Finding]) -> PublishResult:
    """Serve the candidate. Raises AuditFailed when a finding is an error.

    If the release being served has the same content, nothing is made and the result says so.
    """
    stopping = errors(findings)
    if stopping:
        raise _refuse(candidate, stopping)
    serving = current(candidate.folder.parent)
    release = _rename(candidate)
    if serving and serving.name == release.name:
        memory.append(release)
        return PublishResult(
            release, is_new=False, sentence=f"Nothing new: {release.name} has the same content."
        )
    swap(release)
    memory.append(release)
    noted = f", warnings: {len(findings)}" if findings else ""
    return PublishResult(release, is_new=True, sentence=f"Released {release.name}{noted}.")


@dataclass(frozen=True)
class Pruned:
    """Names of the releases that stay and of those that go, oldest first."""

    kept: list[str]
    removed: list[str]


def choose_removable(releases: Path, keep: int) -> Pruned:
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
    """Remove what `choose_removable` names, and what refused or interrupted runs left behind.

    Not while a run is under way: its candidate would be taken for a leftover.
    """
    chosen = choose_removable(releases, keep)
    for name in chosen.removed:
        durable.remove_tree(releases / name)
    for prefix in (PREFIX, REFUSED):
        for left in releases.glob(f"{prefix}*"):
            durable.remove_tree(left)
    for left in releases.glob(".removed-*"):
        durable.finish_removal(left)
    return chosen
