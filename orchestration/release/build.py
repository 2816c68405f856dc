"""A release candidate: every mart exported, described and hashed, in a folder nobody reads yet.

A programme is carried when its new rows wait for a person, or could not be computed. Its rows,
inputs and key are then those of the release being served; all others are new.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration import paths
from orchestration.access import audit_log
from orchestration.release import dbt_artifacts, history, manifest, tiers
from orchestration.release.current import current, read_manifest
from orchestration.release.database import NAME as DATABASE
from orchestration.release.database import export, parquet_contents, parquet_of, write_database
from orchestration.release.dbt_artifacts import (
    Artifacts,
    BuildProblem,
    ReleasedTable,
    read_artifacts,
    released_tables,
)
from orchestration.release.manifest import Input, read_inputs
from orchestration.release.public import extract, memory
from orchestration.release.public.extract import Publication, Rhythm
from orchestration.storage import durable
from orchestration.storage.engine import usable_cores
from orchestration.storage.hashes import of_file
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


PREFIX = ".candidate-"


@dataclass(frozen=True)
class BuildRequest:
    """What to release: dbt's closed warehouse and its target folders in the order dbt ran.

    `again` is the release to reproduce: the candidate starts from the same history and publishes
    the same. `rhythms` say when programmes are published; `correction` is why one is published
    earlier. `history` holds the history of earlier releases that the warehouse read. `audit` is the
    folder of the audit log whose last event the release carries. `engine` names what computed the
    models, with its version; `built` says which programmes were built anew. `carried` are
    programmes whose rows are copied from an earlier release, whatever the warehouse holds of them.
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
    built: Mapping[str, Any] = field(default_factory=dict)


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
    with _open(request.warehouse) as con, ThreadPoolExecutor(usable_cores()) as pool:

        def written(table: ReleasedTable) -> int:
            # A cursor is a connection of its own: each table is still written by one thread.
            with con.cursor() as own:
                relation = with_carried(own, table, table.relation, request.carried)
                return export(own, relation, table, folder)

        marts = list(zip(tables, pool.map(written, tables), strict=True))
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
        "built": dict(request.built),
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
