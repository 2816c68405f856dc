"""The rows of the cube: which of a release's figures are made public, and their class."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.disclosure.policy import ADDITIVE, Policy
from orchestration.release import tiers
from orchestration.release.dbt_artifacts import Artifacts, BuildProblem, meta

SYNTHETIC = "Synthetic: invented figures that describe no force, place or person"
SUPPLIED = "Supplied by the programme or published by its sources"


NEEDED = ("dim_area", "dim_metric", "dim_programme", "fct_metrics")
FIGURE = (
    "programme_id", "metric_id", "area_id", "period_grain", "period_start", "breakdown",
    "breakdown_value",
)  # fmt: skip


@dataclass(frozen=True)
class Released:
    """The tables of a candidate that the cube is cut from, and each metric's declared class."""

    tables: Mapping[str, pl.DataFrame]
    declared: Mapping[str, str | None]


def read_released(folder: Path, artifacts: Artifacts) -> Released | None:
    """The candidate's tables, or None when one is missing, which its audit will say."""
    paths = {name: tiers.parquet(folder, name) for name in NEEDED}
    if not all(path.is_file() for path in paths.values()):
        return None
    declared = {
        node["name"].removeprefix("met_"): meta(node).get("disclosure")
        for node in artifacts.nodes.values()
        if node["name"].startswith("met_")
    }
    return Released({name: pl.read_parquet(path) for name, path in paths.items()}, declared)


def _classes(released: Released, policy: Policy) -> pl.DataFrame:
    """The class of each metric in each programme."""
    figures = released.tables["fct_metrics"].select("programme_id", "metric_id").unique()
    is_open = dict(released.tables["dim_programme"].select("programme_id", "is_open_data").rows())
    rows = [
        (
            programme,
            metric,
            policy.class_of(
                released.declared.get(metric), is_open_data=bool(is_open.get(programme))
            ),
        )
        for programme, metric in figures.iter_rows()
    ]
    names = dict.fromkeys(("programme_id", "metric_id", "klass"), pl.String)
    return pl.DataFrame(rows, schema=names, orient="row")


def _areas(areas: pl.DataFrame, levels: int) -> pl.DataFrame:
    """The areas of the top levels of the tree, with their names."""
    named = areas.select("programme_id", "area_id", "area_name", "parent_area_id")
    found = level = named.filter(pl.col("parent_area_id").is_null())
    for _ in range(levels - 1):
        above = level.select("programme_id", parent_area_id="area_id")
        level = named.join(above, on=["programme_id", "parent_area_id"])
        found = pl.concat([found, level])
    return found


def _shown(policy: Policy) -> pl.DataFrame:
    """Every metric and breakdown of the cube."""
    pairs = [
        (metric, breakdown)
        for metric, breakdowns in policy.cube.metrics.items()
        for breakdown in ("all", *breakdowns)
    ]
    names = {"metric_id": pl.String, "breakdown": pl.String}
    return pl.DataFrame(pairs, schema=names, orient="row")


def cut(released: Released, policy: Policy) -> pl.DataFrame:
    """The figures of the cube, one row each in the order of FIGURE, with names and class.

    Raises BuildProblem when a metric declares a class that does not exist.
    """
    try:
        classes = _classes(released, policy)
    except ValueError as error:
        raise BuildProblem(str(error)) from error
    metrics = released.tables["dim_metric"].filter(pl.col("kind").is_in(ADDITIVE))
    programmes = released.tables["dim_programme"]
    return (
        released.tables["fct_metrics"]
        .filter(pl.col("period_grain").is_in(policy.cube.period_grains))
        .join(_shown(policy), on=["metric_id", "breakdown"], how="semi")
        .join(metrics.select("metric_id", "label", "kind", "unit", "per_count"), on="metric_id")
        .join(_areas(released.tables["dim_area"], policy.cube.area_levels),
              on=["programme_id", "area_id"])
        .join(programmes.select("programme_id", "programme_name", "is_synthetic"),
              on="programme_id")
        .join(classes, on=["programme_id", "metric_id"])
        .sort(FIGURE)
    )  # fmt: skip
