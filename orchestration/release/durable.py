"""Folders that survive a crash: on the disk before anything points at them, gone in one step."""

import os
import shutil
from pathlib import Path

from orchestration.ingestion.durable import sync, write_whole
from orchestration.release.hashes import canonical


def sync_tree(folder: Path) -> None:
    """Sync every file below a folder, then the folders from the inside out, then itself."""
    for inside, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(inside) / name)
        sync(Path(inside))


def write_json(path: Path, value: object) -> None:
    """Write canonical JSON and a final line feed, whole or not at all."""
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
