"""The report of a run that has ended, for a person or a program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration import paths
from orchestration.release.current import DamagedRelease, connect, current, read_manifest
from orchestration.runner.run import RunReport
from orchestration.steps.accounting import counted

Summary = dict[str, Any]
NAMES_SHOWN = 10


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.sql(f"select count(*) from {table}").fetchall()[0][0])


def _contents() -> Summary:
    """What the current release holds; empty without one, or where it cannot be read."""
    release = current(paths.releases())
    try:
        return _contents_of(release) if release else {}
    except (DamagedRelease, duckdb.Error):
        return {}


def _contents_of(release: Path) -> Summary:
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


def summarise(report: RunReport) -> Summary:
    """The report as data: exit code, sentence, current release, refused files, late tables."""
    status = report.status
    return {
        "code": status.code,
        "sentence": status.sentence,
        "run_id": status.run_id,
        "serving": _contents(),
        "refused": list(status.refused),
        "late": list(status.late),
        "withdrawn": list(status.withdrawn),
        "held": list(status.held),
        "built": status.built,
        "left": list(status.left),
        "unclaimed": report.unclaimed,
        "files": [one.as_dict() for one in report.files],
        "outcomes": counted(report.files),
        "stale_loads": report.stale_loads,
        "warnings": report.warnings,
        "log": str(report.log) if report.log else None,
    }


def _where(serving: Summary) -> Iterator[str]:
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
    yield f"         {path}/internal/marts.duckdb   DuckDB; the same tables in parquet/ and csv/"
    if any(one["is_synthetic"] for one in serving["programmes"]):
        yield "         Figures marked synthetic describe nobody: they show what the system does."


def _files(summary: Summary) -> Iterator[str]:
    """How many files in landing had which outcome, and what there is to say about single ones."""
    if summary["outcomes"]:
        counts = (f"{count} {outcome}" for outcome, count in summary["outcomes"].items())
        yield f"Files    {', '.join(counts)}"
    for one in summary["files"]:
        if one.get("rejected"):
            where = f": {one['quarantine']}" if "quarantine" in one else ""
            share = f"{one['rejected']:,} of {one['records']:,} records"
            yield f"Rejected {one['file']}: {share}{where}"
        if one.get("is_much_smaller"):
            yield f"Smaller  {one['file']}: under half of the rows of the one of its kind before"
        if one["outcome"] in ("stale", "superseded", "withdrawn"):
            counts_on = "counts on" if one["outcome"] == "stale" else "no longer counts"
            yield f"{one['outcome'].capitalize()} {one['file']} {counts_on}: {one.get('reason')}"


def _to_fix(summary: Summary) -> Iterator[str]:
    for one in summary["refused"]:
        yield f"Refused  {one['file']}: {one['reason']}"
    for one in summary["left"]:
        yield f"Not yet  {one['file']}: {one['reason']}"
    for one in summary["late"]:
        yield f"Late     {one['sentence']}"
    for one in summary["warnings"]:
        yield f"Warning  {one}"
    yield from _held(summary)
    for one in summary["withdrawn"]:
        yield f"Withdrawn {one['release']}: {one['why']}"
    if summary["stale_loads"]:
        count = len(summary["stale_loads"])
        yield f"Stale    {count} loads under an older contract or key, their files gone:"
        yield from _first(summary["stale_loads"])
    if summary["unclaimed"]:
        yield f"Left     {len(summary['unclaimed'])} files fit no contract and were not read:"
        yield from _first(summary["unclaimed"])


def _held(summary: Summary) -> Iterator[str]:
    for one in summary["held"]:
        yield f"Held     {one['programme']}: its last good figures serve on, because"
        yield from _first(one["why"])
    if summary["held"]:
        yield "         bodyworn release held lists what waits; accept or reject decides."


def _first(names: list[str]) -> Iterator[str]:
    """The first names of a list, and how to see the others."""
    yield from (f"         {name}" for name in names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        yield f"         and {len(names) - NAMES_SHOWN} more: bodyworn run --json lists every one"


def as_text(summary: Summary) -> str:
    """The report as lines of text."""
    lines = [summary["sentence"], *_files(summary), *_to_fix(summary)]
    if summary["serving"] and summary["code"] in {0, 3, 5}:
        lines += _where(summary["serving"])
    elif summary["log"]:
        lines.append(f"The log is {summary['log']}")
    return "\n".join(lines)
