"""What a person or a program is told when a run has ended."""

from collections.abc import Iterator
from typing import Any

import duckdb

from orchestration import paths
from orchestration.release.current import connect, current, read_manifest
from orchestration.runner.run import Ending

Told = dict[str, Any]
NAMES_SHOWN = 10


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.sql(f"select count(*) from {table}").fetchall()[0][0])


def _contents() -> Told:
    """What the current release holds; empty without one."""
    release = current(paths.releases())
    if release is None:
        return {}
    made = read_manifest(release)
    with connect(release) as con:
        programmes = con.sql(
            "select programme_name, is_synthetic from dim_programme order by all"
        ).fetchall()
        figures = _count(con, "fct_metrics")
    return {
        "release": release.name,
        "path": str(paths.releases() / "current"),
        "programmes": [{"name": name, "is_synthetic": fake} for name, fake in programmes],
        "tables": len(made["outputs"]),
        "figures": figures,
        "checks": made["tests"]["counts"],
    }


def describe(ending: Ending) -> Told:
    """The ending as data: exit code, sentence, what serves now, what was refused or is late."""
    attempt = ending.attempt
    return {
        "code": attempt.code,
        "sentence": attempt.sentence,
        "run_id": attempt.run_id,
        "serving": _contents(),
        "refused": list(attempt.refused),
        "late": list(attempt.late),
        "withdrawn": list(attempt.withdrawn),
        "unclaimed": ending.unclaimed,
        "outdated": ending.outdated,
        "log": str(ending.log) if ending.log else None,
    }


def _where(serving: Told) -> Iterator[str]:
    names = [
        f"{one['name']} (synthetic)" if one["is_synthetic"] else one["name"]
        for one in serving["programmes"]
    ]
    checks = ", ".join(f"{count} {status}" for status, count in serving["checks"].items())
    path = serving["path"]
    yield f"Where    {path} -> {serving['release']}"
    yield f"Holds    {'; '.join(names)}"
    yield f"         {serving['figures']:,} figures in {serving['tables']} tables; checks: {checks}"
    yield "Open     make app   (or: uv run bodyworn dashboard)   pages in a browser"
    yield f"         {path}/marts.duckdb   DuckDB; the same tables in parquet/ and csv/"
    if any(one["is_synthetic"] for one in serving["programmes"]):
        yield "         Figures marked synthetic describe nobody: they show what the system does."


def _mend(told: Told) -> Iterator[str]:
    for one in told["refused"]:
        yield f"Refused  {one['file']}: {one['reason']}"
    for one in told["late"]:
        yield f"Late     {one['sentence']}"
    for one in told["withdrawn"]:
        yield f"Withdrawn {one['release']}: {one['why']}"
    if told["outdated"]:
        yield f"Outdated {len(told['outdated'])} loads under an older contract or key, file gone:"
        yield from _first(told["outdated"])
    if told["unclaimed"]:
        yield f"Left     {len(told['unclaimed'])} files fit no contract and were not read:"
        yield from _first(told["unclaimed"])


def _first(names: list[str]) -> Iterator[str]:
    """The first names of a list, and how to see the others."""
    yield from (f"         {name}" for name in names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        yield f"         and {len(names) - NAMES_SHOWN} more: bodyworn run --json lists every one"


def as_words(told: Told) -> str:
    """The ending as lines for people."""
    lines = [told["sentence"], *_mend(told)]
    if told["serving"] and told["code"] in {0, 3}:
        lines += _where(told["serving"])
    elif told["log"]:
        lines.append(f"The log is {told['log']}")
    return "\n".join(lines)
