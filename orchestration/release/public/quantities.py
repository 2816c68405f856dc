"""What the figures of a cube count: numerators and denominators, each counted thing once.

Two metrics may rest on the same count, as a number of complaints and the rate of complaints do.
Hidden in one and printed in the other, it would not be hidden at all. So counts that agree wherever
both are given are one quantity, in the stricter of their classes. The two sides of a share are
never one: a share of 100 % everywhere says something about everybody.
"""

from collections.abc import Iterator

import polars as pl

from orchestration.disclosure.cells import KEY

PLACE = tuple(name for name in KEY if name != "quantity")
SIDES = ("numerator", "denominator")
MONTHS = 12
PLACE_OF_FIGURE = {
    "area": pl.col("area_id"),
    "period": pl.when(pl.col("period_grain") == "window")
    .then(pl.lit("window"))
    .otherwise(pl.col("period_start").dt.to_string()),
    "part": pl.col("breakdown_value"),
}
"""The place of a row of the cube, under the names that KEY has for it."""


def sides(cube: pl.DataFrame) -> pl.DataFrame:
    """One row per count of a programme's cube: `own` names its metric and side, KEY its place.

    People at risk of a rate's numerator are its denominator, taken as months of people.
    """
    months = (
        pl.col("period_end").dt.year() * MONTHS + pl.col("period_end").dt.month()
        - pl.col("period_start").dt.year() * MONTHS - pl.col("period_start").dt.month() + 1
    )  # fmt: skip
    each = [
        cube.filter(pl.col(side).is_not_null() & ((pl.col("kind") != "count") | (side == SIDES[0])))
        .with_columns(
            own=pl.concat_str("metric_id", pl.lit(f".{side}")),
            at_risk=pl.when((pl.col("kind") == "rate") & (side == SIDES[0])).then(
                pl.col("denominator") / months
            ),
            **PLACE_OF_FIGURE,
        )
        .select("own", *PLACE, "klass", "at_risk", "kind", count=pl.col(side))
        for side in SIDES
    ]
    return pl.concat(each).sort("own", *PLACE)


def _agree(mine: pl.DataFrame, theirs: pl.DataFrame) -> bool:
    """Whether two counts are the same wherever both are given, and both are given somewhere."""
    both = mine.join(theirs, on=PLACE, suffix="_theirs")
    differs = (pl.col("count") - pl.col("count_theirs")).abs() > 0
    return len(both) > 0 and not both.select(differs.any()).item()


def _other_side(own: str) -> str:
    """The denominator of a numerator, and the other way round."""
    metric, _, side = own.rpartition(".")
    return f"{metric}.{SIDES[1] if side == SIDES[0] else SIDES[0]}"


def _same(counts: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Each count with the first one it agrees with, itself if there is none."""
    series = {str(own): frame for (own,), frame in counts.group_by("own", maintain_order=True)}
    found: dict[str, pl.DataFrame] = {}
    members: dict[str, set[str]] = {}
    shares = set(counts.filter(pl.col("kind") == "share")["own"])
    for own, mine in series.items():
        other = _other_side(own) if own in shares else ""
        fits = (name for name, theirs in found.items() if _agree(mine, theirs))
        first = next((name for name in fits if other not in members[name]), own)
        members.setdefault(first, set()).add(own)
        known = found.get(first, mine.clear())
        found[first] = pl.concat([known, mine.join(known, on=PLACE, how="anti")])
        yield own, first


def united(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts with the `quantity` that each is of."""
    names = {"own": pl.String, "quantity": pl.String}
    pairs = pl.DataFrame(list(_same(counts)), schema=names, orient="row")
    return counts.join(pairs, on="own", maintain_order="left")


def subsets(counts: pl.DataFrame) -> pl.DataFrame:
    """Which quantity is part of which: the numerator of a share, of its denominator."""
    shares = counts.filter(pl.col("kind") == "share").select("own", "quantity").unique()
    parted = shares.with_columns(
        metric=pl.col("own").str.split(".").list.first(),
        side=pl.col("own").str.split(".").list.last(),
    )
    numerators = parted.filter(pl.col("side") == "numerator")
    denominators = parted.filter(pl.col("side") == "denominator").select("metric", of="quantity")
    both = numerators.join(denominators, on="metric").select("quantity", "of").unique()
    return both.filter(pl.col("quantity") != pl.col("of")).sort("quantity", "of")
