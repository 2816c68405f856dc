"""Tests of small data without a model: permutations, and many p-values taken together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats
from statsmodels.stats.multitest import multipletests

from orchestration.evaluation.columns import Numbers, labels, numbers, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale
from orchestration.evaluation.wording import plain

#: What a study may ask for, and what the library calls it.
METHODS = {"holm": "holm", "benjamini_hochberg": "fdr_bh", "bonferroni": "bonferroni"}
#: Up to this many arrangements are enumerated; beyond it they are sampled.
COUNTED = 2_000_000
LEVEL = 0.05


@dataclass(frozen=True)
class Permuted:
    """How many arrangements are at least as extreme as the one found, of how many looked at."""

    statistic: float
    as_extreme: int
    arrangements: int
    is_exact: bool

    @property
    def p_value(self) -> float:
        """The share as extreme; among sampled arrangements the one found counts too."""
        if self.is_exact:
            return self.as_extreme / self.arrangements
        return (self.as_extreme + 1) / (self.arrangements + 1)


def sign_flip_test(differences: NDArray[np.float64], seed: int = 1, draws: int = 9_999) -> Permuted:
    """Test that paired differences are symmetric about zero.

    `differences` (n,). Fisher (1935, The Design of Experiments, section 21). Two-sided on the
    absolute sum: all 2**n signs when they can be enumerated, else `draws` of them. Returns a
    Permuted. Raises Refusal for fewer than two pairs.
    """
    if len(differences) < 2:  # noqa: PLR2004 - one pair has no arrangement but its mirror
        raise Refusal("a paired test needs two pairs or more")
    return _permute((differences,), 2 ** len(differences), "samples", seed, draws)


def two_group_test(
    first: NDArray[np.float64], second: NDArray[np.float64], seed: int = 1, draws: int = 9_999
) -> Permuted:
    """Test that the labels of two groups are exchangeable, two-sided on the difference of means.

    `first` (n,), `second` (m,). All ways of labelling when they can be enumerated, else `draws` of
    them. Returns a Permuted. Raises Refusal where a group is empty.
    """
    if min(len(first), len(second)) == 0:
        raise Refusal("one arm only: both groups need units")
    if min(len(first), len(second)) < 2:  # noqa: PLR2004 - one unit has nothing to be shuffled with
        raise Refusal("one unit in an arm: a permutation needs two units or more in each")
    ways = comb(len(first) + len(second), len(first))
    return _permute((first, second), ways, "independent", seed, draws)


def _permute(
    data: tuple[NDArray[np.float64], ...], ways: int, kind: str, seed: int, draws: int
) -> Permuted:
    is_exact = ways <= COUNTED
    options: dict[str, Any] = {"rng": np.random.default_rng(seed)} if not is_exact else {}
    statistic = _sum if kind == "samples" else _gap
    found = stats.permutation_test(
        tuple(np.sort(each) for each in data),
        statistic,
        permutation_type=kind,
        n_resamples=np.inf if is_exact else draws,
        vectorized=True,
        batch=1 << 16,
        **options,
    )
    sampled = np.abs(np.asarray(found.null_distribution))
    here = abs(float(found.statistic))
    return Permuted(
        float(found.statistic),
        int((sampled >= here * (1 - 1e-12)).sum()),
        sampled.size,
        is_exact,
    )


def _sum(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(values.sum(axis=axis))


def _gap(
    first: NDArray[np.float64], second: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    return np.asarray(first.mean(axis=axis) - second.mean(axis=axis))


class PermutationKeys(Keys):
    """How arrangements are sampled where there are too many to count."""

    draws: int = Field(default=9_999, ge=99, le=99_999)
    seed: int = 1
    is_randomised: bool = False


class TwoGroupKeys(PermutationKeys):
    """`against` is the arm compared with; without it the difference has no direction."""

    against: str | None = None


def sign_flips(keys: PermutationKeys, table: pl.DataFrame | None) -> Result:
    """Paired differences tested against all flips of their signs.

    `table` (one row per pair). Returns a Result in the unit of the difference. Raises Refusal for
    fewer than two pairs.
    """
    rows = table_of(table)
    found = sign_flip_test(numbers(rows, "difference"), keys.seed, keys.draws)
    return _permutation_result(
        SIGN_FLIPS.name,
        "mean of paired differences",
        len(rows),
        found,
        found.statistic / len(rows),
        is_randomised=keys.is_randomised,
    )


def two_groups(keys: TwoGroupKeys, table: pl.DataFrame | None) -> Result:
    """The difference of two means tested against all ways of labelling the groups.

    `table` (one row per unit). Without a stated reference the p-value is given and no direction.
    Returns a Result in the unit of the outcome. Raises Refusal where the table does not hold two
    arms with two units each, and for a reference that is no arm.
    """
    rows = table_of(table)
    arms = labels(rows, "arm")
    names = sorted(set(arms))
    if len(names) != 2:  # noqa: PLR2004 - a contrast is of two
        raise Refusal(f"column 'arm' holds {len(names)} arms; this test compares two")
    if keys.against is not None and keys.against not in names:
        raise Refusal(f"there is no arm {keys.against!r}; there are: {', '.join(names)}")
    outcome = numbers(rows, "outcome")
    second = keys.against or names[1]
    is_second = [arm == second for arm in arms]
    found = two_group_test(
        outcome[[not each for each in is_second]], outcome[is_second], keys.seed, keys.draws
    )
    if keys.against is None:
        found = replace(found, statistic=abs(found.statistic))
        measure = f"difference of the means of {' and '.join(names)}, without direction"
    else:
        measure = f"mean of {names[names[0] == second]} minus mean of {second}"
    return _permutation_result(
        TWO_GROUPS.name,
        measure,
        len(rows),
        found,
        found.statistic if keys.against else None,
        is_randomised=keys.is_randomised,
    )


def _permutation_result(
    design: str,
    measure: str,
    units: int,
    found: Permuted,
    estimate: float | None,
    *,
    is_randomised: bool,
) -> Result:
    counted = "all" if found.is_exact else "sampled"
    return Result(
        design=design,
        measure=measure,
        scale=Scale.DIFFERENCE,
        method=f"permutation test, {found.arrangements:,} arrangements ({counted}), Fisher 1935",
        values={
            "statistic": found.statistic,
            "n_as_extreme_two_sided": found.as_extreme,
            "arrangements": found.arrangements,
            "p_two_sided": found.p_value,
        },
        estimate=estimate,
        p_value=found.p_value,
        is_randomised=is_randomised,
        summary=f"{units} units: {found.as_extreme:,} of {found.arrangements:,} arrangements were "
        f"at least as far from zero as the one that happened.{_basis_in_words(is_randomised)}",
    )


def _basis_in_words(is_randomised: bool) -> str:  # noqa: FBT001 - read as the word it is
    """What the test rests on where the study does not say that groups were randomised."""
    if is_randomised:
        return ""
    return " Nothing is said to have been randomised: this describes how the units differ."


def adjust(p_values: Sequence[float], method: str = "holm") -> list[float]:
    """Adjust p-values for how many there are.

    `holm` controls the family-wise error rate (Holm 1979, Scandinavian Journal of Statistics 6:65),
    `benjamini_hochberg` the false discovery rate (Benjamini and Hochberg 1995, Journal of the Royal
    Statistical Society B 57:289). Returns the adjusted p-values in the order given. Raises Refusal
    for p-values outside 0 and 1.
    """
    if not p_values or not all(0 <= each <= 1 for each in p_values):
        raise Refusal("p-values lie between 0 and 1; give one or more")
    return [float(p) for p in multipletests(list(p_values), method=METHODS[method])[1]]


@dataclass(frozen=True)
class ManyComparisons:
    """Comparisons shown together; if nothing differed, one in twenty would still exclude no change.

    `adjusted` (n,) are the p-values adjusted after Benjamini and Hochberg (1995).
    """

    adjusted: Numbers
    found: int

    @property
    def by_luck(self) -> float:
        """How many would exclude no change by chance alone, if nothing differed."""
        return LEVEL * len(self.adjusted)

    @property
    def survives(self) -> NDArray[np.bool_]:
        """Which stay significant after adjustment for the number of comparisons: (n,)."""
        return self.adjusted <= LEVEL

    @property
    def count(self) -> int:
        """How many stay significant."""
        return int(self.survives.sum())

    def in_words(self, what: str) -> str:
        """Describe what chance alone would produce among so many comparisons.

        `what` names the things compared, in the plural. Returns a sentence.
        """
        several = "fewer than one" if self.by_luck < 1 else f"about {self.by_luck:.0f}"
        luck = f"Of {len(self.adjusted)} {what}, {several} would stand out by luck alone"
        if not self.found:
            return f"{luck}; none does."
        do = "one does" if self.found == 1 else f"{self.found} do"
        stay = {0: "None stays", 1: "One stays"}.get(self.count, f"{self.count} stay")
        return f"{luck}; {do}. {stay} once so many comparisons are allowed for."


def many_comparisons(p_values: Numbers | Sequence[float]) -> ManyComparisons:
    """The comparisons with these p-values, taken together.

    `p_values` (n,). Returns ManyComparisons. Raises Refusal for p-values outside 0 and 1, and for
    an empty list.
    """
    given = [float(p) for p in p_values]
    adjusted = np.array(adjust(given, "benjamini_hochberg"))
    return ManyComparisons(adjusted, sum(p < LEVEL for p in given))


class FamilyKeys(Keys):
    """How p-values are adjusted, and the level at which findings are counted."""

    method: str = Field(default="holm", pattern="^(holm|benjamini_hochberg|bonferroni)$")
    level: float = Field(default=0.05, gt=0, lt=1)


def family(keys: FamilyKeys, table: pl.DataFrame | None) -> Result:
    """Adjust the p-values of a family for how many there are.

    `table` (one row per p-value). Returns a Result with a row per p-value in its tables. Raises
    Refusal for p-values outside 0 and 1.
    """
    adjusted = adjust(numbers(table_of(table), "p").tolist(), keys.method)
    below = sum(each <= keys.level for each in adjusted)
    given = numbers(table_of(table), "p").tolist()
    rows: Rows = [{"p": p, "adjusted": held} for p, held in zip(given, adjusted, strict=True)]
    return Result(
        design=FAMILY.name,
        measure="adjusted p-value",
        scale=Scale.NONE,
        method=keys.method.replace("_", " and ").title(),
        values={"n_rejected": below},
        tables={"p_values": rows},
        is_randomised=False,
        summary=f"{len(adjusted)} outcomes looked at; {below} stay below {plain(keys.level)} once "
        "that is allowed for.",
    )


SIGN_FLIPS = Design(
    "sign_flips",
    PermutationKeys,
    sign_flips,
    "Paired differences (column `difference`): exact two-sided sign-flip test.",
    """\
design: sign_flips
title: Matched pairs of teams
question: Do the pairs differ more than the toss of coins would make them?
inline: {difference: [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]}
""",
    gives=Gives(values=("statistic", "n_as_extreme_two_sided", "arrangements", "p_two_sided")),
)


TWO_GROUPS = Design(
    "two_groups",
    TwoGroupKeys,
    two_groups,
    "Two arms (columns `arm`, `outcome`): exact permutation test of the difference of means.",
    """\
design: two_groups
title: Complaints by team
question: Would another allocation of the same teams have looked alike?
keys: {against: control, is_randomised: true}
inline:
  arm: [camera, camera, camera, control, control, control]
  outcome: [2, 3, 1, 6, 4, 5]
""",
    gives=Gives(values=("statistic", "n_as_extreme_two_sided", "arrangements", "p_two_sided")),
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
    gives=Gives(values=("n_rejected",), tables={"p_values": ("p", "adjusted")}),
)
