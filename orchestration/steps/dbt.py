"""dbt inside this process: parsed once per version of the models, its file lock released.

Its manifest and results are in one folder per pass.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration import paths
from orchestration.storage.engine import AS_PARSED, DUCKDB

READ_BY_DBT = ("models", "data/seeds", "tests/dbt", "dbt_project.yml", "profiles.yml", "uv.lock")
KEPT = 3
"""How many parsed versions are kept, so that switching branches does not parse again."""
BEFORE, AFTER = "1-before-estimates", "2-after-estimates"


class DbtProblem(RuntimeError):
    """dbt could not start or stopped half way; the message is dbt's own."""


@dataclass(frozen=True)
class NodeResult:
    """The result of one model, seed or test."""

    unique_id: str
    status: str
    message: str
    failures: int
    seconds: float

    @property
    def passed(self) -> bool:
        """Built or passed; a warning passes, and so does a node with nothing to build."""
        return self.status in {"success", "pass", "warn", "no-op"}


def _files(root: Path) -> Iterator[Path]:
    for name in READ_BY_DBT:
        path = root / name
        yield from sorted(path.rglob("*")) if path.is_dir() else (path,)


def models_version(root: Path = paths.ROOT) -> str:
    """One hash over everything dbt reads when it parses."""
    digest = sha256()
    for file in _files(root):
        if file.is_file():
            digest.update(f"{file.relative_to(root)}\n".encode())
            digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def parsed_folder(root: Path = paths.ROOT) -> Path:
    """Where parsed models are kept: with the project, or in the home if that is read-only."""
    target = root / "target"
    is_ours = os.access(target if target.is_dir() else root, os.W_OK)
    return target / "parsed" if is_ours else paths.parsed()


def prepared(root: Path = paths.ROOT, *, engine: str = DUCKDB, schema: str = "") -> Path:
    """The folder with dbt's manifest of the models as they are, parsed now if they changed.

    Each engine has its own, and so has each `schema` that a setting names.
    """
    parsed = parsed_folder(root)
    named = "" if engine == DUCKDB else f"-{engine}-{schema}"
    folder = parsed / f"{models_version(root)}{named}"
    if not (folder / "manifest.json").is_file():
        _parse(folder, engine)
        for older in sorted(parsed.glob("[!.]*"), key=os.path.getmtime)[:-KEPT]:
            shutil.rmtree(older, ignore_errors=True)
    return folder


def _parse(folder: Path, engine: str) -> None:
    unfinished = folder.with_name(f".{folder.name}-{os.getpid()}")
    flags = ["--no-partial-parse", "--target", engine, "--target-path", str(unfinished)]
    _invoke(["parse", *flags, "--vars", json.dumps(AS_PARSED[engine])])
    try:
        unfinished.rename(folder)
    except OSError:
        shutil.rmtree(unfinished)


def _flags(folder: Path) -> list[str]:
    return [
        *("--project-dir", str(paths.ROOT), "--profiles-dir", str(paths.ROOT)),
        *("--log-path", str(folder), "--log-level", "none", "--log-level-file", "info"),
        "--no-use-colors-file",
    ]


@contextmanager
def _surroundings() -> Iterator[None]:
    """Set the home, which dbt reads from the environment, and the folder dbt works in."""
    before, there = os.environ.get("BODYWORN_HOME"), Path.cwd()
    os.environ["BODYWORN_HOME"] = str(paths.home())
    try:
        yield
    finally:
        os.chdir(there)
        if before is None:
            del os.environ["BODYWORN_HOME"]
        else:
            os.environ["BODYWORN_HOME"] = before
        _release_lock()


def _release_lock() -> None:
    """Close the warehouse: dbt-duckdb would keep it open, and locked, until the process ends."""
    DuckDBConnectionManager.close_all_connections()


def _invoke(
    arguments: Sequence[str],
    *,
    manifest: Any = None,
    on_event: Callable[[Any], None] | None = None,
) -> Any:
    runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else [])
    logs = paths.home() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with _surroundings():
        done = runner.invoke([*arguments, *_flags(logs)])
    if done.exception is not None:
        raise DbtProblem(str(done.exception)) from done.exception
    return done.result


def _manifest(folder: Path) -> Any:
    """The dbt form of the parsed project, which saves parsing it for every invocation."""
    manifest = Manifest.from_msgpack((folder / "partial_parse.msgpack").read_bytes())
    manifest.build_flat_graph()
    return manifest


def build(
    selection: Sequence[str],
    *,
    parsed: Path,
    variables: Mapping[str, Any],
    target: Path,
    engine: str = DUCKDB,
    on_event: Callable[[Any], None] | None = None,
) -> list[NodeResult]:
    """`dbt build` of a selection into the warehouse of the home; artifacts go to `target`.

    Models, seeds and tests of rows; unit tests, which no delivery can change, are left out.

    `parsed` is a folder that `prepared` gave for the same `engine`.
    Raises DbtProblem when dbt cannot start. A failed model or test is a result, not an error.
    """
    paths.warehouse().parent.mkdir(parents=True, exist_ok=True)
    result = _invoke(
        [
            *("build", *selection, "--vars", json.dumps(dict(variables))),
            *("--target", engine, "--target-path", str(target), "--no-partial-parse"),
            # Their rows are invented and fixed: they test the models once, in `make test`.
            *("--exclude-resource-type", "unit_test"),
        ],
        manifest=_manifest(parsed),
        on_event=on_event,
    )
    return [
        NodeResult(
            unique_id=one.node.unique_id,
            status=str(one.status),
            message=one.message or "",
            failures=one.failures or 0,
            seconds=one.execution_time,
        )
        for one in result.results
    ]


def target(step: str) -> Path:
    """The target folder of one pass of dbt."""
    return paths.home() / "dbt" / step


def targets() -> list[Path]:
    """The target folders that hold results, in the order in which dbt ran."""
    return [
        target(step) for step in (BEFORE, AFTER) if (target(step) / "run_results.json").is_file()
    ]


def forget_artifacts() -> None:
    """Remove the artifacts of earlier runs, including killed ones."""
    shutil.rmtree(paths.home() / "dbt", ignore_errors=True)


def start_anew() -> None:
    """Remove the warehouse and the artifacts of earlier runs, including killed ones."""
    forget_artifacts()
    warehouse = paths.warehouse()
    for left in warehouse.parent.glob(f"{warehouse.name}*"):
        left.unlink()
