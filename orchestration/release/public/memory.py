"""The memory of disclosure of each programme: one chain, kept beside the releases.

`releases/memory/<programme>/<number>/` holds every cell that was published, hidden or linked up to
the publication of that number, figures as first published, and `chain.json`: an entry for each
publication, which holds the hash of the one before it. No release can be pruned, lost or missing
from it. A release keeps in `restricted/disclosure/` the state it went on from (`before/`), so that
it can be made again, and the state once it was published (`after/`), from which the memory can be
restored. All of it holds true counts.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.disclosure.cells import CELL, LINK, LinkedCells
from orchestration.disclosure.publications import NAME, Published
from orchestration.release import tiers
from orchestration.release.current import DamagedRelease, current, published, read_manifest
from orchestration.storage import durable
from orchestration.storage.hashes import canonical, of_text

FOLDER, BEFORE, AFTER = "disclosure", "before", "after"
MEMORY, CHAIN = "memory", "chain.json"
FRAMES = ("cells", "links", "names", "first")
STATE = {
    **CELL, "is_hidden": pl.Boolean, "is_new": pl.Boolean, "is_known": pl.Boolean,
    "is_exposed": pl.Boolean,
}  # fmt: skip
"""Columns of `cells`: never shown; of the last publication; hidden in it and shown before; lost."""
DOCTOR = "`bodyworn doctor --repair` restores it from the newest release that still holds it"


@dataclass(frozen=True)
class Entry:
    """One publication: its number in the programme, as-of date, reason, and what was remembered.

    `content` is the hash of the frames, `previous` the hash of the entry before, empty for none.
    """

    number: int
    programme: str
    as_of: str
    why: str
    content: str
    previous: str

    @property
    def hash(self) -> str:
        """What the next entry and the release name this one by."""
        return of_text(canonical(asdict(self)))


@dataclass(frozen=True)
class Memory:
    """What is remembered of a programme after the publications of `chain`, oldest first."""

    cells: pl.DataFrame
    links: pl.DataFrame
    names: pl.DataFrame
    first: pl.DataFrame
    chain: tuple[Entry, ...]

    @property
    def published(self) -> Published | None:
        """What readers have had; None where nothing was ever counted, as of open data."""
        if not len(self.cells):
            return None
        found = LinkedCells(self.cells.select(*CELL), self.links.select(*LINK))
        return Published(found, self.cells["is_hidden"].to_numpy(), self.names.select(*NAME))

    @property
    def content(self) -> str:
        """The hash of all frames, whatever wrote their files."""
        digest = hashlib.sha256()
        for name in FRAMES:
            digest.update(getattr(self, name).write_csv().encode())
        return digest.hexdigest()


def with_entry(memory: Memory, programme: str, as_of: str, why: str) -> Memory:
    """The memory with one more publication at the end of its chain."""
    last = memory.chain[-1] if memory.chain else None
    entry = Entry(
        (last.number if last else 0) + 1, programme, as_of, why, memory.content,
        last.hash if last else "",
    )  # fmt: skip
    frames = {name: getattr(memory, name) for name in FRAMES}
    return Memory(**frames, chain=(*memory.chain, entry))


def write(folder: Path, memory: Memory) -> None:
    """Write a state into a folder of its own."""
    folder.mkdir(parents=True)
    for name in FRAMES:
        getattr(memory, name).write_parquet(folder / f"{name}.parquet")
    durable.write_json(folder / CHAIN, [asdict(entry) for entry in memory.chain])


def read(folder: Path) -> Memory:
    """The state in a folder. Raises DamagedRelease where it is not whole, with what is wrong."""
    try:
        chain = tuple(Entry(**one) for one in json.loads((folder / CHAIN).read_text("utf-8")))
        frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise DamagedRelease(f"{folder.name}: a file is missing or cannot be read") from error
    memory = Memory(**frames, chain=chain)
    previous = ""
    for number, entry in enumerate(chain, 1):
        if (entry.number, entry.previous) != (number, previous):
            raise DamagedRelease(f"{folder.name}: its chain is broken at entry {number}")
        previous = entry.hash
    if not chain or chain[-1].content != memory.content:
        raise DamagedRelease(f"{folder.name}: what is remembered is not what its chain says")
    return memory


def latest(releases: Path, programme: str) -> Path | None:
    """The folder of a programme's memory as it is now; None before its first publication."""
    there = (releases / MEMORY / programme).glob("[0-9]*")
    return max(there, key=lambda path: int(path.name), default=None)


def states(releases: Path) -> dict[str, Path]:
    """The memory of every programme that has one."""
    names = sorted(path.name for path in (releases / MEMORY).glob("[!.]*") if path.is_dir())
    found = {name: latest(releases, name) for name in names}
    return {name: path for name, path in found.items() if path}


def states_before(release: Path) -> dict[str, Path]:
    """The memory that a release itself started from, by programme."""
    there = tiers.restricted(release) / FOLDER / BEFORE
    return {path.name: path for path in sorted(there.glob("[!.]*"))}


def copy(state: Path, target: Path) -> None:
    """Give the files of a state, which never change, a second name in another folder."""
    target.mkdir(parents=True)
    for path in sorted(state.iterdir()):
        durable.link(path, target / path.name)


def state_in(release: Path, programme: str) -> Path | None:
    """The state that a release left behind, or went on from where it did not publish."""
    there = tiers.restricted(release) / FOLDER
    found = (there / kind / programme for kind in (AFTER, BEFORE))
    return next((path for path in found if path.is_dir()), None)


