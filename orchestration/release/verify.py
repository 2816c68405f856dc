"""Whether a release is still what its manifest says: every hash is computed again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import tiers
from orchestration.release.current import DamagedRelease, read_manifest
from orchestration.release.damage import damage
from orchestration.release.database import NAME, contents
from orchestration.release.public import memory


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
