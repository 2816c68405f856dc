"""A release candidate: every mart exported, described and hashed, in a folder nobody reads yet."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration import paths
from orchestration.access import audit_log
from orchestration.release import dbt_artifacts, history, manifest, tiers
from orchestration.release.carried import Carried, inputs_with, with_carried
from orchestration.release.current import current, read_manifest
from orchestration.release.database import NAME as DATABASE
from orchestration.release.database import export, parquet_contents, write_database
from orchestration.release.dbt_artifacts import (
    Artifacts,
    BuildProblem,
    ReleasedTable,
    read_artifacts,
    released_tables,
)
from orchestration.release.manifest import read_inputs
from orchestration.release.public import extract, memory
from orchestration.release.public.extract import Publication, Rhythm
from orchestration.storage import durable
from orchestration.storage.hashes import of_file

PREFIX = ".candidate-"


@dataclass(frozen=True)
class BuildRequest:
    """What to release: dbt's closed warehouse and its target folders in the order dbt ran.

    `again` is the release to reproduce: the candidate starts from the same history and publishes
    the same. `rhythms` say when programmes are published; `correction` is why one is published
    earlier. `history` holds the history of earlier releases that the warehouse read. `audit` is the
    folder of the audit log whose last event the release carries. `engine` names what computed the
    models, with its version. `carried` are programmes whose rows are copied from an earlier
    release, whatever the warehouse holds of them.
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
    again: Path | None = None
    rhythms: Mapping[str, Rhythm] = field(default_factory=dict)
    correction: str | None = None
    history: Path | None = None
    carried: Sequence[Carried] = ()
    audit: Path | None = None
    engine: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A built release under a temporary name, with everything that an audit needs."""

    folder: Path
    manifest: dict[str, Any]
    artifacts: Artifacts
    run_id: str


def _clean(request: BuildRequest) -> Path:
    """Remove what killed runs left: one run at a time builds in a home."""
    request.releases.mkdir(parents=True, exist_ok=True)
    for left in request.releases.glob(".removed-*"):
        durable.finish_removal(left)
    for left in request.releases.glob(f"{PREFIX}*"):
        durable.remove_tree(left)
    folder = request.releases / f"{PREFIX}{request.run_id}"
    tiers.begin(folder)
    return folder


def _open(warehouse: Path) -> duckdb.DuckDBPyConnection:
    if not warehouse.is_file():
        message = f"{warehouse} is missing: run dbt build before the release"
        raise BuildProblem(message)
    return duckdb.connect(warehouse, read_only=True, config={"threads": 1})


def _about(
    con: duckdb.DuckDBPyConnection, artifacts: Artifacts, marts: Sequence[tuple[ReleasedTable, int]]
) -> Iterator[tuple[ReleasedTable, pl.DataFrame]]:
    yield dbt_artifacts.CHECKS, dbt_artifacts.checks(artifacts)
    yield dbt_artifacts.COLUMNS, dbt_artifacts.columns(con, [table for table, _ in marts])
    yield dbt_artifacts.LINEAGE, dbt_artifacts.lineage(artifacts)
    yield dbt_artifacts.TABLES, dbt_artifacts.tables(marts)


def _export(request: BuildRequest, artifacts: Artifacts, folder: Path) -> list[ReleasedTable]:
    tables = released_tables(artifacts)
    with _open(request.warehouse) as con:
        marts = []
        for table in tables:
            relation = with_carried(con, table, table.relation, request.carried)
            marts.append((table, export(con, relation, table, folder)))
        for table, frame in _about(con, artifacts, marts):
            con.register("about", frame)
            export(con, "about", table, folder)
            con.unregister("about")
    return [*tables, *dbt_artifacts.ABOUT]


def _metric_versions(folder: Path) -> dict[str, int]:
    path = tiers.parquet(folder, "dim_metric")
    if not path.is_file():
        return {}
    return dict(pl.read_parquet(path, columns=["metric_id", "version"]).iter_rows())


def _release_inputs(request: BuildRequest) -> manifest.ReleaseInputs:
    parent = current(request.releases)
    return manifest.ReleaseInputs(
        as_of=request.as_of,
        programmes=sorted({*request.programmes, *(one.programme for one in request.carried)}),
        inputs=inputs_with(request.carried, read_inputs(request.ledger, request.programmes)),
        parent=parent.name if parent else None,
        key_fingerprints=_key_fingerprints(request),
        contract_versions=request.contract_versions,
        carried={one.programme: one.as_dict() for one in request.carried},
    )


def _key_fingerprints(request: BuildRequest) -> dict[str, str]:
    carried = {name: key for one in request.carried for name, key in one.key_fingerprint.items()}
    return request.key_fingerprints | carried


def _extract(
    request: BuildRequest, artifacts: Artifacts, folder: Path, inputs: manifest.ReleaseInputs
) -> extract.Extract:
    """Write the public extract, which continues from everything published before."""
    again = request.again
    extract_request = extract.ExtractRequest(
        inputs.as_of,
        inputs.inputs,
        memory.states_before(again) if again else memory.states(request.releases),
        request.rhythms,
        request.correction,
        _repeated(again) if again else None,
    )
    return extract.write(folder, artifacts, extract_request)


def _repeated(release: Path) -> dict[str, Publication]:
    """What a release published of each programme."""
    return {
        programme: Publication(said["published"], said["why"], said["next_on"])
        for programme, said in read_manifest(release).get("disclosure", {}).items()
    }


def _assemble(request: BuildRequest, artifacts: Artifacts, folder: Path, root: Path) -> Candidate:
    write_database(folder, _export(request, artifacts, folder))
    outputs = manifest.hash_outputs(folder, parquet_contents(folder))
    checks = dbt_artifacts.checks(artifacts)
    inputs = _release_inputs(request)
    extracted = _extract(request, artifacts, folder, inputs)
    if request.history:
        history.keep(request.history, tiers.restricted(folder) / history.FOLDER)
    made = manifest.write(
        inputs, root, artifacts, checks, _metric_versions(folder), outputs, extracted
    )
    clocks = {
        "run": request.run_id,
        "started": request.started_at.astimezone(UTC).isoformat(),
        "finished": datetime.now(UTC).isoformat(),
        "engine": dict(request.engine),
        "loaded_at": request.loaded_at,
        # Its bytes hold random ids, so the manifest, which is hashed, cannot name them.
        "database": of_file(tiers.internal(folder) / DATABASE),
        "restricted": tiers.hashes_of_restricted(folder),
    }
    if request.audit and (head := audit_log.head(request.audit)):
        clocks[history.KEY] = head.as_dict()
    durable.write_json(folder / "run.json", clocks)
    durable.write_json(folder / manifest.NAME, made)
    return Candidate(folder, made, artifacts, request.run_id)


def build(request: BuildRequest, *, root: Path = paths.ROOT) -> Candidate:
    """Export the warehouse into `releases/.candidate-<run>`, with manifest and clocks.

    Raises BuildProblem when dbt left no artifacts or warehouse, or a mart has no unique key. After
    an error everything written so far is removed: a full disk does not stay full.
    """
    artifacts = read_artifacts(request.artifacts)
    folder = _clean(request)
    try:
        return _assemble(request, artifacts, folder, root)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
