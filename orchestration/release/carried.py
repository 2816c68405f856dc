"""Programmes whose rows are copied from the release before, because new ones must wait.

A programme is carried when its new rows wait for a person, or could not be computed. Its rows,
inputs and key are then those of the release being served; all others are new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release import tiers
from orchestration.release.current import read_manifest
from orchestration.release.database import parquet_of
from orchestration.release.dbt_artifacts import ReleasedTable
from orchestration.release.manifest import Input
from orchestration.storage.sql import identifier, literal

STUDIES = "fct_studies"
LINE = "dim_release"


@dataclass(frozen=True)
class Carried:
    """A programme, the folder of the release whose rows are still served, and why, in sentences."""

    programme: str
    release: Path
    why: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For the manifest of the release that carries it."""
        return {"release": self.release.name, "why": list(self.why)}

    @property
    def inputs(self) -> list[Input]:
        """The delivered files its rows were made from."""
        rows = read_manifest(self.release)["inputs"]
        return [Input(**row) for row in rows if row["programme_id"] == self.programme]

    @property
    def key_fingerprint(self) -> Mapping[str, str]:
        """Its key by name of the programme; empty when it has none."""
        known: dict[str, str] = read_manifest(self.release)["key_fingerprints"]
        return {name: key for name, key in known.items() if name == self.programme}


def carried_in(made: Mapping[str, Any], releases: Path) -> list[Carried]:
    """The programmes that the release with this manifest carries, and where their rows are from."""
    return [
        Carried(programme, releases / one["release"], tuple(one["why"]))
        for programme, one in sorted(made.get("carried", {}).items())
    ]


def with_carried(
    con: duckdb.DuckDBPyConnection, table: ReleasedTable, relation: str, carried: Sequence[Carried]
) -> str:
    """The relation of a table in which the rows of carried programmes are those of their release.

    A column that the earlier release lacks is null in its rows. Of a table without a programme, and
    of one that the earlier release did not have, only new rows of carried programmes are removed.
    """
    if not carried:
        return relation
    columns = {name: kind for name, kind, *_ in con.sql(f"describe {relation}").fetchall()}
    if not columns.keys() & {"programme_id", "study_id"}:
        return relation
    new = f"select * from {relation} where not ({_of_any(columns, carried)})"
    old = [_rows(con, table, columns, one) for one in carried if _has(one.release, table.name)]
    return f"({' union all by name '.join([new, *old])})"


def _has(release: Path, table: str) -> bool:
    return tiers.parquet(release, table).is_file()


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [name for name, *_ in con.sql(f"describe select * from {relation}").fetchall()]


def _of_any(columns: Mapping[str, str], carried: Sequence[Carried]) -> str:
    """Whether a new row belongs to a carried programme, as an SQL condition that is never null."""
    names = ", ".join(literal(one.programme) for one in carried)
    if "programme_id" in columns:
        return f"coalesce(programme_id in ({names}), false)"
    return f"study_id in (select study_id from main.{STUDIES} where programme_id in ({names}))"


def _rows(
    con: duckdb.DuckDBPyConnection, table: ReleasedTable, columns: Mapping[str, str], one: Carried
) -> str:
    """The rows of one programme in the release still served, in today's columns."""
    there = parquet_of(one.release, table.name)
    known = _columns(con, there)
    cells = [
        f"{_cell(name, table, one)}::{kind} as {identifier(name)}"
        for name, kind in columns.items()
        if name in known
    ]
    return f"select {', '.join(cells)} from {there} where {_of(one, columns)}"


def _cell(name: str, table: ReleasedTable, one: Carried) -> str:
    # The last line of a release's own history has no name yet: the name depends on the content.
    if table.name == LINE and name == "release_id":
        return f"coalesce(release_id, {literal(one.release.name)})"
    return identifier(name)


def _of(one: Carried, columns: Mapping[str, str]) -> str:
    if "programme_id" in columns:
        return f"programme_id = {literal(one.programme)}"
    studies = parquet_of(one.release, STUDIES)
    return (
        f"study_id in (select study_id from {studies}"
        f" where programme_id = {literal(one.programme)})"
    )


def inputs_with(carried: Sequence[Carried], inputs: Sequence[Input]) -> list[Input]:
    """The inputs of a release: those of new rows, and those of carried programmes."""
    names = {one.programme for one in carried}
    return [
        *(one for one in inputs if one.programme_id not in names),
        *(one for each in carried for one in each.inputs),
    ]
