"""Proportions: Wilson's interval, Newcombe's for a difference, Fisher's exact test."""

from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from orchestration.evaluation.frame import Refusal

Pair = tuple[int, int]
ALTERNATIVES = ("two-sided", "greater", "less")


def check_proportion(pair: Pair) -> None:
    """Refuse what is no `hits of all`."""
    hits, among = pair
    if among <= 0 or not 0 <= hits <= among:
        raise Refusal(f"{hits} of {among} is no proportion: give 0 <= hits <= all and all above 0")


def wilson(pair: Pair, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (1927), which stays within 0 and 1."""
    check_proportion(pair)
    low, high = proportion_confint(*pair, alpha=1 - level, method="wilson")
    return (0.0 if pair[0] == 0 else float(low)), (1.0 if pair[0] == pair[1] else float(high))


def difference(first: Pair, second: Pair, level: float = 0.95) -> tuple[float, float, float]:
    """First minus second with Newcombe's hybrid score interval (1998b, method 10)."""
    check_proportion(first)
    check_proportion(second)
    low, high = confint_proportions_2indep(
        *first, *second, method="newcomb", compare="diff", alpha=1 - level
    )
    return first[0] / first[1] - second[0] / second[1], float(low), float(high)


def fisher(table: tuple[Pair, Pair]) -> dict[str, float]:
    """Exact p-values of a two-by-two table given its margins, one per alternative."""
    if min(each for row in table for each in row) < 0 or 0 in {sum(row) for row in table}:
        raise Refusal("a two-by-two table needs counts of 0 or more and units in both rows")
    return {each: float(stats.fisher_exact(table, each).pvalue) for each in ALTERNATIVES}
