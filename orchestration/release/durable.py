"""Files that survive a crash: written out to the disk before anything points at them."""

import os
import shutil
from pathlib import Path

from orchestration.release.hashes import canonical


def sync(path: Path) -> None:
    """Ask the disk to keep a file or the entries of a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Sync every file below a folder, then the folders from the inside out, then itself."""
    for inside, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(inside) / name)
        sync(Path(inside))


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: a temporary name in the same folder, sync, rename."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def write_json(path: Path, value: object) -> None:
    """Write canonical JSON and a final line feed, whole or not at all."""
    write_text(path, canonical(value) + "\n")


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
