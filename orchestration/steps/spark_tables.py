"""The tables of a run on Spark: sources that models read, and results copied to the warehouse."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration import paths
from orchestration.steps.spark import opened, schema, vanished
from orchestration.storage.engine import EngineProblem
from orchestration.storage.sql import identifier, literal

# The columns that every load adds to those of a contract.
LOAD_COLUMNS = {
    "programme_id": "string",
    "file_hash": "string",
    "file_name": "string",
    "arrival": "bigint",
    "record_number": "bigint",
}


def tables_folder() -> Path:
    """Where Spark keeps the tables of the models, a folder of Parquet files each."""
    return paths.warehouse().parent / "spark"


def start_anew() -> None:
    """Create the schema without tables, whatever an earlier run left."""
    spark = opened()
    spark.sql(f"drop schema if exists {schema()} cascade")
    shutil.rmtree(tables_folder(), ignore_errors=True)
    spark.sql(f"create schema {schema()} location {_text(f'file:{tables_folder()}')}")


def register_sources(manifest: Mapping[str, Any]) -> list[Path]:
    """Make every source of dbt's manifest a table over the Parquet files of the home; its files.

    Each has the columns of its contract: what a file lacks is read as null. A source without files
    is a view without rows, which Spark knows to be empty before it plans what reads it.
    """
    spark = opened()
    sources = f"{schema()}_sources"
    spark.sql(f"drop schema if exists {sources} cascade")
    place = tables_folder().with_name("spark_sources")
    spark.sql(f"create schema {sources} location {_text(f'file:{place}')}")
    held = []
    for source in manifest["sources"].values():
        held += _files(source)
        name = f"{sources}.{source['source_name']}__{source['name']}"
        columns = _columns(source)
        if place_of_files := _place(source):
            listed = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
            spark.sql(f"create table {name} ({listed}) using parquet {place_of_files}")
        else:
            nulls = ", ".join(f"cast(null as {kind}) as `{c}`" for c, kind in columns.items())
            spark.sql(f"create view {name} as select {nulls} where false")
    return held


def refuse_vanished(files: Sequence[Path]) -> None:
    """Raise EngineProblem where a file of a source is no longer there.

    Spark looks into a folder when it first reads it: it does not miss what had gone before.
    """
    if gone := next((file for file in files if not file.is_file()), None):
        raise EngineProblem(vanished(f"file:{gone}"))


def _columns(source: Mapping[str, Any]) -> dict[str, str]:
    columns = {
        name: str(column["data_type"])
        for name, column in source["columns"].items()
        if column["config"]["meta"].get("privacy") != "drop"
    }
    return columns | LOAD_COLUMNS if _is_delivered(source) else columns


def _is_delivered(source: Mapping[str, Any]) -> bool:
    return str(source["original_file_path"]).startswith("models/staging/")


def _folder(source: Mapping[str, Any]) -> Path:
    """The folder of a source's files; where there is none, one file of that name may be beside."""
    home = paths.raw() if _is_delivered(source) else paths.derived()
    return Path(home / source["source_name"] / source["name"])


def _files(source: Mapping[str, Any]) -> list[Path]:
    folder = _folder(source)
    one = folder.with_suffix(".parquet")
    return sorted(folder.rglob("*.parquet")) if folder.is_dir() else [one] if one.is_file() else []


def _place(source: Mapping[str, Any]) -> str:
    """Where a source's files lie, as the end of the statement that registers it."""
    folder = _folder(source)
    if folder.is_dir():
        return f"options (recursiveFileLookup 'true') location {_text(f'file:{folder}')}"
    if (file := folder.with_suffix(".parquet")).is_file():
        return (
            f"options (pathGlobFilter {_text(file.name)}) location {_text(f'file:{file.parent}')}"
        )
    return ""


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def collect(nodes: Sequence[Mapping[str, Any]]) -> None:
    """Copy tables that Spark made into the warehouse, with the types of their contracts.

    Raises EngineProblem when a file of one is no longer there.
    """
    spark = opened()
    paths.warehouse().parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(paths.warehouse()) as con:
        for node in nodes:
            name = str(node.get("alias") or node["name"])
            rows = spark.sql(f"select count(*) from {schema()}.{name}").first()[0]
            _load(con, name, node, int(rows))


def _load(con: duckdb.DuckDBPyConnection, name: str, node: Mapping[str, Any], rows: int) -> None:
    kinds = {column: one["data_type"] for column, one in node["columns"].items()}
    kept = (
        ", ".join(f"cast({identifier(c)} as {k}) as {identifier(c)}" for c, k in kinds.items())
        if all(kinds.values()) and kinds
        else "*"
    )
    files = sorted((tables_folder() / name).glob("*.parquet"))
    if not files:
        raise EngineProblem(_lost(name, rows, "no file"))
    listed = ", ".join(literal(file) for file in files)
    con.execute(
        f"create or replace table {identifier(name)} as select {kept} from read_parquet([{listed}])"
    )
    (found,) = con.sql(f"select count(*) from {identifier(name)}").fetchall()[0]
    if found != rows:
        raise EngineProblem(_lost(name, rows, found))


def _lost(name: str, rows: int, found: int | str) -> str:
    return (
        f"{name} has {rows} rows in Spark and {found} in {tables_folder() / name}: a Parquet file"
        " of it is not there any more. Run again."
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of dbt with the models as they are read for Spark."""
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))
