"""What a release knows of earlier releases, and passes on to the next one.

Every release holds, as tables, everything remembered: the releases before it, how promises stood,
and what figures were when first published. A run lands them, with the figures of the release
before, as the source `history`, which dbt reads. They are also kept in `restricted/history/` of the
new release, so that it can be reproduced when its predecessor is gone. Like the parent, they are
outside the content hash: their effect on the new release's tables is in it.

Nothing that was published is forgotten, not even a withdrawn release: it keeps its place in the
line, marked, and what it first published stays what was first published. Each release carries the
head of the audit log (`anchors_of`), so that removed lines are noticed.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.access.audit_log import Head
from orchestration.release import tiers, withdrawal
from orchestration.release.current import published, read_manifest, read_run
from orchestration.release.dbt_artifacts import BuildProblem
from orchestration.storage import durable

FOLDER = "history"
LINE = "releases"
CARRIED: Mapping[str, str] = {
    LINE: "dim_release",
    "figures": "fct_metrics",
    "first_releases": "fct_first_releases",
    "metrics": "fct_provisional_periods",
    "promises": "fct_promise_history",
    "revisions": "fct_revisions",
    "vintages": "fct_vintages",
}
RELEASES = pl.Schema(
    {
        "programme_id": pl.String,
        "release_number": pl.Int64,
        "release_id": pl.String,
        "release_as_of": pl.Date,
        "known_to": pl.Date,
        "withdrawn_on": pl.Date,
        "withdrawn_why": pl.String,
    }
)


def _carried(release: Path) -> dict[str, Path]:
    """The tables that a release passes on; none when it was made before histories were kept."""
    named = read_manifest(release)["outputs"]
    if CARRIED[LINE] not in named:
        return {}
    found = {
        name: tiers.parquet(release, table) for name, table in CARRIED.items() if table in named
    }
    gone = [path.name for path in found.values() if not path.is_file()]
    if gone:
        message = (
            f"The history of earlier releases cannot be carried on: {', '.join(gone)} of release"
            f" {release.name} is missing. Restore the release from a backup, or remove its folder"
            " to begin a new history."
        )
        raise BuildProblem(message)
    return found


def _so_far(release: Path, line: Path) -> pl.DataFrame:
    """The releases up to `release`, itself by its id, those withdrawn since then marked too."""
    marks = [
        (mark.release, mark.withdrawn_at[:10] or None, mark.why)
        for mark in withdrawal.read_all(release.parent).values()
    ]
    shape = {"release_id": pl.String, "on": pl.String, "why": pl.String}
    marked = pl.DataFrame(marks, schema=shape, orient="row").with_columns(
        pl.col("on").str.to_date()
    )
    # A line from before releases could be withdrawn has no columns for it.
    known = pl.concat(
        [pl.DataFrame(schema=RELEASES), pl.read_parquet(line)], how="diagonal_relaxed"
    )
    return (
        known.select(*RELEASES)
        .cast(RELEASES)
        .with_columns(pl.col("release_id").fill_null(release.name))
        .join(marked, on="release_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("withdrawn_on", "on").alias("withdrawn_on"),
            pl.coalesce("withdrawn_why", "why").alias("withdrawn_why"),
        )
        .select(*RELEASES)
    )


def _line(so_far: pl.DataFrame, programmes: Sequence[str], as_of: date) -> pl.DataFrame:
    """The releases so far and the one to come, of these programmes."""
    last = so_far.select(pl.col("release_number").max()).item() or 0
    next_one = pl.DataFrame(
        [(programme, last + 1, None, as_of, None, None, None) for programme in sorted(programmes)],
        schema=RELEASES,
        orient="row",
    )
    return pl.concat([so_far.filter(pl.col("programme_id").is_in(programmes)), next_one])


def hand_on(release: Path | None, into: Path, programmes: Sequence[str], as_of: date) -> None:
    """Land in `into` what `release` passes on to a release of these programmes as of that day.

    Without a release before, the history begins. Raises BuildProblem when a table is missing that
    the release says it has: nothing is forgotten silently.
    """
    found = _carried(release) if release else {}
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for name, path in found.items():
        if name != LINE:
            durable.link(path, into / f"{name}.parquet")
    known = _so_far(release, found[LINE]) if release and found else pl.DataFrame(schema=RELEASES)
    line = _line(known, programmes, as_of)
    line.sort("programme_id", "release_number").write_parquet(into / f"{LINE}.parquet")


def repeat(release: Path, into: Path) -> None:
    """Land in `into` exactly the history that `release` itself started from."""
    shutil.rmtree(into, ignore_errors=True)
    keep(tiers.restricted(release) / FOLDER, into)


def keep(landed: Path, there: Path) -> None:
    """Put the landed history into the folder `there`; without a history nothing is kept."""
    there.mkdir(parents=True)
    for path in sorted(landed.glob("*.parquet")):
        durable.link(path, there / path.name)


KEY = "audit_log"


def anchors_of(releases: Path) -> Mapping[str, Head]:
    """Number and hash of the log's last event when each kept release was made, by its name."""
    carried = {path.name: read_run(path).get(KEY) for path in published(releases)}
    return {
        name: Head(int(head["sequence"]), str(head["hash"]))
        for name, head in carried.items()
        if isinstance(head, dict) and head.keys() >= {"sequence", "hash"}
    }
