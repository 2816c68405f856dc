"""Which programmes a run builds anew, and which stay as the run before left them.

What the rows of a programme are made of is one hash, and so is what all programmes share. Two
runs with the same hash of a programme compute the same rows of it in the layers below the roll-up:
models there never join programmes and read neither earlier releases nor results of studies. Where a
hash says too much, a programme is built once too often, which is no fault.

dbt is imported by the function that needs it: a run with nothing new does not.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from orchestration import paths
from orchestration.release import manifest
from orchestration.steps.run_inputs import RunInputs
from orchestration.storage.engine import engine_version
from orchestration.storage.hashes import canonical, of_sources, of_text

CODE = ("orchestration", "dagster.yaml", "pyproject.toml")
DERIVED = ("programme", "ingestion")
"""Folders of what Python computes that the layers below the roll-up read."""


@dataclass(frozen=True)
class Fingerprints:
    """One hash over what every programme shares, and one for each programme's own."""

    shared: str
    programmes: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """As it is written."""
        return {"shared": self.shared, "programmes": dict(self.programmes)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """As it was written. Raises KeyError or TypeError for anything else."""
        return cls(str(said["shared"]), dict(said["programmes"]))


def take(inputs: RunInputs) -> Fingerprints:
    """The fingerprints of a run, once its files are loaded and its ledger is settled."""
    tables = dict(_tables())
    raw = dict(_raw())
    own = {
        name: of_text(
            canonical(
                {
                    "raw": raw.get(name, []),
                    "tables": {table: rows.get(name) for table, rows in tables.items()},
                }
            )
        )
        for name in inputs.scope
    }
    of_none = {table: rows.get(None) for table, rows in tables.items()}
    return Fingerprints(_shared(of_none, inputs.key_fingerprints), own)


def _shared(tables: Mapping[str, str | None], keys: Mapping[str, str]) -> str:
    from orchestration.steps import dbt

    said = {
        # Rows that are deleted stay in the database's file for a while, and no pseudonym under an
        # earlier key may.
        "keys": dict(keys),
        "models": dbt.models_version(),
        "code": of_sources(paths.ROOT, CODE, without=manifest.DECIDING_NOTHING),
        "lock": manifest.lock_version(paths.ROOT),
        "duckdb": engine_version(),
        "tables": dict(tables),
    }
    return of_text(canonical(said))


def _raw() -> Iterator[tuple[str, list[list[Any]]]]:
    """Programmes, and the raw files that dbt would read of each: place, bytes and last change."""
    files = defaultdict(list)
    for path in sorted(paths.raw().glob("*/*/*/*.parquet")):
        about = path.stat()
        place = path.relative_to(paths.raw()).as_posix()
        files[path.parent.name].append([place, about.st_size, about.st_mtime_ns])
    yield from files.items()


def _tables() -> Iterator[tuple[str, dict[str | None, str]]]:
    """Derived tables, each with a hash of the rows of every programme; rows of none under None."""
    for folder in DERIVED:
        for path in sorted((paths.derived() / folder).rglob("*.parquet")):
            yield path.relative_to(paths.derived()).as_posix(), _by_programme(path)


def _by_programme(path: Path) -> dict[str | None, str]:
    rows = pl.read_parquet(path)
    shape = repr(rows.schema)
    if "programme_id" not in rows.columns:
        return {None: of_text(shape + repr(rows.rows()))}
    parts = rows.partition_by("programme_id", as_dict=True, maintain_order=True)
    return {None: of_text(shape)} | {
        name: of_text(repr(part.rows())) for (name,), part in parts.items()
    }


NO_WAREHOUSE = "no warehouse of an earlier run can be gone on from"
OTHER_CODE = "models, code, packages, keys, shared tables or DuckDB are not those of the run before"
ALL_CHANGED = "every programme changed"


@dataclass(frozen=True)
class BuildPlan:
    """Programmes by name: `rebuilt` are built anew, rows of those `kept` stay as they are.

    `why_whole` is why everything is built anew, None where rows are kept.
    """

    rebuilt: tuple[str, ...]
    kept: tuple[str, ...] = ()
    why_whole: str | None = None

    @property
    def sentence(self) -> str:
        """What is built, for whoever follows the run."""
        if not self.kept:
            return "Building marts and testing them (dbt)"
        of = f"{len(self.rebuilt)} of {len(self.rebuilt) + len(self.kept)} programmes"
        names = f": {', '.join(self.rebuilt)}" if self.rebuilt else ""
        return f"Rebuilding {of}{names} (dbt)"

    def as_dict(self) -> dict[str, Any]:
        """For the record of a run."""
        return {
            "programmes": list(self.rebuilt),
            "kept": list(self.kept),
            "why_whole": self.why_whole,
        }


def make_plan(
    before: Fingerprints | None, now: Fingerprints, *, why_whole: str | None = None
) -> BuildPlan:
    """What has to be built so that every row is as if all were built from nothing.

    `before` tells what the warehouse at hand was made of; None where there is none to go on from.
    `why_whole` is a reason that is known already.
    """
    everything = tuple(now.programmes)
    if before is None:
        why_whole = why_whole or NO_WAREHOUSE
    elif before.shared != now.shared:
        why_whole = why_whole or OTHER_CODE
    if why_whole or before is None:
        return BuildPlan(everything, why_whole=why_whole)
    kept = tuple(name for name, own in now.programmes.items() if before.programmes.get(name) == own)
    if not kept:
        return BuildPlan(everything, why_whole=ALL_CHANGED)
    return BuildPlan(tuple(name for name in everything if name not in kept), kept)
