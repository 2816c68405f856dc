"""Where a declared field must reappear: sources and marts of dbt, and the pages that read them."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.storage.table_columns import Schema
from tests.house_rules.project import Manifest, nodes, shown

DBT_TYPES = {
    pl.String: "string",
    pl.Date: "date",
    pl.Datetime("us"): "timestamp",
    pl.Boolean: "boolean",
    pl.Int64: "bigint",
    pl.Float64: "double",
}
#: Names for a row of a mart in the modules that word it.
ROW_NAMES = {"promise", "each", "earlier", "rival", "row"}


def faults_of_source(manifest: Manifest, table: str, schema: Schema) -> list[str]:
    """Where the source of this name has other columns or types than the schema."""
    [source] = [
        each
        for each in manifest["sources"].values()
        if each["name"] == table and each["source_name"] in {"programme", "evaluation"}
    ]
    place = f"{source['original_file_path']}, {source['source_name']}.{table}"
    return faults(place, schema, source["columns"])


def faults_of_mart(
    manifest: Manifest, mart: str, schema: Schema, not_released: Mapping[str, str]
) -> list[str]:
    """Columns of the schema that the mart's contract lacks without a reason."""
    [model] = [each for each in manifest["nodes"].values() if each["name"] == mart]
    kept = {name: kind for name, kind in schema.items() if name not in not_released}
    place = f"{model['patch_path'].split('://')[1]}, {mart}"
    found = faults(place, kept, model["columns"], is_exact=False)
    stale = not_released.keys() & model["columns"].keys() | not_released.keys() - schema.keys()
    return found + [f"{place}: {name} is said not to be released" for name in sorted(stale)]


def faults(
    place: str, schema: Schema, columns: Mapping[str, Any], *, is_exact: bool = True
) -> list[str]:
    """Columns missing from a contract, of another type, and (`is_exact`) declared nowhere."""
    found = []
    for name, kind in schema.items():
        if name not in columns:
            found.append(f"{place}: the column {name} is missing")
        elif columns[name]["data_type"] != DBT_TYPES[kind]:
            said = columns[name]["data_type"]
            found.append(f"{place}: {name} is {said}, and its field {DBT_TYPES[kind]}")
    if is_exact:
        extra = sorted(columns.keys() - schema.keys())
        found += [f"{place}: no field is declared for the column {name}" for name in extra]
    return found


def columns_read(path: Path) -> dict[str, int]:
    """Columns that a module asks of a row by name, with the line of the first use."""
    asked: dict[str, int] = {}
    for node in nodes(path):
        if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)):
            continue
        if node.value.id in ROW_NAMES and isinstance(node.slice, ast.Constant):
            asked.setdefault(str(node.slice.value), node.lineno)
    return asked


def faults_of_page(path: Path, columns: set[str]) -> list[str]:
    """Columns that a module asks for and no mart has."""
    return [
        f"{shown(path)}:{line}: no mart it reads has the column {name}"
        for name, line in columns_read(path).items()
        if name not in columns
    ]
