"""The public extract of a candidate: `public/figures.csv`, its `datapackage.json` and README."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.disclosure.cells import CELL, KEY, LINK, LinkedCells, arrange
from orchestration.disclosure.policy import Policy, read_policy
from orchestration.disclosure.releases import protect_after
from orchestration.release import tiers
from orchestration.release.dbt_artifacts import Artifacts
from orchestration.release.manifest import Input
from orchestration.release.public import cube, figures, package, previous_release
from orchestration.release.public.previous_release import Memory, before
from orchestration.release.public.quantities import sides, subsets, united
from orchestration.storage import durable
from orchestration.storage.hashes import of_file
from orchestration.storage.spreadsheet_safety import escape

FOLDER = tiers.PUBLIC
README = """For everyone: figures in which small counts are hidden, and all that would reveal them.

`figures.csv` are the figures, `datapackage.json` says what each column means and where they come
from. Only this folder of a release is for publication; `bodyworn publish --to FOLDER` copies it.
"""


@dataclass(frozen=True)
class ExtractRequest:
    """What an extract is made for: as-of date, inputs, and the memory of the release before."""

    as_of: str
    inputs: Sequence[Input]
    before: Path | None


def hashes(release: Path) -> dict[str, str]:
    """SHA-256 of every file of the extract, by its path within the release."""
    files = sorted((release / FOLDER).glob("*"))
    return {f"{FOLDER}/{path.name}": of_file(path) for path in files}


def write(
    folder: Path, artifacts: Artifacts, request: ExtractRequest, policy: Policy | None = None
) -> dict[str, str]:
    """Write the extract of the candidate in `folder`; return the hash of each file.

    Nothing is written when a table it is cut from is missing, which the audit reports. Raises
    BuildProblem when a metric declares a disclosure class that does not exist.
    """
    released = cube.read_released(folder, artifacts)
    if released is None:
        return {}
    rules = policy or read_policy()
    remembered = previous_release.keep(request.before, folder)
    rows = cube.cut(released, rules)
    counts, cells, links = protected(rows, rules, remembered)
    printed, first = figures.printed(rows, counts, rules, remembered)
    previous_release.write(folder, previous_release.Memory(cells, links, first))
    target = folder / FOLDER
    target.mkdir()
    (target / tiers.README).write_text(README, encoding="utf-8")
    escape(printed).write_csv(target / package.TABLE)
    package_description = package.describe(target, request.as_of, request.inputs, artifacts, rules)
    durable.write_json(
        target / package.NAME, package_description | package.withdrawn_before(folder)
    )
    return hashes(folder)


STATE = {"programme_id": pl.String, **CELL, "is_hidden": pl.Boolean, "is_exposed": pl.Boolean}
SUMS = {"programme_id": pl.String, **LINK}


def _cells(counts: pl.DataFrame, areas: pl.DataFrame, policy: Policy) -> LinkedCells:
    strictness = {name: rule.threshold for name, rule in policy.classes.items()}
    unique = (
        counts.with_columns(strict=pl.col("klass").replace_strict(strictness))
        .sort("quantity", "strict", descending=[False, True])
        .with_columns(pl.col("klass").first().over("quantity"))
        .group_by(KEY)
        .agg(pl.col("count", "klass").first(), pl.col("at_risk").min())
        .with_columns(is_structural=pl.lit(value=False))
    )
    years = counts.select(child="period").unique().filter(pl.col("child") != "window")
    tree = areas.select(child="area_id", parent="parent_area_id").drop_nulls().unique()
    periods = years.with_columns(parent=pl.lit("window"))
    return arrange(unique, tree, periods, subsets(counts))


def protected(
    rows: pl.DataFrame, policy: Policy, memory: Memory | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Counts of the cube, cells with what is hidden, and sums.

    The counts carry `own`, KEY, and whether and in which class their cell is hidden. Open data are
    left out of all three.
    """
    closed = rows.filter(pl.col("klass") != policy.open_data)
    all_counts, states, sums = [], [], []
    for (programme,), mine in closed.group_by("programme_id", maintain_order=True):
        counts = united(sides(mine))
        found = _cells(counts, mine, policy)
        done = protect_after(found, before(memory, str(programme)), policy)
        named = pl.lit(str(programme)).alias("programme_id")
        state = found.cells.with_columns(
            named, is_hidden=_column(done.hidden), is_exposed=_column(done.exposed)
        ).select(*STATE)
        cell = state.select("programme_id", *KEY, "is_hidden", own_class="klass")
        all_counts.append(counts.join(cell, on=KEY))
        states.append(state)
        sums.append(found.links.with_columns(named).select(*SUMS))
    return _stack(all_counts, COUNTS), _stack(states, STATE), _stack(sums, SUMS)


COUNTS = {
    "own": pl.String, **dict.fromkeys(KEY, pl.String), "is_hidden": pl.Boolean,
    "own_class": pl.String, "programme_id": pl.String,
}  # fmt: skip


def _column(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.Series:
    return pl.Series(mask, dtype=pl.Boolean)


def _stack(frames: list[pl.DataFrame], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *(each.select(*schema) for each in frames)])
