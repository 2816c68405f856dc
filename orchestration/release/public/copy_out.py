"""The copy for the public: the public folder of a release, and nothing else of it."""

import shutil
from pathlib import Path

from orchestration.release import tiers
from orchestration.release.current import read_manifest
from orchestration.release.damage import damage
from orchestration.release.decisions import (
    Approval,
    Decision,
    about,
    decided,
    put_on_record,
    refuse_alone,
)
from orchestration.release.withdrawal import read as read_withdrawal
from orchestration.storage import durable


class CannotPublish(ValueError):
    """Nothing was copied; the message says why and what to do."""


def _refuse_unfit(release: Path) -> None:
    """Raise CannotPublish where a release is damaged, withdrawn or publishes nothing."""
    if found := damage(release):
        raise CannotPublish(f"{release.name} is not what was released: {'; '.join(found[:3])}")
    if mark := read_withdrawal(release):
        raise CannotPublish(f"{release.name} was withdrawn: {mark.why}")
    said = read_manifest(release).get("disclosure", {})
    if said and not any(one["published"] for one in said.values()):
        dates = sorted(one["next_on"] for one in said.values() if one["next_on"])
        when = f" The next publication is from {dates[0]}." if dates else ""
        raise CannotPublish(
            f"{release.name} publishes nothing: it was made between two publications.{when}"
            " `bodyworn publish --correction WHY` publishes earlier"
        )


def propose(release: Path, by: str, why: str) -> Decision:
    """Put on record that somebody wants a release to be public.

    Raises CannotPublish where it cannot be, and CannotDecide without a name or a reason.
    """
    _refuse_unfit(release)
    return put_on_record(release.parent, release.name, release.name, "propose", by, why)


def approve(release: Path, by: str, why: str, approval: Approval) -> Decision:
    """Put on record that somebody other than the proposer agrees.

    Raises as `propose` does, and CannotDecide where nobody else proposed it.
    """
    _refuse_unfit(release)
    refuse_alone(about(release.parent, release.name), by, approval, "bodyworn publish --propose")
    return put_on_record(release.parent, release.name, release.name, "accept", by, why)


def copy_out(release: Path, target: Path, approval: Approval) -> list[Path]:
    """Copy the public files of a release into a folder that is new, empty, or an earlier copy.

    Returns the files. Raises CannotPublish where the release may not be public, or the folder holds
    something else.
    """
    _refuse_unfit(release)
    verdict = decided(release.parent, release.name)
    if approval == "two_people" and (verdict is None or verdict.verdict != "accept"):
        raise CannotPublish(
            f"{release.name} was not approved: one person proposes it with `bodyworn publish"
            " --propose`, another approves it with `bodyworn publish --approve`. A home in which"
            " one person works says `approval: one_person` in its home.yml"
        )
    names = [Path(name) for name in read_manifest(release)["public"]]
    _refuse_other_content(target, {name.name for name in names})
    making = target.with_name(f".{target.name}.making")
    if making.exists():
        shutil.rmtree(making)
    making.mkdir(parents=True)
    for name in names:
        if name.parent != Path(tiers.PUBLIC):
            raise CannotPublish(f"{name} is not in {tiers.PUBLIC}/: nothing was copied")
        shutil.copyfile(release / name, making / name.name)
    durable.sync_tree(making)
    if target.exists():
        shutil.rmtree(target)
    making.rename(target)
    return sorted(target.iterdir())


def _refuse_other_content(target: Path, names: set[str]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise CannotPublish(f"{target} is not a folder")
    known = {*names, "figures.csv", "datapackage.json", tiers.README}
    if other := sorted({path.name for path in target.iterdir()} - known):
        raise CannotPublish(f"{target} holds something else: {', '.join(other[:3])}. Name another")
