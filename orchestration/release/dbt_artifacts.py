"""What dbt left behind, and the four tables in which a release describes itself from it.

The manifest and run results are read without importing dbt. The tables are checks, lineage, columns
and tables.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

#: The layers of dbt's graph from the sources on: folders below `models`, seeds, and what is read.
LAYERS = ("source", "seed", "staging", "intermediate", "metrics", "rollup", "marts")


class BuildProblem(RuntimeError):
    """A release cannot be built; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Artifacts:
    """dbt's manifest and the last result of every node over one or more invocations."""

    manifest: dict[str, Any]
    results: dict[str, dict[str, Any]]

    @property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """Models, seeds, snapshots and data tests by unique id."""
        return dict(self.manifest["nodes"])

    @property
    def dbt_version(self) -> str:
        """The version of dbt that wrote the manifest."""
        return str(self.manifest["metadata"]["dbt_version"])


@dataclass(frozen=True)
class ReleasedTable:
    """A mart as it is released: its rows are ordered by `key`, which dbt declares."""

    name: str
    relation: str
    description: str
    key: tuple[str, ...]
    columns: dict[str, str]


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        message = f"{path.name} is missing in {path.parent}: run dbt build before the release"
        raise BuildProblem(message) from error


def read_artifacts(folders: Sequence[Path]) -> Artifacts:
    """Read dbt target folders in the order dbt ran; a later result of a node replaces an earlier.

    Raises BuildProblem when there is none or a file is missing.
    """
    if not folders:
        message = "no dbt artifacts were given: run dbt build before the release"
        raise BuildProblem(message)
    results = {
        result["unique_id"]: result
        for folder in folders
        for result in _read(folder / "run_results.json")["results"]
    }
    return Artifacts(_read(folders[-1] / "manifest.json"), results)


def meta(node: dict[str, Any]) -> dict[str, Any]:
    """A node's meta, wherever this version of dbt keeps it."""
    return {**node.get("meta", {}), **node.get("config", {}).get("meta", {})}


def layer(node: Mapping[str, Any]) -> str:
    """The layer of a source, seed or model of dbt's manifest: one of LAYERS."""
    kind = str(node["resource_type"])
    return kind if kind in LAYERS else str(node["fqn"][1])


def is_released(node: dict[str, Any]) -> bool:
    """A fact (`fct_`) or dimension (`dim_`) of the marts layer."""
    return (
        node["resource_type"] == "model"
        and layer(node) == "marts"
        and node["name"].startswith(("dim_", "fct_"))
    )


def _key(node: dict[str, Any]) -> tuple[str, ...]:
    for constraint in node.get("constraints", []):
        if constraint["type"] == "primary_key":
            return tuple(constraint["columns"])
    single = [
        name
        for name, column in node["columns"].items()
        if any(c["type"] == "primary_key" for c in column.get("constraints", []))
    ]
    if single:
        return tuple(single)
    message = f"{node['name']} declares no primary key: add a primary_key constraint to its entry"
    raise BuildProblem(message)


def released_tables(artifacts: Artifacts) -> list[ReleasedTable]:
    """Every mart to release, by name. Raises BuildProblem for a mart without a primary key."""
    chosen = sorted(filter(is_released, artifacts.nodes.values()), key=lambda node: node["name"])
    return [
        ReleasedTable(
            name=node["name"],
            relation=f"{node['schema']}.{node.get('alias') or node['name']}",
            description=node.get("description", "").strip(),
            key=_key(node),
            columns={
                name: column.get("description", "").strip()
                for name, column in node["columns"].items()
            },
        )
        for node in chosen
    ]


