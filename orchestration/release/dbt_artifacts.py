"""What dbt left behind: its manifest and run results, read without importing dbt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
