"""What a run builds anew, by programme and table delivered, and what stays as it is.

What the rows of a programme are made of is one hash for each table that was delivered or that
Python wrote, and so is what all programmes share. Two runs with the same hashes compute the same
rows of the programme in the layers below the roll-up: models there never join programmes and read
neither earlier releases nor results of studies. Where a hash says too much, rows are built once too
often, which is no fault. Which models read a changed table, and which of their months it can touch,
`model_inputs.py` and `models/macros/changes.sql` work out.

dbt is imported by the function that needs it: a run with nothing new does not.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    """One hash over what every programme shares, and one for each table of each programme.

    A table is named as dbt names its source, `ingestion.ledger`.
    """

    shared: str
    programmes: Mapping[str, Mapping[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "shared": self.shared,
            "programmes": {name: dict(tables) for name, tables in self.programmes.items()},
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """As it was written. Raises KeyError or TypeError for anything else."""
        programmes = {name: dict(tables) for name, tables in dict(said["programmes"]).items()}
        return cls(str(said["shared"]), programmes)


def take(inputs: RunInputs) -> Fingerprints:
    """The fingerprints of a run, once its files are loaded and its ledger is settled."""
    own: dict[str, dict[str, str]] = {name: {} for name in inputs.scope}
    of_none = {}
    for table, rows in _tables():
        of_none[table] = rows.pop(None, None)
        for name in own.keys() & rows.keys():
            own[name][table] = rows[name]
    for (name, table), files in _raw().items():
        if name in own:
            own[name][table] = of_text(canonical(files))
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


def _raw() -> dict[tuple[str, str], list[list[Any]]]:
    """Programmes and tables, with the raw files that dbt would read: place, bytes, last change."""
    files = defaultdict(list)
    for path in sorted(paths.raw().glob("*/*/*/*.parquet")):
        about = path.stat()
        source, table, programme, _ = path.relative_to(paths.raw()).parts
        place = path.relative_to(paths.raw()).as_posix()
        files[programme, f"{source}.{table}"].append([place, about.st_size, about.st_mtime_ns])
    return files


def _tables() -> Iterator[tuple[str, dict[str | None, str]]]:
    """Derived tables, each with a hash of the rows of every programme; rows of none under None.

    A table is one file, or a folder of files.
    """
    for folder in DERIVED:
        top = paths.derived() / folder
        hashes: dict[str, dict[str | None, str]] = defaultdict(dict)
        for path in sorted(top.rglob("*.parquet")):
            place = path.relative_to(top)
            table = hashes[f"{folder}.{place.with_suffix('').parts[0]}"]
            for name, rows in _by_programme(path).items():
                table[name] = of_text(f"{table.get(name, '')} {place.as_posix()} {rows}")
        yield from hashes.items()


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


@dataclass(frozen=True)
class BuildPlan:
    """Programmes by name: something `rebuilt` is built anew, rows of those `kept` stay as they are.

    `changed` names the tables of each that are not what they were. `why_whole` is why everything is
    built anew, None where the rest is kept.
    """

    rebuilt: tuple[str, ...]
    kept: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why_whole: str | None = None

    @property
    def sentence(self) -> str:
        """What is built, for whoever follows the run."""
        if self.why_whole:
            return "Building marts and testing them (dbt)"
        of = f"{len(self.rebuilt)} of {len(self.rebuilt) + len(self.kept)} programmes"
        names = f": {', '.join(self.rebuilt)}" if self.rebuilt else ""
        return f"Rebuilding what changed of {of}{names} (dbt)"

    def as_dict(self) -> dict[str, Any]:
        """For the record of a run."""
        return {
            "programmes": list(self.rebuilt),
            "kept": list(self.kept),
            "changed": {name: list(tables) for name, tables in self.changed.items()},
            "why_whole": self.why_whole,
        }


def make_plan(
    before: Fingerprints | None, now: Fingerprints, *, why_whole: str | None = None
) -> BuildPlan:
    """What has to be built so that every row is as if all were built from nothing.

    `before` tells what the warehouse at hand was made of; None where there is none to go on from.
    `why_whole` is a reason that is known already.
    """
    if before is None:
        why_whole = why_whole or NO_WAREHOUSE
    elif before.shared != now.shared:
        why_whole = why_whole or OTHER_CODE
    if why_whole or before is None:
        return BuildPlan(tuple(now.programmes), why_whole=why_whole)
    changed = {
        name: tables
        for name, own in now.programmes.items()
        if (tables := _changed(before.programmes.get(name, {}), own))
    }
    kept = tuple(name for name in now.programmes if name not in changed)
    return BuildPlan(tuple(changed), kept, changed)


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Tables that came, went or have another hash."""
    names = sorted(before.keys() | now.keys())
    return tuple(name for name in names if before.get(name) != now.get(name))
