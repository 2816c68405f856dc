"""Primary suppression: which counts are hidden because of their own value."""

from functools import reduce

import polars as pl

from orchestration.disclosure.cells import SLACK, LinkedCells
from orchestration.disclosure.policy import Policy


def _groups(found: LinkedCells) -> pl.DataFrame:
    """For each cell, the people it is a part of, and whether it says the same about all of them.

    It does where it counts all of them though it need not, and where a share counts none.
    """
    within = found.links.filter(pl.col("kind").str.contains("^(breakdown|share) "))
    counts = found.cells.select("cell", "count")
    return (
        within.join(counts.rename({"cell": "whole", "count": "of"}), on="whole")
        .join(counts.rename({"cell": "part"}), on="part")
        .with_columns(others=pl.len().over("relation") - 1)
        .group_by(cell="part")
        .agg(
            pl.col("of").max(),
            fills=(
                (pl.col("others") > 0)
                & (pl.col("of") > 0)
                & (
                    ((pl.col("of") - pl.col("count")).abs() < SLACK)
                    | (pl.col("kind").str.starts_with("share ") & (pl.col("count") < SLACK))
                )
            ).any(),
        )
    )


def _by_class(policy: Policy, field: str) -> pl.Expr:
    """A setting of each cell's class."""
    rules = {name: float(getattr(rule, field)) for name, rule in policy.classes.items()}
    return pl.col("klass").replace_strict(rules, return_dtype=pl.Float64)


def with_rules(cells: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each cell with `threshold` and `round_to` of its class."""
    return cells.with_columns(
        threshold=_by_class(policy, "threshold"), round_to=_by_class(policy, "round_to")
    )


def primary(found: LinkedCells, policy: Policy) -> pl.Series:
    """Whether each cell is sensitive by itself, in the order of `found.cells`.

    A count from 1 to below its class's threshold; a zero that might have been otherwise among too
    few people at risk; a part that is the whole of its group, and a share of 100 % or 0 % (class
    disclosure).
    """
    cells = with_rules(found.cells, policy).join(
        _groups(found), on="cell", how="left", maintain_order="left"
    )
    at_risk = pl.coalesce("at_risk", "of", pl.lit(0.0))
    small = (pl.col("count") > SLACK) & (pl.col("count") < pl.col("threshold") - SLACK)
    zero = (
        (pl.col("count").abs() <= SLACK)
        & ~pl.col("is_structural")
        & (at_risk < _by_class(policy, "zero_needs"))
    )
    whole = (
        pl.col("is_printed")
        & pl.col("fills").fill_null(value=False)
        & (_by_class(policy, "class_disclosure") > 0)
    )
    return cells.select(sensitive=reduce(pl.Expr.or_, [small, zero, whole]))["sensitive"]


def rounded(count: pl.Expr, round_to: pl.Expr) -> pl.Expr:
    """Counts as they are printed: to the nearest multiple of `round_to`, which may be 1 (as is)."""
    nearest = ((count / round_to) + 0.5).floor() * round_to
    return pl.when(round_to > 1).then(nearest).otherwise(count)
