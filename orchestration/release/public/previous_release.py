"""What a release remembers of its public extract, so that the next one can continue from it.

The files are in `restricted/disclosure/` of the release: they hold true counts.
`before/` in it is the memory of the previous release, which makes a release
reproducible when its predecessor is gone. Like the parent, they are not in the content hash.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.disclosure.cells import CELL, LINK, LinkedCells
from orchestration.disclosure.releases import Before
from orchestration.release import tiers

FOLDER = "disclosure"
BEFORE = "before"


@dataclass(frozen=True)
class Memory:
    """Cells with what was hidden, the sums between them, and figures as first published."""

    cells: pl.DataFrame
    links: pl.DataFrame
    first: pl.DataFrame


NAMES = tuple(Memory.__dataclass_fields__)


def write(folder: Path, memory: Memory) -> None:
    """Write the memory of a candidate into its folder."""
    target = tiers.restricted(folder) / FOLDER
    target.mkdir(exist_ok=True)
    for name in NAMES:
        getattr(memory, name).write_parquet(target / f"{name}.parquet")


def keep(before: Path | None, folder: Path) -> Memory | None:
    """Copy the memory of the release before into the candidate's folder, and read it.

    `before` is the folder that holds it: None before the first release with an extract.
    """
    if before is None or not all((before / f"{name}.parquet").is_file() for name in NAMES):
        return None
    target = tiers.restricted(folder) / FOLDER / BEFORE
    target.mkdir(parents=True)
    for name in NAMES:
        shutil.copyfile(before / f"{name}.parquet", target / f"{name}.parquet")
    return read(target)


def read(folder: Path) -> Memory:
    """The memory that lies in a folder."""
    return Memory(**{name: pl.read_parquet(folder / f"{name}.parquet") for name in NAMES})


def before(memory: Memory | None, programme: str) -> Before | None:
    """What the previous release showed and hid of a programme; None if it did not have it."""
    if memory is None:
        return None
    cells = memory.cells.filter(pl.col("programme_id") == programme)
    links = memory.links.filter(pl.col("programme_id") == programme)
    found = LinkedCells(cells.select(*CELL), links.select(*LINK))
    return Before(found, cells["is_hidden"].to_numpy()) if len(cells) else None
