"""Whether a release is still what was published, and which one to serve when `current` is lost.

`damage` compares every file with its hash; `verify` also computes the hash of every table again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import manifest, tiers
from orchestration.release.current import (
    LINK,
    DamagedRelease,
    connect,
    current,
    published,
    read_manifest,
    read_run,
)
from orchestration.release.database import NAME, contents
from orchestration.release.public import extract, memory
from orchestration.release.publish import swap
from orchestration.storage.hashes import of_file

KINDS = ("csv", "parquet")
DAMAGED = ".damaged-"
DOCTOR = "`bodyworn doctor --repair` sets it aside and serves the newest whole release"


def damage(release: Path) -> list[str]:
    """What is damaged in a release, one sentence each; empty when it is whole.

    Every file is compared with its hash; of a purged release, every file that is left. The rows of
    the database are not read: `verify` does that.
    """
    try:
        made = read_manifest(release)
    except DamagedRelease as problem:
        return [str(problem)]
    if tiers.purged_on(release):
        return [*_name(made, release), *_public(release, made)]
    return [*_name(made, release), *_public(release, made), *_files(release, made),
            *_database(release, made), *_restricted(release)]  # fmt: skip


def _name(made: dict[str, Any], release: Path) -> Iterator[str]:
    content = manifest.content_hash(made)
    name = f"{made['as_of']}-{content[:12]}"
    if {made.get("content_hash"), made["release"], release.name} != {content, name}:
        yield f"manifest.json was changed: its content belongs to {name}"


def _files(release: Path, made: dict[str, Any]) -> Iterator[str]:
    outputs = made["outputs"]
    for kind in KINDS:
        there = {path.name for path in (tiers.internal(release) / kind).glob("*")}
        named = {f"{table}.{kind}" for table in outputs}
        yield from (f"{kind}/{name} is missing" for name in sorted(named - there))
        yield from (f"{kind}/{name} is not in the manifest" for name in sorted(there - named))
        for name in sorted(named & there):
            path = tiers.internal(release) / kind / name
            if of_file(path) != outputs[path.stem][kind]:
                yield f"{kind}/{name} has other bytes than when it was released"


def _public(release: Path, made: dict[str, Any]) -> Iterator[str]:
    there, named = extract.hashes(release), made.get("public", {})
    for name in sorted(there.keys() | named.keys()):
        if name not in there:
            yield f"{name} is missing"
        elif name not in named:
            yield f"{name} is not in the manifest"
        elif there[name] != named[name]:
            yield f"{name} has other bytes than when it was released"


def _restricted(release: Path) -> Iterator[str]:
    """Damage to what only the next release may read, by the hashes that its run recorded."""
    named = read_run(release).get("restricted")
    if named is None:
        return
    there = tiers.hashes_of_restricted(release)
    yield from (f"{name} is missing" for name in sorted(named.keys() - there.keys()))
    yield from (f"{name} was added after the release" for name in sorted(there.keys() - named))
    for name in sorted(named.keys() & there.keys()):
        if named[name] != there[name]:
            yield f"{name} has other bytes than when it was released"


def _database(release: Path, made: dict[str, Any]) -> Iterator[str]:
    """Damage to the database by the hash its run recorded, or else by its tables."""
    path = tiers.internal(release) / NAME
    if not path.is_file():
        yield f"{NAME} is missing"
        return
    known = read_run(release).get("database")
    if known is not None:
        if known != of_file(path):
            yield f"{NAME} has other bytes than when it was released"
        return
    try:
        with connect(release) as con:
            query = "select table_name from duckdb_tables() where not internal"
            there = {name for (name,) in con.sql(query).fetchall()}
    except duckdb.Error as error:
        yield f"{NAME} cannot be read: {str(error).splitlines()[0]}"
        return
    yield from (
        f"{NAME}: table {name} is missing" for name in sorted(made["outputs"].keys() - there)
    )


def newest_whole(releases: Path) -> Path | None:
    """The newest release that can be served and is undamaged; None where there is none."""
    there = [path for path in reversed(published(releases)) if not tiers.purged_on(path)]
    return next((path for path in there if not damage(path)), None)


def refuse_damaged(releases: Path, served: str | None) -> str | None:
    """Make sure that `current` is a whole release; returns what was repaired, None for nothing.

    A lost or dangling link is pointed at the newest whole release. Raises DamagedRelease where the
    release being served is damaged, and where a release was `served` and none is whole any more: a
    new history is never begun silently.
    """
    serving = current(releases)
    if serving is not None:
        if found := damage(serving):
            raise DamagedRelease(
                f"the current release {serving.name} is damaged and no figures should be taken from"
                f" it: {'; '.join(found[:3])}. Restore its folder from a backup, or {DOCTOR}"
            )
        return None
    known = published(releases)
    if not known and served is None and not (releases / LINK).is_symlink():
        return None
    whole = newest_whole(releases)
    if whole is None:
        raise DamagedRelease(
            f"{releases} holds no whole release, and {served or 'one'} was served before. Restore"
            " it from a backup; to begin a new history, move that folder away"
        )
    swap(whole)
    return f"{LINK} was lost and points at the newest whole release again: {whole.name}"


def set_aside(release: Path) -> Path:
    """Rename a damaged release so that nothing reads it; its files stay for inspection."""
    aside = release.with_name(f"{DAMAGED}{release.name}")
    number = 1
    while aside.exists():
        number += 1
        aside = release.with_name(f"{DAMAGED}{release.name}-{number}")
    return release.rename(aside)


def _rows(release: Path, outputs: dict[str, Any]) -> Iterator[str]:
    try:
        there = contents(release)
    except duckdb.Error as error:
        yield f"{NAME} cannot be read: {str(error).splitlines()[0]}"
        return
    for table in sorted(there.keys() | outputs.keys()):
        if table not in there:
            yield f"{NAME}: table {table} is missing"
        elif table not in outputs:
            yield f"{NAME}: table {table} is not in the manifest"
        elif there[table] != outputs[table]["content"]:
            yield f"{NAME}: table {table} has other rows than when it was released"


def verify(release: Path) -> list[str]:
    """What differs from the manifest, a sentence each; empty when the release is whole.

    The manifest itself is checked against the release's name, which holds its content hash, and
    the memory of disclosure beside the releases against the manifest.
    """
    try:
        outputs = read_manifest(release)["outputs"]
    except DamagedRelease as problem:
        return [str(problem)]
    rows = _rows(release, outputs) if (tiers.internal(release) / NAME).is_file() else ()
    return list(dict.fromkeys([*damage(release), *rows, *memory.faults(release)]))
