"""The printed figures: counts hidden or rounded, values computed from them, and their marks.

Two metrics may rest on the same count, as a number of complaints and the rate of complaints do.
Hidden in one and printed in the other, it would not be hidden at all. So counts that agree wherever
both are given are one quantity, in the stricter of their classes. The two sides of a share are
never one: a share of 100 % everywhere says something about everybody.
"""

from collections.abc import Iterator

import polars as pl

from orchestration.disclosure.cells import KEY
from orchestration.disclosure.policy import SHORTHAND, Policy, rounded
from orchestration.release.public.cube import FIGURE, SUPPLIED, SYNTHETIC

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


NUMBERS = (*SIDES, "value", "interval_low", "interval_high")
COLUMNS = (
    "programme_id", "programme_name", "origin", "metric_id", "metric_label", "unit", "area_id",
    "area_name", "period_grain", "period_start", "period_end", "breakdown", "breakdown_value",
    *NUMBERS, "marker", "note",
)  # fmt: skip
FIRST = (*FIGURE, *(f"first_{name}" for name in (*SIDES, "value")))


def _with_suppression(cube: pl.DataFrame, counts: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The cube with, per side, whether it is hidden and the class it is printed in."""
    named = cube.with_columns(**PLACE_OF_FIGURE)
    on = ["programme_id", "own", "area", "period", "breakdown", "part"]
    for side in SIDES:
        mine = counts.select(
            *on, pl.col("is_hidden").alias(f"{side}_hidden"), pl.col("own_class").alias(side[0])
        )
        named = named.with_columns(own=pl.concat_str("metric_id", pl.lit(f".{side}")))
        named = named.join(mine, on=on, how="left").rename({side[0]: f"{side}_class"})
        named = named.with_columns(
            pl.col(f"{side}_hidden").fill_null(value=False),
            pl.coalesce(f"{side}_class", "klass").alias(f"{side}_class"),
        )
    bases = {name: float(rule.round_to) for name, rule in policy.classes.items()}
    steps = {f"{s}_step": pl.col(f"{s}_class").replace_strict(bases) for s in SIDES}
    return named.with_columns(**steps).sort(FIGURE)


def _printed(named: pl.DataFrame) -> pl.DataFrame:
    """Numbers as they are printed; values are computed from the rounded counts."""
    any_hidden = pl.col("numerator_hidden") | pl.col("denominator_hidden")
    is_rounded = (pl.col("numerator_step") > 1) | (pl.col("denominator_step") > 1)
    is_low = pl.col("status") == "low"
    exact = named.with_columns(
        [rounded(pl.col(side), pl.col(f"{side}_step")).alias(side) for side in SIDES]
    )
    again = pl.when(pl.col("kind") == "count").then("numerator").when(
        pl.col("denominator") > 0
    ).then(pl.col("numerator") / pl.col("denominator") * pl.col("per_count"))  # fmt: skip
    capped = pl.when(pl.col("kind") == "share").then(
        pl.min_horizontal(again, pl.col("per_count").cast(pl.Float64))
    ).otherwise(again)  # fmt: skip
    value = pl.when(is_rounded & pl.col("value").is_not_null()).then(capped).otherwise("value")
    shown = pl.when(~any_hidden & ~is_low)
    return exact.with_columns(
        shown.then(value).alias("value"),
        *(shown.then(pl.when(~is_rounded).then(pl.col(end))).alias(end) for end in NUMBERS[3:]),
        any_hidden=any_hidden,
        is_rounded=is_rounded,
    ).with_columns(
        [pl.when(~pl.col(f"{side}_hidden")).then(pl.col(side)).alias(side) for side in SIDES]
    )


def _revised(
    printed: pl.DataFrame, earliest: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Printed figures with `is_revised`, and what each was when it was first published."""
    names = [*SIDES, "value"]
    now = printed.select(*FIGURE, *(pl.col(name).alias(f"first_{name}") for name in names))
    first = now
    if earliest is not None:
        both = now.join(earliest, on=FIGURE, how="full", suffix="_then", coalesce=True)
        then = [pl.coalesce(f"first_{n}_then", f"first_{n}").alias(f"first_{n}") for n in names]
        first = both.select(*FIGURE, *then)
    compared = printed.join(first, on=FIGURE, how="left", maintain_order="left")
    differs = [(pl.col(n) != pl.col(f"first_{n}")).fill_null(value=False) for n in names]
    revised = compared.with_columns(is_revised=pl.any_horizontal(differs))
    return revised, first.select(*FIRST).sort(FIGURE)


def _marks() -> pl.Expr:
    """The shorthand of a row, in its fixed order."""
    said = {
        "[c]": pl.col("any_hidden"),
        "[x]": pl.col("status").is_in(["not_supplied", "missing_months", "suppressed"]),
        "[z]": pl.col("status") == "not_applicable",
        "[u]": (pl.col("status") == "low") & ~pl.col("any_hidden"),
        "[p]": pl.col("is_provisional"),
        "[r]": pl.col("is_revised"),
        "[b]": pl.col("is_break"),
    }
    return pl.concat_str(
        [pl.when(said[mark]).then(pl.lit(mark)).otherwise(pl.lit("")) for mark in SHORTHAND]
    )


def _note(policy: Policy) -> pl.Expr:
    """Why there is no figure: the sentence of the class it was hidden under."""
    sentences = {name: rule.note for name, rule in policy.classes.items()}
    hidden_class = (
        pl.when("numerator_hidden").then(pl.col("numerator_class")).otherwise("denominator_class")
    )
    coarse = pl.lit("Counts are rounded, so no interval is given.")
    return (
        pl.when("any_hidden").then(hidden_class.replace_strict(sentences))
        .when(pl.col("status") != "final").then("status_reason")
        .when("is_rounded").then(coarse)
    )  # fmt: skip


def printed(
    cube: pl.DataFrame, counts: pl.DataFrame, policy: Policy, earliest: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of the extract in the order of FIGURE, and its figures as first published.

    `earliest` are the figures as first published up to now, None before there were any.
    """
    figures, first = _revised(_printed(_with_suppression(cube, counts, policy)), earliest)
    origin = pl.when("is_synthetic").then(pl.lit(SYNTHETIC)).otherwise(pl.lit(SUPPLIED))
    marks = pl.when(_marks() != "").then(_marks())
    rows = figures.with_columns(
        origin=origin, metric_label="label", marker=marks, note=_note(policy)
    )
    return rows.sort(FIGURE).select(*COLUMNS), first
