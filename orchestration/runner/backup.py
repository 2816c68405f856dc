"""Backing up a home into one file, and restoring it: what no run can make again, with hashes.

Keys are kept separately: together with the landed files they would undo every pseudonym, so they
have a backup of their own.
"""

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

from orchestration import paths
from orchestration.access import audit_log
from orchestration.ingestion.landing.home_settings import read_home_settings
from orchestration.release.current import LINK
from orchestration.release.publish import swap
from orchestration.steps.lock import run_lock
from orchestration.storage import durable
from orchestration.storage.hashes import BLOCK, canonical, of_file

LISTING = paths.restoring().name
MADE_AGAIN = {"quarantine", "derived", "warehouse", "dbt", "dagster", "logs", "run.lock"}
"""What the next run makes again."""
FROM_LANDING = {"raw", "set_aside"}
"""What it makes again where landing is kept."""
KEYS = "keys"


class CannotBackUp(ValueError):
    """Nothing was written or restored; the message says why."""


@dataclass(frozen=True)
class BackupReport:
    """How many files and bytes a backup holds, and the release that it serves.

    `links` are those that it leaves out: they lead out of their folder, or to a folder.
    """

    files: int
    size: int
    release: str | None
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Kept:
    """A file as it is listed: what is written later must be the same bytes."""

    name: str
    path: Path
    size: int
    hash: str
    changed: int
    """When it was last written to, in nanoseconds."""


def back_up(target: Path, *, keys: bool = False) -> BackupReport:
    """Write the home, or its keys alone, into a file that is complete or not there at all.

    No run changes the home meanwhile: raises RunUnderWay where one does. Pages may be read, and add
    to the audit log; what it held at the beginning is kept. Raises CannotBackUp where the file is
    there already, there is nothing to keep, or a file was written to before it was copied.
    """
    if target.exists():
        raise CannotBackUp(f"{target} is there already: a backup is never written over another")
    with run_lock():
        try:
            found = list(_files(keys=keys))
            files = [_listed(name, path) for name, path in found if path]
            if not files:
                raise CannotBackUp(f"{paths.home()} holds nothing that a backup would keep")
            listing: dict[str, Any] = {
                "files": {each.name: [each.size, each.hash] for each in files},
                "current": None if keys else _serving(),
            }
            _write(target, listing, files)
        except OSError as error:
            raise CannotBackUp(f"no backup was written: {error}") from error
    links = tuple(name for name, path in found if path is None)
    return BackupReport(len(files), sum(each.size for each in files), listing["current"], links)


def restore(source: Path) -> BackupReport:
    """Put a backup into the home, which must hold no file but keys; for keys, no key.

    Folders that were made ready for it, without files, are used. Every file is compared with its
    hash first in a folder beside its place. Raises CannotBackUp where one differs, is missing or
    is not listed; the home is then as it was. Where it stops later, nothing else works in the home
    until the same backup is restored again, which finishes it.
    """
    paths.home().mkdir(parents=True, exist_ok=True)
    making = paths.restoring().parent
    with run_lock(restores=True):
        listing = _read_listing(source)
        if not _was_begun(source, listing):
            _refuse_full(listing)
            _unpack_whole(source, listing, making)
        for part in sorted(making.iterdir()):
            if part.name == KEYS:
                _bring_keys(part)
            elif part.name != LISTING:
                _bring(part, paths.home() / part.name)
        if listing["current"]:
            swap(paths.releases() / listing["current"])
        durable.remove_tree(making)
    sizes = [size for size, _ in listing["files"].values()]
    return BackupReport(len(sizes), sum(sizes), listing["current"])


def _was_begun(source: Path, listing: dict[str, Any]) -> bool:
    """Whether this backup was found whole and stopped on its way into the home."""
    begun = paths.restoring()
    if not begun.exists():
        return False
    if begun.read_text(encoding="utf-8").strip() != canonical(listing):
        raise CannotBackUp(
            f"another backup than {source} was restored halfway: restore that one again, or empty"
            f" {paths.home()}"
        )
    return True


def _unpack_whole(source: Path, listing: dict[str, Any], making: Path) -> None:
    """All files of a backup in a folder of their own; nothing of it is left where one is wrong."""
    if making.exists():
        durable.remove_tree(making)
    making.mkdir(mode=0o700)
    try:
        _unpack(source, listing, making)
        durable.sync_tree(making)
        durable.write_json(paths.restoring(), listing)
    except (OSError, tarfile.TarError) as error:
        durable.remove_tree(making)
        raise CannotBackUp(f"{source} cannot be read to its end: {error}") from error
    except CannotBackUp:
        durable.remove_tree(making)
        raise


def _files(*, keys: bool) -> Iterator[tuple[str, Path | None]]:
    """Name in the backup and path of each file that is kept; no path for a link that is not."""
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


