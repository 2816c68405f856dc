"""Whether a release is still what its manifest says: every hash is computed again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import manifest
from orchestration.release.current import read_manifest
from orchestration.release.database import NAME, contents
from orchestration.release.public import extract
from orchestration.storage.hashes import of_file

KINDS = ("csv", "parquet")


def _files(release: Path, outputs: dict[str, Any]) -> Iterator[str]:
    for kind in KINDS:
        there = {path.name for path in (release / kind).glob("*")}
        named = {f"{table}.{kind}" for table in outputs}
        yield from (f"{kind}/{name} is missing" for name in sorted(named - there))
        yield from (f"{kind}/{name} is not in the manifest" for name in sorted(there - named))
        for name in sorted(named & there):
            path = release / kind / name
            if of_file(path) != outputs[path.stem][kind]:
                yield f"{kind}/{name} has other bytes than when it was released"


def _database(release: Path, outputs: dict[str, Any]) -> Iterator[str]:
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


def _public(release: Path, named: dict[str, str]) -> Iterator[str]:
    there = extract.hashes(release)
    for name in sorted(there.keys() | named.keys()):
        if name not in there:
            yield f"{name} is missing"
        elif name not in named:
            yield f"{name} is not in the manifest"
        elif there[name] != named[name]:
            yield f"{name} has other bytes than when it was released"


def verify(release: Path) -> list[str]:
    """What differs from the manifest, a sentence each; empty when the release is whole.

    The manifest itself is checked against the release's name, which holds its content hash.
    """
    made = read_manifest(release)
    content = manifest.content_hash(made)
    name = f"{made['as_of']}-{content[:12]}"
    found = []
    if {made["content_hash"], made["release"], release.name} != {content, name}:
        found.append(f"manifest.json was changed: its content belongs to {name}")
    found += _public(release, made.get("public", {}))
    return [*found, *_files(release, made["outputs"]), *_database(release, made["outputs"])]