def append(release: Path) -> None:
    """Add to the memory what a release published that is now being served."""
    for state in sorted((tiers.restricted(release) / FOLDER / AFTER).glob("[!.]*")):
        _put(release.parent, state)


def _put(releases: Path, state: Path) -> None:
    """Make a state of a release the memory of its programme, unless that already has more."""
    number = read(state).chain[-1].number
    there = latest(releases, state.name)
    if there is not None and int(there.name) >= number:
        return
    folder = releases / MEMORY / state.name
    making = folder / ".making"
    if making.exists():
        durable.remove_tree(making)
    copy(state, making)
    durable.sync_tree(making)
    making.rename(folder / str(number))
    durable.sync(folder)
    if there is not None:
        durable.remove_tree(there)


def _fault(releases: Path, programme: str, said: Mapping[str, Any]) -> str | None:
    """Why the memory of a programme differs from what a release says of it; None if it does not."""
    if said["number"] == 0:
        return None
    state = latest(releases, programme)
    if state is None:
        return "is gone"
    try:
        chain = read(state).chain
    except DamagedRelease as problem:
        return f"is damaged ({problem})"
    if len(chain) < said["number"]:
        return f"ends at publication {len(chain)} of {said['number']}"
    if chain[said["number"] - 1].hash != said["hash"]:
        return "is another one than the release went on from"
    return None


def faults(release: Path) -> Iterator[str]:
    """What is wrong with the memory according to a release, one sentence each."""
    for programme, said in sorted(read_manifest(release).get("disclosure", {}).items()):
        if fault := _fault(release.parent, programme, said):
            yield f"the memory of disclosure of {programme} {fault}"
        if tiers.purged_on(release):
            continue
        state = state_in(release, programme)
        if said["number"] and state is None:
            yield f"restricted/{FOLDER} of {programme} is missing"
        elif said["number"] and state is not None:
            yield from _fault_of_state(state, said)


def _fault_of_state(state: Path, said: Mapping[str, Any]) -> Iterator[str]:
    where = f"restricted/{FOLDER}/{state.parent.name}"
    try:
        if read(state).chain[-1].hash != said["hash"]:
            yield f"{where}/{state.name} is not the one that the manifest names"
    except DamagedRelease as problem:
        yield f"{where}/{problem}"


def adopt_earlier(release: Path) -> None:
    """Begin the memory with what was hidden by a release from before there was a memory.

    Such releases knew their own cells alone, those of all programmes in one file each.
    """
    there = tiers.restricted(release) / FOLDER
    if "disclosure" in read_manifest(release) or not (there / "cells.parquet").is_file():
        return
    cells, links, first = (
        pl.read_parquet(there / f"{name}.parquet") for name in ("cells", "links", "first")
    )
    for programme in first["programme_id"].unique().sort():
        if latest(release.parent, programme) is None:
            own = pl.col("programme_id") == programme
            mine = cells.filter(own).with_columns(is_new=True, is_known=False).select(*STATE)
            names = mine.filter("is_printed").select("cell", own="quantity").cast(NAME)  # type: ignore[arg-type]
            state = Memory(mine, links.filter(own).select(*LINK), names, first.filter(own), ())
            why = "published before there was a memory"
            _begin(release, with_entry(state, programme, read_manifest(release)["as_of"], why))


def _begin(release: Path, state: Memory) -> None:
    folder = release.parent / MEMORY / state.chain[-1].programme
    making = folder / ".making"
    if making.exists():
        durable.remove_tree(making)
    write(making, state)
    durable.sync_tree(making)
    making.rename(folder / "1")
    durable.sync(folder)


def refuse_forgotten(releases: Path) -> None:
    """Make sure that nothing that was published is forgotten, before anything else is.

    What a run that died after the swap did not write down is written down now, and so is what a
    release hid that was made before there was a memory. Raises
    DamagedRelease where the memory is gone or is not the one that the release being served knows.
    """
    serving = current(releases)
    if serving is None:
        return
    adopt_earlier(serving)
    for programme, said in sorted(read_manifest(serving).get("disclosure", {}).items()):
        state = latest(releases, programme)
        if said["published"] and (int(state.name) if state else 0) == said["number"] - 1:
            _put(releases, tiers.restricted(serving) / FOLDER / AFTER / programme)
    found = [sentence for sentence in faults(serving) if sentence.startswith("the memory")]
    if found:
        raise DamagedRelease(
            f"{'; '.join(found)}. Without it hidden figures could be worked out from the next"
            f" release and earlier ones. Restore {releases / MEMORY} from a backup, or {DOCTOR}"
        )


def restore(releases: Path) -> list[str]:
    """Restore each memory that is gone or damaged from the newest release that holds it whole.

    Returns a sentence for each; raises DamagedRelease where no release does.
    """
    serving = current(releases)
    said: list[str] = []
    for programme, known in sorted((_known(serving) if serving else {}).items()):
        if _fault(releases, programme, known) is None:
            continue
        source = _newest_state(releases, programme, known["number"])
        broken = releases / MEMORY / programme
        if broken.exists():
            durable.remove_tree(broken)
        _put(releases, source)
        said.append(f"The memory of {programme} was restored from {source.parents[3].name}.")
    return said


def _known(release: Path) -> dict[str, Any]:
    return dict(read_manifest(release).get("disclosure", {}))


def _newest_state(releases: Path, programme: str, number: int) -> Path:
    for release in reversed(published(releases)):
        state = state_in(release, programme)
        if state is None:
            continue
        try:
            if len(read(state).chain) >= number:
                return state
        except DamagedRelease:
            continue
    raise DamagedRelease(
        f"no release holds the memory of disclosure of {programme} whole: restore"
        f" {releases / MEMORY} from a backup"
    )
