"""What a release carries of the releases before it, and hands on to the next one.

Every release holds, as tables, all that is remembered: its line of releases, how promises stood,
what figures were when first published. A run lands them, with the figures of the release before,
as the source `history`, which dbt reads; they are kept in `history/` of the new release too, so
that it can be made again when its predecessor is gone. Like the parent, they stand outside the
content hash: what they made of the new release's tables is in it.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.release.current import read_manifest
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
    }
)


def _carried(release: Path) -> dict[str, Path]:
    """The tables that a release hands on; none when it was made before histories were kept."""
    named = read_manifest(release)["outputs"]
    if CARRIED[LINE] not in named:
        return {}
    found = {
        name: release / "parquet" / f"{table}.parquet"
        for name, table in CARRIED.items()
        if table in named
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


def _line(earlier: Path | None, name: str, programmes: Sequence[str], as_of: date) -> pl.DataFrame:
    """The releases so far, the last of them now with its id `name`, and the one to come."""
    so_far = pl.read_parquet(earlier) if earlier else pl.DataFrame(schema=RELEASES)
    known = (
        so_far.select(*RELEASES).cast(RELEASES).with_columns(pl.col("release_id").fill_null(name))
    )
    last = known.select(pl.col("release_number").max()).item() or 0
    next_one = pl.DataFrame(
        [(programme, last + 1, None, as_of, None) for programme in sorted(programmes)],
        schema=RELEASES,
        orient="row",
    )
    return pl.concat([known.filter(pl.col("programme_id").is_in(programmes)), next_one])


def hand_on(release: Path | None, into: Path, programmes: Sequence[str], as_of: date) -> None:
    """Land in `into` what `release` carries, for a release of these programmes as of that day.

    Without a release before, the history begins. Raises BuildProblem when a table is missing that
    the release says it has: nothing is forgotten in silence.
    """
    found = _carried(release) if release else {}
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for name, path in found.items():
        if name != LINE:
            durable.link(path, into / f"{name}.parquet")
    line = _line(found.get(LINE), release.name if release else "", programmes, as_of)
    line.sort("programme_id", "release_number").write_parquet(into / f"{LINE}.parquet")


def repeat(release: Path, into: Path) -> None:
    """Land in `into` exactly what `release` itself went on from."""
    shutil.rmtree(into, ignore_errors=True)
    keep(release / FOLDER, into)


def keep(landed: Path, there: Path) -> None:
    """Put the landed history into the folder `there`; a release without one keeps nothing."""
    there.mkdir(parents=True)
    for path in sorted(landed.glob("*.parquet")):
        durable.link(path, there / path.name)
