"""A home in one file, and a home out of one: what no run can make again, each file with its hash.

Keys are kept apart: with the landed files they would undo every pseudonym, so they have a backup of
their own.
"""

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration import paths
from orchestration.ingestion.landing.home_settings import read_home_settings
from orchestration.release.current import LINK
from orchestration.release.publish import swap
from orchestration.steps.lock import run_lock
from orchestration.storage import durable
from orchestration.storage.hashes import canonical, of_file

LISTING = "backup.json"
MADE_AGAIN = {"quarantine", "derived", "warehouse", "dbt", "dagster", "logs", "run.lock"}
"""What the next run makes anew."""
FROM_LANDING = {"raw", "set_aside"}
"""What it makes anew where landing is kept."""
KEYS = "keys"


class CannotBackUp(ValueError):
    """Nothing was written or restored; the message says why."""


@dataclass(frozen=True)
class BackupReport:
    """How many files and bytes a backup holds, and the release that it serves."""

    files: int
    size: int
    release: str | None


def back_up(target: Path, *, keys: bool = False) -> BackupReport:
    """Write the home, or its keys alone, into a file that is there whole or not at all.

    No run changes the home meanwhile: raises RunUnderWay where one does. Raises CannotBackUp where
    the file is there already, or there is nothing to keep.
    """
    if target.exists():
        raise CannotBackUp(f"{target} is there already: a backup is never written over another")
    with run_lock():
        files = list(_files(keys=keys))
        if not files:
            raise CannotBackUp(f"{paths.home()} holds nothing that a backup would keep")
        listing: dict[str, Any] = {
            "files": {name: [path.stat().st_size, of_file(path)] for name, path in files},
            "current": None if keys else _serving(),
        }
        _write(target, listing, files)
    sizes = [size for size, _ in listing["files"].values()]
    return BackupReport(len(sizes), sum(sizes), listing["current"])


def restore(source: Path) -> BackupReport:
    """Put a backup into the home, which must hold no file but keys; for keys, no key.

    Folders that were made ready for it, without files, are used. Every file is compared with its
    hash first in a folder beside its place. Raises CannotBackUp where one differs, is missing or
    is not listed; the home is then as it was.
    """
    paths.home().mkdir(parents=True, exist_ok=True)
    making = paths.home() / ".restoring"
    with run_lock():
        listing = _read_listing(source)
        _refuse_full(listing)
        if making.exists():
            durable.remove_tree(making)
        making.mkdir(mode=0o700)
        try:
            try:
                _unpack(source, listing, making)
            except (OSError, tarfile.TarError) as error:
                raise CannotBackUp(f"{source} cannot be read to its end: {error}") from error
            for name in sorted({PurePosixPath(name).parts[0] for name in listing["files"]}):
                if name == KEYS:
                    _bring_keys(making / name)
                else:
                    _bring(making / name, paths.home() / name)
        finally:
            durable.remove_tree(making)
        if listing["current"]:
            swap(paths.releases() / listing["current"])
    sizes = [size for size, _ in listing["files"].values()]
    return BackupReport(len(sizes), sum(sizes), listing["current"])


def _files(*, keys: bool) -> Iterator[tuple[str, Path]]:
    """Name in the backup and path of each file that is kept."""
    if keys:
        yield from _below(paths.keys(), KEYS)
        return
    is_emptied = read_home_settings().landing == "emptied"
    left_out = {*MADE_AGAIN, KEYS, *(() if is_emptied else FROM_LANDING)}
    for path in sorted(paths.home().iterdir()):
        if path.name not in left_out and not path.name.startswith("."):
            yield from _below(path, path.name)
    if paths.landing().parent != paths.home():
        yield from _below(paths.landing(), "landing")


