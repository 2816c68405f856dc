"""`manifest.json`: what a release was made from, by what, and what came out.

The content hash covers everything that decides or is the result: inputs, code, lock, keys, as-of
date, versions of contracts and metrics, tests and outputs. It leaves out what may differ between
two equal releases: parent, git commit, and the versions of Python and dbt (the lock pins dbt).
Times of the run are in `run.json`.
"""

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from orchestration import paths
from orchestration.release import tiers
from orchestration.release.dbt_artifacts import Artifacts
from orchestration.storage.engine import engine_version
from orchestration.storage.hashes import canonical, of_file, of_sources, of_text

# What decides the content of a release: code that computes, models, and committed data. Not
# commands and runners, which start a run and report on it; nor planning, which is for future
# trials; nor the generator, whose output is delivered as files and hashed like any other.
DECIDING = (
    "dbt_project.yml",
    "models",
    "data/programmes",
    "data/seeds",
    "data/studies",
    "orchestration",
)
DECIDING_NOTHING = (
    "orchestration/cli.py",
    "orchestration/commands",
    "orchestration/evaluation/planning",
    "orchestration/runner",
    "orchestration/synthetic_data",
)
NAME = "manifest.json"
OUTSIDE = ("release", "content_hash", "parent", "made_by")


def code_version(root: Path) -> str:
    """SHA-256 of what decides a release below `root`; comments in Python do not change it.

    Programmes that lie elsewhere (`BODYWORN_PROGRAMMES`) decide it too.
    """
    version = of_sources(root, DECIDING, without=DECIDING_NOTHING)
    if (root / "data" / "programmes").resolve() == paths.PROGRAMMES:
        return version
    elsewhere = of_sources(paths.PROGRAMMES.parent, [paths.PROGRAMMES.name])
    return of_text(canonical([version, elsewhere]))


def lock_version(root: Path) -> str | None:
    """SHA-256 of `uv.lock`, or None where the project was installed without it."""
    lock = root / "uv.lock"
    return of_file(lock) if lock.is_file() else None


def code(root: Path) -> dict[str, str | None]:
    """Both versions, as a replication bundle names them."""
    return {"version": code_version(root), "lock": lock_version(root)}


def commit(root: Path) -> str | None:
    """The git commit the sources stand on, or None outside a repository."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def python_version() -> str:
    """The version of the running Python."""
    return platform.python_version()


@dataclass(frozen=True)
class Input:
    """One delivered file as loaded into one table; `position` counts from 1 within the release."""

    position: int
    file_name: str
    file_hash: str
    programme_id: str
    source_name: str
    table_name: str
    as_of: str
    load_status: str
    contract_version: int
    # Releases from before loads had a status list files that counted.
    counting_status: str = "counts"
    counting_since: str | None = None
    counting_reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The input as the manifest writes it."""
        return asdict(self)


def read_inputs(ledger: Path, programmes: Sequence[str]) -> list[Input]:
    """Ledger rows of the programmes in order of arrival; empty when nothing was ever loaded.

    Arrival numbers start from 1 within these programmes, so that a release does not depend on
    what else was loaded in the same home.
    """
    files = sorted(ledger.glob("*.parquet"))
    if not files:
        return []
    order = ("arrival", "programme_id", "source_name", "table_name", "file_hash")
    names = {*order, *Input.__dataclass_fields__} - {"position"}
    rows = (
        pl.concat([pl.read_parquet(file, columns=sorted(names)) for file in files])
        .filter(pl.col("programme_id").is_in(list(programmes)))
        .with_columns(
            pl.col("as_of", "counting_since").cast(pl.String), pl.col("arrival").rank("dense")
        )
        .sort(order)
        .rename({"arrival": "position"})
    )
    return [Input(**row) for row in rows.to_dicts()]


@dataclass(frozen=True)
class ReleaseInputs:
    """What a release is made from, known before its first table is written."""

    as_of: date
    programmes: Sequence[str]
    inputs: Sequence[Input]
    parent: str | None
    key_fingerprints: dict[str, str] = field(default_factory=dict)
    contract_versions: dict[str, int] = field(default_factory=dict)
    carried: dict[str, Any] = field(default_factory=dict)


class Extracted(Protocol):
    """The public extract: the hash of each file, and what was published of each programme."""

    @property
    def public(self) -> dict[str, str]:
        """SHA-256 of each file by its path."""

    @property
    def disclosure(self) -> dict[str, dict[str, Any]]:
        """Whether and why each programme is published, and the end of its memory."""


def content_hash(manifest: dict[str, Any]) -> str:
    """SHA-256 of everything in the manifest that must be equal in an equal release."""
    return of_text(canonical({k: v for k, v in manifest.items() if k not in OUTSIDE}))


def hash_outputs(folder: Path, contents: dict[str, str]) -> dict[str, Any]:
    """Hashes of each table: its content, its Parquet file and its CSV file."""
    return {
        table: {
            "content": content,
            "csv": of_file(tiers.csv(folder, table)),
            "parquet": of_file(tiers.parquet(folder, table)),
        }
        for table, content in contents.items()
    }


def _tests(checks: pl.DataFrame) -> dict[str, Any]:
    each = dict(checks.select("check_name", "status").sort("check_name").iter_rows())
    counts = dict(checks.group_by("status").len().sort("status").iter_rows())
    return {"counts": counts, "each": each}


def _code(root: Path) -> dict[str, str | None]:
    return {
        "version": code_version(root),
        "lock": lock_version(root),
        "duckdb": engine_version(),
    }


def _named(body: dict[str, Any]) -> dict[str, Any]:
    content = content_hash(body)
    return body | {"content_hash": content, "release": f"{body['as_of']}-{content[:12]}"}


def write(
    inputs: ReleaseInputs,
    root: Path,
    artifacts: Artifacts,
    checks: pl.DataFrame,
    metric_versions: dict[str, int],
    outputs: dict[str, Any],
    extracted: Extracted,
) -> dict[str, Any]:
    """The manifest as a dictionary, with its content hash and release id."""
    return _named(
        {
            "as_of": inputs.as_of.isoformat(),
            "programmes": sorted(inputs.programmes),
            "inputs": [delivered.as_dict() for delivered in inputs.inputs],
            "carried": inputs.carried,
            "code": _code(root),
            "key_fingerprints": inputs.key_fingerprints,
            "contract_versions": inputs.contract_versions,
            "metric_versions": metric_versions,
            "tests": _tests(checks),
            "outputs": outputs,
            "public": extracted.public,
            "disclosure": extracted.disclosure,
            "parent": inputs.parent,
            "made_by": {
                "git_commit": commit(root),
                "python": python_version(),
                "dbt": artifacts.dbt_version,
            },
        }
    )
