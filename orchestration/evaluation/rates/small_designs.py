"""Designs of exact tests of small data, and of families of p-values."""

import polars as pl
from pydantic import Field

from orchestration.evaluation.columns import labels, numbers, table_of
from orchestration.evaluation.frame import Design, Keys, Refusal, Result, Value
from orchestration.evaluation.rates import multiplicity, permutation


class DrawKeys(Keys):
    """How arrangements are drawn where there are too many to count."""

    draws: int = Field(default=9_999, ge=99)
    seed: int = 1


def sign_flips(keys: DrawKeys, table: pl.DataFrame | None) -> Result:
    """Paired differences against all flips of their signs."""
    rows = table_of(table)
    found = permutation.sign_flips(numbers(rows, "difference"), keys.seed, keys.draws)
    return _told(SIGN_FLIPS.name, "sum of paired differences", len(rows), found)


def two_groups(keys: DrawKeys, table: pl.DataFrame | None) -> Result:
    """The difference of two means against all ways of naming the groups."""
    rows = table_of(table)
    arms = labels(rows, "arm")
    names = sorted(set(arms))
    if len(names) != 2:  # noqa: PLR2004 - a contrast is of two
        raise Refusal(f"column 'arm' holds {len(names)} arms; this test compares two")
    outcome = numbers(rows, "outcome")
    is_first = [arm == names[0] for arm in arms]
    first = outcome[is_first]
    second = outcome[[not each for each in is_first]]
    found = permutation.two_groups(first, second, keys.seed, keys.draws)
    return _told(TWO_GROUPS.name, f"mean of {names[0]} minus mean of {names[1]}", len(rows), found)


def _told(design: str, measure: str, units: int, found: permutation.Permuted) -> Result:
    counted = "all" if found.is_exact else "drawn"
    return Result(
        design=design,
        measure=measure,
        method=f"permutation test, {found.arrangements:,} arrangements ({counted}), Fisher 1935",
        values={
            "statistic": found.statistic,
            "n_as_extreme_two_sided": found.as_extreme,
            "arrangements": found.arrangements,
            "p_two_sided": found.p_value,
        },
        estimate=found.statistic,
        p_value=found.p_value,
        is_randomised=True,
        words=f"{units} units: {found.as_extreme:,} of {found.arrangements:,} arrangements were at "
        "least as far from zero as the one that happened.",
    )


class FamilyKeys(Keys):
    """How p-values are adjusted, and the level at which findings are counted."""

    method: str = Field(default="holm", pattern="^(holm|benjamini_hochberg|bonferroni)$")
    level: float = Field(default=0.05, gt=0, lt=1)


def family(keys: FamilyKeys, table: pl.DataFrame | None) -> Result:
    """p-values of a family, adjusted for how many there are."""
    adjusted = multiplicity.adjust(numbers(table_of(table), "p").tolist(), keys.method)
    below = sum(each <= keys.level for each in adjusted)
    values: dict[str, Value] = {f"p{number}": value for number, value in enumerate(adjusted, 1)}
    return Result(
        design=FAMILY.name,
        measure="adjusted p-value",
        method=keys.method.replace("_", " and ").title(),
        values=values | {"n_rejected": below},
        is_randomised=False,
        words=f"{len(adjusted)} outcomes looked at; {below} stay below {keys.level:g} once that is "
        "allowed for.",
    )


SIGN_FLIPS = Design(
    "sign_flips",
    DrawKeys,
    sign_flips,
    "Paired differences (column `difference`): exact two-sided sign-flip test.",
    """\
design: sign_flips
title: Matched pairs of teams
question: Do the pairs differ more than the toss of coins would make them?
inline: {difference: [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]}
""",
)
TWO_GROUPS = Design(
    "two_groups",
    DrawKeys,
    two_groups,
    "Two arms (columns `arm`, `outcome`): exact permutation test of the difference of means.",
    """\
design: two_groups
title: Complaints by team
question: Would another drawing of the same teams have looked alike?
inline:
  arm: [camera, camera, camera, control, control, control]
  outcome: [2, 3, 1, 6, 4, 5]
""",
)
FAMILY = Design(
    "p_value_family",
    FamilyKeys,
    family,
    "p-values (column `p`) adjusted by holm, benjamini_hochberg or bonferroni.",
    """\
design: p_value_family
title: Six kinds of complaint
question: Which findings stand once their number is allowed for?
keys: {method: holm}
inline: {p: [0.003, 0.02, 0.04, 0.3, 0.5, 0.9]}
""",
)
