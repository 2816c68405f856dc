"""A release candidate: every mart exported, described and hashed, in a folder nobody reads yet."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration import paths
from orchestration.release import history, manifest, metadata_tables
from orchestration.release.current import current
from orchestration.release.database import export, parquet_contents, write_database
from orchestration.release.dbt_artifacts import (
    Artifacts,
    BuildProblem,
    Table,
    read_artifacts,
    released_tables,
)
from orchestration.release.manifest import read_inputs
from orchestration.release.public import extract, previous_release
from orchestration.storage import durable

PREFIX = ".candidate-"


@dataclass(frozen=True)
class Order:
    """What to release: dbt's closed warehouse and its target folders in the order dbt ran.

    `before` is the memory of the release before, where that is not the one being served; `history`
    what the warehouse was told of earlier releases.
    """

    warehouse: Path
    artifacts: Sequence[Path]
    ledger: Path
    as_of: date
    programmes: Sequence[str]
    releases: Path
    run_id: str
    started_at: datetime
    key_fingerprints: dict[str, str] = field(default_factory=dict)
    contract_versions: dict[str, int] = field(default_factory=dict)
    loaded_at: dict[str, str] = field(default_factory=dict)
    before: Path | None = None
    history: Path | None = None


@dataclass(frozen=True)
class Candidate:
    """A built release under a temporary name, with what an audit needs to judge it."""

    folder: Path
    manifest: dict[str, Any]
    artifacts: Artifacts
    run_id: str


def _clean(order: Order) -> Path:
    """Leftovers of runs that died are removed: one run at a time builds in a home."""
    order.releases.mkdir(parents=True, exist_ok=True)
    for left in order.releases.glob(".removed-*"):
        durable.finish_removal(left)
    for left in order.releases.glob(f"{PREFIX}*"):
        durable.remove_tree(left)
    folder = order.releases / f"{PREFIX}{order.run_id}"
    for inside in ("parquet", "csv"):
        (folder / inside).mkdir(parents=True)
    return folder


def _open(warehouse: Path) -> duckdb.DuckDBPyConnection:
    if not warehouse.is_file():
        message = f"{warehouse} is missing: run dbt build before the release"
        raise BuildProblem(message)
    return duckdb.connect(warehouse, read_only=True, config={"threads": 1})


def _about(
    con: duckdb.DuckDBPyConnection, artifacts: Artifacts, marts: Sequence[tuple[Table, int]]
) -> Iterator[tuple[Table, pl.DataFrame]]:
    yield metadata_tables.CHECKS, metadata_tables.checks(artifacts)
    yield metadata_tables.COLUMNS, metadata_tables.columns(con, [table for table, _ in marts])
    yield metadata_tables.LINEAGE, metadata_tables.lineage(artifacts)
    yield metadata_tables.TABLES, metadata_tables.tables(marts)


def _export(order: Order, artifacts: Artifacts, folder: Path) -> list[Table]:
    tables = released_tables(artifacts)
    with _open(order.warehouse) as con:
        marts = [(table, export(con, table.relation, table, folder)) for table in tables]
        for table, frame in _about(con, artifacts, marts):
            con.register("about", frame)
            export(con, "about", table, folder)
            con.unregister("about")
    return [*tables, *metadata_tables.ABOUT]


def _metric_versions(folder: Path) -> dict[str, int]:
    path = folder / "parquet" / "dim_metric.parquet"
    if not path.is_file():
        return {}
    return dict(pl.read_parquet(path, columns=["metric_id", "version"]).iter_rows())


def _circumstances(order: Order) -> manifest.Circumstances:
    parent = current(order.releases)
    return manifest.Circumstances(
        as_of=order.as_of,
        programmes=order.programmes,
        inputs=read_inputs(order.ledger, order.programmes),
        parent=parent.name if parent else None,
        key_fingerprints=order.key_fingerprints,
        contract_versions=order.contract_versions,
    )


def _extract(
    order: Order, artifacts: Artifacts, folder: Path, known: manifest.Circumstances
) -> dict[str, str]:
    """Write the public extract, which goes on from what the release before it showed and hid."""
    serving = current(order.releases)
    before = order.before or (serving / previous_release.FOLDER if serving else None)
    wish = extract.Wish(known.as_of.isoformat(), known.inputs, before)
    return extract.write(folder, artifacts, wish)


def _assemble(order: Order, artifacts: Artifacts, folder: Path, root: Path) -> Candidate:
    write_database(folder, _export(order, artifacts, folder))
    outputs = manifest.hash_outputs(folder, parquet_contents(folder))
    checks = metadata_tables.checks(artifacts)
    known = _circumstances(order)
    public = _extract(order, artifacts, folder, known)
    if order.history:
        history.keep(order.history, folder / history.FOLDER)
    made = manifest.write(known, root, artifacts, checks, _metric_versions(folder), outputs, public)
    clocks = {
        "run": order.run_id,
        "started": order.started_at.astimezone(UTC).isoformat(),
        "finished": datetime.now(UTC).isoformat(),
        "loaded_at": order.loaded_at,
    }
    durable.write_json(folder / "run.json", clocks)
    durable.write_json(folder / manifest.NAME, made)
    return Candidate(folder, made, artifacts, order.run_id)


def build(order: Order, *, root: Path = paths.ROOT) -> Candidate:
    """Export the warehouse into `releases/.candidate-<run>`, with manifest and clocks.

    Raises BuildProblem when dbt left no artifacts or warehouse, or a mart has no unique key. What
    was written until an error is removed: a full disk does not stay full.
    """
    artifacts = read_artifacts(order.artifacts)
    folder = _clean(order)
    try:
        return _assemble(order, artifacts, folder, root)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