def _below(path: Path, name: str) -> Iterator[tuple[str, Path | None]]:
    """Files and links below a path, or itself; where it is a link, of what it leads to."""
    if path.is_file():
        yield name, path.resolve()
    elif path.is_dir():
        whole = path.resolve()
        for inside, folders, files in os.walk(whole):
            folders.sort()
            links = [each for each in folders if (Path(inside) / each).is_symlink()]
            for file in sorted([*files, *links]):
                found = Path(inside) / file
                # Which release serves is said in the list.
                is_serving = found == whole / LINK and whole == paths.releases().resolve()
                if not is_serving and (found.is_file() or found.is_symlink()):
                    is_kept = not found.is_symlink() or _is_followed(found, whole)
                    below = found.relative_to(whole).as_posix()
                    yield f"{name}/{below}", found if is_kept else None


def _is_followed(link: Path, whole: Path) -> bool:
    """Whether a link is kept as a copy of its file: landing reads it too.

    Landing follows a link to a file of the same programme's folder, and no other.
    """
    target = link.resolve()
    if not target.is_file() or not target.is_relative_to(whole):
        return False
    return target.relative_to(whole).parts[0] == link.relative_to(whole).parts[0]


def _listed(name: str, path: Path) -> _Kept:
    before = path.stat()
    size = before.st_size
    if path == (paths.audit_log() / audit_log.NAME).resolve():
        size = audit_log.whole_bytes(path)
    with path.open("rb") as file:
        read = _HashedReader(file)
        left = size
        while left and (block := read.read(min(left, BLOCK))):
            left -= len(block)
    return _Kept(name, path, size, read.whole.hexdigest(), before.st_mtime_ns)


class _HashedReader:
    """A file, and the hash of what was read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.whole = sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self.file.read(size)
        self.whole.update(block)
        return block


def _add(tar: tarfile.TarFile, kept: _Kept) -> None:
    """Write a file into the backup; raises CannotBackUp where it is not what was listed."""
    with kept.path.open("rb") as file:
        member = tar.gettarinfo(arcname=kept.name, fileobj=file)
        member.size = kept.size
        read = _HashedReader(file)
        tar.addfile(member, cast("BinaryIO", read))
        now = os.fstat(file.fileno())
    # The audit log is added to by whoever reads meanwhile: what it held before stays the same.
    is_log = kept.path == (paths.audit_log() / audit_log.NAME).resolve()
    is_same = is_log or (now.st_size, now.st_mtime_ns) == (kept.size, kept.changed)
    if not is_same or read.whole.hexdigest() != kept.hash:
        raise CannotBackUp(
            f"{kept.name} was written to while it was copied: wait until that ends, and back up"
            " again"
        )


def _serving() -> str | None:
    link = paths.releases() / LINK
    return link.resolve().name if link.exists() else None


def _write(target: Path, listing: dict[str, Any], files: list[_Kept]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_name(target.name + durable.UNFINISHED)
    try:
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        # A file with two names, as releases have them, is written twice: a restore does not create
        # links.
        with (
            os.fdopen(handle, "wb") as out,
            tarfile.open(fileobj=out, mode="w", dereference=True) as tar,
        ):
            text = canonical(listing).encode()
            head = tarfile.TarInfo(LISTING)
            head.size = len(text)
            tar.addfile(head, BytesIO(text))
            for each in files:
                _add(tar, each)
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
    serves = listing["current"]
    if serves and f"{paths.releases().name}/{serves}/manifest.json" not in listing["files"]:
        raise CannotBackUp(f"{source} names a release to serve, {serves}, that it does not hold")
    return listing


def _refuse_full(listing: dict[str, Any]) -> None:
    """Refuse to restore over existing files: a restore never mixes with them."""
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
    """Whether there is anything that a folder prepared for a home would not hold."""
    if path.is_symlink() or not path.is_dir():
        return path.is_symlink() or path.exists()
    return any(not each.is_dir() or each.is_symlink() for each in path.rglob("*"))


def _bring(made: Path, place: Path) -> None:
    """Move a part of the home into its place, which may hold empty folders."""
    if place.is_dir():
        durable.remove_tree(place)
    durable.move(made, place)


def _bring_keys(made: Path) -> None:
    """Copy the keys into their folder, which may be on another disk, or in a folder of root's."""
    paths.keys().mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in sorted(each for each in made.rglob("*") if each.is_file()):
        place = paths.keys() / file.relative_to(made)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # There was none before this restore began: one that is here was left half written.
        place.unlink(missing_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(file.read_bytes())
            out.flush()
            os.fsync(out.fileno())
        durable.sync(place.parent)


def _unpack(source: Path, listing: dict[str, Any], into: Path) -> None:
    """Unpack the listed files, each with its hash; nothing else, and nothing outside the folder."""
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
