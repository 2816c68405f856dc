"""Cells and how they add up: an area tree by periods by breakdowns, as two frames.

`cells` has one row per count with the columns of CELL; `links` one row per part of a sum with the
columns of LINK. Where parts fall short of their whole, the difference is a cell too (a rest): it is
never printed, but a reader could work it out.
"""

from dataclasses import dataclass

import polars as pl

KEY = ("quantity", "area", "period", "breakdown", "part")
CELL = {
    "cell": pl.Int64, **dict.fromkeys(KEY, pl.String), "count": pl.Float64, "klass": pl.String,
    "at_risk": pl.Float64, "is_structural": pl.Boolean, "is_printed": pl.Boolean,
}  # fmt: skip
LINK = {"relation": pl.Int64, "kind": pl.String, "whole": pl.Int64, "part": pl.Int64}
TOTAL = "all"
SLACK = 1e-6


@dataclass(frozen=True)
class LinkedCells:
    """Counts (`cells`, numbered from 0) and the sums that hold between them (`links`)."""

    cells: pl.DataFrame
    links: pl.DataFrame


def _along(cells: pl.DataFrame, tree: pl.DataFrame, column: str) -> pl.DataFrame:
    """Each cell with the cell one step up the tree, all else equal."""
    others = [name for name in KEY if name != column]
    up = tree.select(pl.col("child").alias(column), pl.col("parent").alias("above"))
    wholes = cells.select(*others, pl.col(column).alias("above"), pl.col("cell").alias("whole"))
    return (
        cells.join(up, on=column)
        .join(wholes, on=[*others, "above"])
        .select(kind=pl.lit(column), whole="whole", part_cell="cell")
    )


def _breakdowns(cells: pl.DataFrame) -> pl.DataFrame:
    """Each part of a breakdown with the total it belongs to."""
    by = ["quantity", "area", "period"]
    wholes = cells.filter(pl.col("breakdown") == TOTAL).select(*by, whole="cell")
    parts = cells.filter(pl.col("breakdown") != TOTAL).join(wholes, on=by)
    return parts.select(
        kind=pl.concat_str(pl.lit("breakdown "), "breakdown"), whole="whole", part_cell="cell"
    )


def _shares(cells: pl.DataFrame, subsets: pl.DataFrame) -> pl.DataFrame:
    """Each numerator with the denominator it is a part of, all else equal."""
    others = [name for name in KEY if name != "quantity"]
    wholes = cells.select(*others, pl.col("quantity").alias("of"), whole="cell")
    return (
        cells.join(subsets, on="quantity")
        .join(wholes, on=[*others, "of"])
        .select(kind=pl.concat_str(pl.lit("share "), "quantity"), whole="whole", part_cell="cell")
    )


def _totals(cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Each sum that holds, numbered, with what its parts leave over (`rest`, not below 0).

    Parts that exceed their whole do not make it up: such a sum is dropped.
    """
    counts = cells.select("cell", "count")
    return (
        sums.join(counts.rename({"cell": "part_cell", "count": "of_part"}), on="part_cell")
        .group_by("whole", "kind")
        .agg(pl.col("of_part").sum())
        .join(counts.rename({"cell": "whole"}), on="whole")
        .with_columns(rest=pl.col("count") - pl.col("of_part"))
        .filter(pl.col("rest") > -SLACK)
        .sort("whole", "kind")
        .with_row_index("relation")
        .with_columns(pl.col("rest").clip(0))
    )


def _with_rests(cells: pl.DataFrame, sums: pl.DataFrame) -> LinkedCells:
    """Sums that hold, each with a rest where its parts fall short; a share always has one."""
    totals = _totals(cells, sums)
    short = totals.filter((pl.col("rest") > SLACK) | pl.col("kind").str.starts_with("share "))
    rests = short.with_columns(part_cell=len(cells) + pl.int_range(pl.len()))
    names = ("relation", "kind", "whole", "part_cell")
    given = sums.join(totals, on=["whole", "kind"]).select(names)
    links = pl.concat([given, rests.select(names).cast(given.schema)])
    added = rests.join(cells.rename({"cell": "whole", "count": "all"}), on="whole").select(
        "quantity", "area", "period", "part", "klass", cell="part_cell", count="rest",
        breakdown=pl.concat_str(pl.lit("rest of "), "kind"), at_risk=pl.lit(None),
        is_structural=pl.lit(value=True), is_printed=pl.lit(value=False),
    )  # fmt: skip
    everything = pl.concat([cells, added.select(*CELL).cast(CELL)])  # type: ignore[arg-type]
    renamed = links.rename({"part_cell": "part"}).cast(LINK)  # type: ignore[arg-type]
    return LinkedCells(everything.sort("cell"), renamed.sort("relation", "part"))


def arrange(
    counts: pl.DataFrame, areas: pl.DataFrame, periods: pl.DataFrame, subsets: pl.DataFrame
) -> LinkedCells:
    """Find every sum among counts.

    `counts` has KEY (unique), count, klass, at_risk and is_structural; totals of a breakdown are
    written `all`, `all`. `areas` and `periods` are trees (child, parent). `subsets` (quantity, of)
    names quantities that are part of another, as the numerator of a share is.
    """
    numbered = counts.sort(KEY).with_row_index("cell").with_columns(is_printed=pl.lit(value=True))
    cells = numbered.select(*CELL).cast(CELL)  # type: ignore[arg-type]
    sums = pl.concat(
        [
            _along(cells, areas, "area"),
            _along(cells, periods, "period"),
            _breakdowns(cells),
            _shares(cells, subsets),
        ]
    )
    return _with_rests(cells, sums)
