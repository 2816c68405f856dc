"""Writes files and folders completely or not at all, even if the power fails."""

import os
import shutil
from pathlib import Path

from orchestration.storage.hashes import canonical

UNFINISHED = ".unfinished"


def sync(path: Path) -> None:
    """Make the disk store a file, or the entries of a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a temporary file next to `path`, sync, then rename; nothing is left after an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + UNFINISHED)
    try:
        with temporary.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        move(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Rename a finished file into its place and sync both folders."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    for folder in {source.parent, target.parent}:
        sync(folder)


def remove(path: Path) -> None:
    """Remove a file, if there, and sync its folder."""
    if path.exists():
        path.unlink()
        sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Sync every file below a folder, then the folders from the inside out, then itself."""
    for inside, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(inside) / name)
        sync(Path(inside))


def write_json(path: Path, value: object) -> None:
    """Write canonical JSON and a final line feed, completely or not at all."""
    write_whole(path, f"{canonical(value)}\n".encode())


def link(source: Path, target: Path) -> None:
    """Give a file that never changes a second name, or a copy where the disk cannot."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def remove_tree(folder: Path) -> None:
    """Remove a folder; a crash on the way leaves it under a name that starts with `.removed-`."""
    doomed = folder.with_name(f".removed-{folder.name.removeprefix('.')}")
    if doomed.exists():
        finish_removal(doomed)
    folder.rename(doomed)
    finish_removal(doomed)


def finish_removal(doomed: Path) -> None:
    """Remove what an earlier removal left behind."""
    shutil.rmtree(doomed)