def _below(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    if path.is_file() and not path.is_symlink():
        yield name, path
    elif path.is_dir() and not path.is_symlink():
        for inside, folders, files in os.walk(path):
            folders.sort()
            for file in sorted(files):
                found = Path(inside) / file
                if found.is_file() and not found.is_symlink():
                    yield f"{name}/{found.relative_to(path).as_posix()}", found


def _serving() -> str | None:
    link = paths.releases() / LINK
    return link.resolve().name if link.exists() else None


def _write(target: Path, listing: dict[str, Any], files: list[tuple[str, Path]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_name(target.name + durable.UNFINISHED)
    try:
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        # A file with two names, as releases have them, is written twice: a restore takes no links.
        with (
            os.fdopen(handle, "wb") as out,
            tarfile.open(fileobj=out, mode="w", dereference=True) as tar,
        ):
            text = canonical(listing).encode()
            head = tarfile.TarInfo(LISTING)
            head.size = len(text)
            tar.addfile(head, BytesIO(text))
            for name, path in files:
                tar.add(path, name, recursive=False)
        durable.sync(making)
        durable.move(making, target)
    finally:
        making.unlink(missing_ok=True)


def _read_listing(source: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            head = tar.next()
            file = tar.extractfile(head) if head and head.name == LISTING else None
            listing = json.loads(file.read()) if file else {}
    except (OSError, tarfile.TarError, ValueError) as error:
        raise CannotBackUp(f"{source} cannot be read: {error}") from error
    if not isinstance(listing, dict) or listing.keys() != {"files", "current"}:
        raise CannotBackUp(f"{source} is no backup of a home: its first part is not {LISTING}")
    return listing


def _refuse_full(listing: dict[str, Any]) -> None:
    """A restore never mixes with what is there."""
    is_of_keys = all(name.startswith(f"{KEYS}/") for name in listing["files"])
    if is_of_keys:
        there = [each for each in [paths.keys()] if _holds_files(each)]
    else:
        spared = {KEYS, "run.lock"}
        there = [
            each
            for each in paths.home().iterdir()
            if each.name not in spared and not each.name.startswith(".") and _holds_files(each)
        ]
    if there:
        named = ", ".join(sorted(each.name for each in there)[:5])
        raise CannotBackUp(f"{paths.home()} is not empty ({named}): restore into an empty home")


def _holds_files(path: Path) -> bool:
    """Whether anything is there that a folder made ready for a home would not hold."""
    if path.is_symlink() or not path.is_dir():
        return path.is_symlink() or path.exists()
    return any(not each.is_dir() or each.is_symlink() for each in path.rglob("*"))


def _bring(made: Path, place: Path) -> None:
    """Put a part of the home into its place, where folders without files may be."""
    if place.is_dir():
        durable.remove_tree(place)
    durable.move(made, place)


def _bring_keys(made: Path) -> None:
    """Copy the keys into their folder: it may lie on another disk, or in a folder of root's."""
    paths.keys().mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in sorted(each for each in made.rglob("*") if each.is_file()):
        place = paths.keys() / file.relative_to(made)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(file.read_bytes())
            out.flush()
            os.fsync(out.fileno())
        durable.sync(place.parent)


def _unpack(source: Path, listing: dict[str, Any], into: Path) -> None:
    """The listed files, each with its hash; nothing else, and nothing outside the folder."""
    left = dict(listing["files"])
    with tarfile.open(source) as tar:
        for member in tar:
            if member.name == LISTING:
                continue
            if member.name not in left or not member.isreg():
                raise CannotBackUp(f"{source} holds {member.name}, which its list does not")
            _, claimed = left.pop(member.name)
            _take_out(tar, member, into)
            if of_file(into / member.name) != claimed:
                raise CannotBackUp(f"{source}: {member.name} is not what was backed up")
    if left:
        raise CannotBackUp(f"{source}: {len(left)} files are missing, among them {min(left)}")


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """One file of the backup, in its place below the folder.

    The filters of `tarfile` came with Python 3.11.4, and distributions have older ones.
    """
    place = (into / member.name).resolve()
    if not place.is_relative_to(into.resolve()):
        raise CannotBackUp(f"{member.name} would lie outside of {into}")
    place.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise CannotBackUp(f"{member.name} cannot be read")
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
    place.chmod(member.mode & 0o777)
