"""`manifest.json`: what a release was made from, by what, and what came out.

The content hash covers everything that decides or is the result: inputs, code, lock, keys, as-of
date, versions of contracts and metrics, tests and outputs. It leaves out what may differ between
two equal releases: parent, git commit, and the versions of Python and dbt (the lock pins dbt).
Clocks are in `run.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.release import fingerprint
from orchestration.release.artifacts import Artifacts
from orchestration.release.hashes import canonical, of_file, of_text
from orchestration.release.inputs import Input
from orchestration.storage.engine import engine_version

NAME = "manifest.json"
OUTSIDE = ("release", "content_hash", "parent", "made_by")


@dataclass(frozen=True)
class Circumstances:
    """What is known before the first table is written."""

    as_of: date
    programmes: Sequence[str]
    inputs: Sequence[Input]
    parent: str | None
    key_fingerprints: dict[str, str] = field(default_factory=dict)
    contract_versions: dict[str, int] = field(default_factory=dict)


def content_hash(manifest: dict[str, Any]) -> str:
    """SHA-256 of everything in the manifest that must be equal in an equal release."""
    return of_text(canonical({k: v for k, v in manifest.items() if k not in OUTSIDE}))


def hash_outputs(folder: Path, contents: dict[str, str]) -> dict[str, Any]:
    """Hashes of each table: its content, its Parquet file and its CSV file."""
    return {
        table: {
            "content": content,
            "csv": of_file(folder / "csv" / f"{table}.csv"),
            "parquet": of_file(folder / "parquet" / f"{table}.parquet"),
        }
        for table, content in contents.items()
    }


def _tests(checks: pl.DataFrame) -> dict[str, Any]:
    each = dict(checks.select("check_name", "status").sort("check_name").iter_rows())
    counts = dict(checks.group_by("status").len().sort("status").iter_rows())
    return {"counts": counts, "each": each}


def _code(root: Path) -> dict[str, str | None]:
    return {
        "version": fingerprint.code_version(root),
        "lock": fingerprint.lock_version(root),
        "duckdb": engine_version(),
    }


def _named(body: dict[str, Any]) -> dict[str, Any]:
    content = content_hash(body)
    return body | {"content_hash": content, "release": f"{body['as_of']}-{content[:12]}"}


def write(
    known: Circumstances,
    root: Path,
    artifacts: Artifacts,
    checks: pl.DataFrame,
    metric_versions: dict[str, int],
    outputs: dict[str, Any],
    public: dict[str, str],
) -> dict[str, Any]:
    """The manifest as a dictionary, its content hash and release id included."""
    return _named(
        {
            "as_of": known.as_of.isoformat(),
            "programmes": sorted(known.programmes),
            "inputs": [delivered.as_dict() for delivered in known.inputs],
            "code": _code(root),
            "key_fingerprints": known.key_fingerprints,
            "contract_versions": known.contract_versions,
            "metric_versions": metric_versions,
            "tests": _tests(checks),
            "outputs": outputs,
            "public": public,
            "parent": known.parent,
            "made_by": {
                "git_commit": fingerprint.commit(root),
                "python": fingerprint.python_version(),
                "dbt": artifacts.dbt_version,
            },
        }
    )