CHECKS = ReleasedTable(
    "release_checks",
    "release_checks",
    "One row per dbt test of the rows this release was made from.",
    ("check_name",),
    {
        "check_name": "Name of the test.",
        "model": "Model or source the test is about; empty when it is about several.",
        "severity": "error (stops the release) or warn (is noted).",
        "status": "pass, warn, fail, error, skipped or not_run.",
        "failures": "Rows that break the rule; null when the test did not run.",
        "description": "What the test holds to be true.",
    },
)
LINEAGE = ReleasedTable(
    "release_lineage",
    "release_lineage",
    "One row per step from a source or model to a model that reads it.",
    ("child", "parent"),
    {
        "parent": "Source table (source.table), seed or model that is read.",
        "parent_layer": f"Layer of the parent: {', '.join(LAYERS)}.",
        "child": "Model that reads it.",
        "child_layer": "Layer of the child.",
    },
)
COLUMNS = ReleasedTable(
    "release_columns",
    "release_columns",
    "One row per column of each released mart.",
    ("table_name", "column_name"),
    {
        "table_name": "Released table.",
        "column_name": "Column of it.",
        "column_position": "Place of the column in the table, from 1.",
        "data_type": "Type of the column in DuckDB.",
        "is_key": "Whether the column is part of the primary key.",
        "description": "Meaning of the column.",
    },
)
TABLES = ReleasedTable(
    "release_tables",
    "release_tables",
    "One row per released mart.",
    ("table_name",),
    {
        "table_name": "Released table.",
        "description": "What the table holds.",
        "grain": "What one row is: the columns of the primary key.",
        "row_count": "Rows in the table.",
    },
)
ABOUT = (CHECKS, COLUMNS, LINEAGE, TABLES)


def _subject(node: dict[str, Any], names: dict[str, str]) -> str | None:
    attached = node.get("attached_node")
    above = [attached] if attached else node.get("depends_on", {}).get("nodes", [])
    return names.get(above[0]) if len(above) == 1 else None


def _names(artifacts: Artifacts) -> dict[str, str]:
    sources = {
        key: f"{source['source_name']}.{source['name']}"
        for key, source in artifacts.manifest["sources"].items()
    }
    return sources | {key: node["name"] for key, node in artifacts.nodes.items()}


def checks(artifacts: Artifacts) -> pl.DataFrame:
    """One row per data test of the manifest, with its last result."""
    names = _names(artifacts)
    rows = []
    for key, node in artifacts.nodes.items():
        if node["resource_type"] != "test":
            continue
        result = artifacts.results.get(key, {})
        status = str(result.get("status", "not_run"))
        rows.append(
            {
                "check_name": node["name"],
                "model": _subject(node, names),
                "severity": str(node.get("config", {}).get("severity") or "error").lower(),
                "status": {"success": "pass"}.get(status, status),
                "failures": result.get("failures"),
                "description": str(node.get("description") or "").strip(),
            }
        )
    types = dict.fromkeys(CHECKS.columns, pl.String) | {"failures": pl.Int64}
    return pl.DataFrame(rows, schema=types, orient="row")


def lineage(artifacts: Artifacts) -> pl.DataFrame:
    """One row per edge between sources, seeds and models."""
    names = _names(artifacts)
    everything = artifacts.manifest["sources"] | artifacts.nodes
    rows = {
        (names[parent], layer(everything[parent]), node["name"], layer(node))
        for node in artifacts.nodes.values()
        if node["resource_type"] == "model"
        for parent in node.get("depends_on", {}).get("nodes", [])
    }
    types = dict.fromkeys(LINEAGE.columns, pl.String)
    return pl.DataFrame(sorted(rows), schema=types, orient="row")


def columns(con: duckdb.DuckDBPyConnection, tables: Sequence[ReleasedTable]) -> pl.DataFrame:
    """One row per column of each of the tables, as the warehouse behind `con` holds them."""
    rows = [
        (table.name, name, place, kind, name in table.key, table.columns.get(name, ""))
        for table in tables
        for place, (name, kind, *_) in enumerate(
            con.sql(f"describe select * from {table.relation}").fetchall(), start=1
        )
    ]
    types = dict.fromkeys(COLUMNS.columns, pl.String) | {
        "column_position": pl.Int64,
        "is_key": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=types, orient="row")


def tables(counts: Sequence[tuple[ReleasedTable, int]]) -> pl.DataFrame:
    """One row per released mart with its number of rows."""
    rows = [
        (table.name, table.description, f"one row per {', '.join(table.key)}", count)
        for table, count in counts
    ]
    types = dict.fromkeys(TABLES.columns, pl.String) | {"row_count": pl.Int64}
    return pl.DataFrame(rows, schema=types, orient="row")
