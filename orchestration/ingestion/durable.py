"""Files written whole or not at all, and folders that remember it after a power cut."""

import os
from pathlib import Path

UNFINISHED = ".unfinished"


def sync(path: Path) -> None:
    """Ask the disk to keep a file or the entries of a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write beside `path` under another name, sync, then rename; nothing is left on an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + UNFINISHED)
    try:
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        move(beside, path)
    finally:
        beside.unlink(missing_ok=True)


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
