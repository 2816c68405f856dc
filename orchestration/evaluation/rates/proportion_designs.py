"""Designs of proportions and of two-by-two tables.

Wilson's interval, Newcombe's for a difference, Fisher's exact test.
"""

from math import floor, log, log10

import polars as pl
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from orchestration.evaluation.columns import counts, table_of
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Rows, Scale, Value
from orchestration.evaluation.rates.contrasts import log_odds_ratio, odds_to_d

Pair = tuple[int, int]
ALTERNATIVES = ("two-sided", "greater", "less")
TWO = 2


def check_proportion(pair: Pair) -> None:
    """Refuse a pair that is no `hits of all`.

    Raises Refusal.
    """
    hits, among = pair
    if among <= 0 or not 0 <= hits <= among:
        raise Refusal(f"{hits} of {among} is no proportion: give 0 <= hits <= all and all above 0")


def wilson(pair: Pair, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval, which stays within 0 and 1.

    Wilson (1927, Journal of the American Statistical Association 22:209). Returns (lower, upper).
    Raises Refusal for a pair that is no proportion.
    """
    check_proportion(pair)
    low, high = proportion_confint(*pair, alpha=1 - level, method="wilson")
    return (0.0 if pair[0] == 0 else float(low)), (1.0 if pair[0] == pair[1] else float(high))


def difference(first: Pair, second: Pair, level: float = 0.95) -> tuple[float, float, float]:
    """First proportion minus the second with Newcombe's hybrid score interval.

    Newcombe (1998, Statistics in Medicine 17:873, method 10). Returns (difference, lower, upper).
    Raises Refusal for a pair that is no proportion.
    """
    check_proportion(first)
    check_proportion(second)
    low, high = confint_proportions_2indep(
        *first, *second, method="newcomb", compare="diff", alpha=1 - level
    )
    return first[0] / first[1] - second[0] / second[1], float(low), float(high)


def fisher(table: tuple[Pair, Pair]) -> dict[str, float]:
    """Fisher's exact p-values of a two-by-two table given its margins.

    Returns a p-value for each alternative: two-sided, greater, less. Raises Refusal for negative
    counts and for a row without units.
    """
    if min(each for row in table for each in row) < 0 or 0 in {sum(row) for row in table}:
        raise Refusal("a two-by-two table needs counts of 0 or more and units in both rows")
    return {each: float(stats.fisher_exact(table, each).pvalue) for each in ALTERNATIVES}


def _between(low: float, high: float) -> str:
    """Both ends of a share, as finely as they differ: whole per cents from ten points apart."""
    width = 100 * (high - low)
    places = 3 if width <= 0 else min(max(0, 1 - floor(log10(width))), 3)
    ends = [f"{100 * end:.{places}f}%" for end in (low, high)]
    return f"about {ends[0]}" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]}"


class ProportionKeys(Keys):
    """The level of confidence."""

    level: float = 0.95


def proportions(keys: ProportionKeys, table: pl.DataFrame | None) -> Result:
    """Wilson's interval of every row; of two rows Newcombe's interval of the difference too.

    `table` (one row per proportion: `count` of `among`). Returns a Result whose estimate is the
    proportion of a single row, or the first of two minus the second; more rows have none. Raises
    Refusal for rows that are no proportions.
    """
    rows = table_of(table)
    hits, among = counts(rows, "count"), counts(rows, "among")
    pairs: list[Pair] = [(int(a), int(b)) for a, b in zip(hits, among, strict=True)]
    values: dict[str, Value] = {}
    shares: Rows = []
    listed = []
    for pair in pairs:
        low, high = wilson(pair, keys.level)
        counted: dict[str, Value] = {
            "count": pair[0],
            "among": pair[1],
            "proportion": pair[0] / pair[1],
        }
        shares.append({**counted, "lo": low, "hi": high})
        listed.append(f"{pair[0]:,} of {pair[1]:,}: {_between(low, high)}")
    scale, found = _headline(pairs, keys.level)
    if found and scale is Scale.PROPORTION_DIFFERENCE:
        names = ("estimate", "ci_lo", "ci_hi")
        values |= dict(zip(names, found, strict=True))
    return Result(
        design=PROPORTIONS.name,
        measure=str(scale).replace("_", " ") if found else "proportions",
        scale=scale,
        method="Wilson's score interval (1927); differences by Newcombe (1998)",
        values=values,
        tables={"proportions": shares},
        estimate=found[0] if found else None,
        interval_low=found[1] if found else None,
        interval_high=found[2] if found else None,
        is_randomised=False,
        summary="; ".join(listed) + ".",
    )


def _headline(pairs: list[Pair], level: float) -> tuple[Scale, tuple[float, float, float] | None]:
    """The scale, and the estimate with its interval where one or two proportions are asked for."""
    if len(pairs) == 1:
        (hits, among), (low, high) = pairs[0], wilson(pairs[0], level)
        return Scale.PROPORTION, (hits / among, low, high)
    if len(pairs) == TWO:
        return Scale.PROPORTION_DIFFERENCE, difference(pairs[0], pairs[1], level)
    return Scale.NONE, None


class TableKeys(Keys):
    """Rows (treated, control) of (with, without)."""

    table: tuple[Pair, Pair]
    is_randomised: bool = False


def two_by_two(keys: TableKeys, _table: pl.DataFrame | None) -> Result:
    """Fisher's exact test, the odds ratio with its interval, and d as the published trials form it.

    Returns a Result on the log odds scale. Raises Refusal for negative counts and for a row without
    units.
    """
    chances = fisher(keys.table)
    odds = log_odds_ratio(keys.table)
    low, high = odds.interval()
    d, d_error = odds_to_d(odds.log_ratio, odds.standard_error)
    first, second = keys.table
    return Result(
        design=TWO_BY_TWO.name,
        measure="log odds ratio",
        scale=Scale.LOG_ODDS_RATIO,
        method="Fisher's exact test; d = ln(odds ratio) * sqrt(3) / pi (Chinn 2000)",
        values={
            "p_greater": chances["greater"],
            "p_less": chances["less"],
            "p_two_sided": chances["two-sided"],
            "odds_ratio": odds.ratio,
            "odds_ratio_lo": low,
            "odds_ratio_hi": high,
            "d": d,
            "se_d": d_error,
        },
        estimate=odds.log_ratio,
        standard_error=odds.standard_error,
        interval_low=log(low),
        interval_high=log(high),
        p_value=chances["two-sided"],
        is_randomised=keys.is_randomised,
        summary=f"{first[0]:,} of {sum(first):,} against {second[0]:,} of {sum(second):,}: odds "
        f"between {low:.2f} and {high:.2f} times as high.",
    )


PROPORTIONS = Design(
    "proportions",
    ProportionKeys,
    proportions,
    "Wilson's intervals: columns `count` and `among`; two rows are compared as well.",
    """\
design: proportions
title: Encounters that were recorded
question: What share was recorded, and how far may chance have moved it?
inline: {count: [81, 15], among: [263, 148]}
""",
    gives=Gives(
        sometimes=("estimate", "ci_lo", "ci_hi"),
        tables={"proportions": ("count", "among", "proportion", "lo", "hi")},
    ),
)


TWO_BY_TWO = Design(
    "two_by_two",
    TableKeys,
    two_by_two,
    "A two-by-two table ((with, without) treated, (with, without) control).",
    """\
design: two_by_two
title: The lady and her tea
question: Could she tell what was poured first?
keys: {table: [[3, 1], [1, 3]], is_randomised: true}
""",
    gives=Gives(
        values=(
            "p_greater",
            "p_less",
            "p_two_sided",
            "odds_ratio",
            "odds_ratio_lo",
            "odds_ratio_hi",
            "d",
            "se_d",
        )
    ),
)
