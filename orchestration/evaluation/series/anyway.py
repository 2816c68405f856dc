"""Regression to the mean: what units picked for their record would have shown next anyway."""

from math import log

import polars as pl

from orchestration.evaluation.columns import Numbers, numbers
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.series.change import ChangeKeys, within


def expected_anyway(keys: ChangeKeys, rows: pl.DataFrame) -> float:
    """Log ratio expected of the chosen units with nothing done: their shrunk over their own rates.

    Empirical Bayes for Poisson rates with moments after Marshall (Applied Statistics 1991).
    Raises Refusal without both chosen units and others.
    """
    if keys.chosen is None or keys.unit is None or keys.chosen_on is None:
        raise Refusal("chosen_for_record needs unit, chosen and chosen_on")
    inside = within(keys, rows, keys.chosen_on)
    held = pl.col(keys.exposure) if keys.exposure else pl.lit(1.0)
    units = (
        inside.group_by(keys.unit)
        .agg(
            pl.col(keys.count).sum().alias("count"),
            held.sum().alias("held") if keys.exposure else pl.len().alias("held"),
            pl.col(keys.chosen).max().alias("chosen"),
        )
        .sort(keys.unit)
    )
    count, exposure = numbers(units, "count", least=0), numbers(units, "held", above=0)
    chosen = numbers(units, "chosen") == 1
    if chosen.all() or not chosen.any():
        raise Refusal(
            "what would be expected anyway is read off the units that were not chosen: give both"
        )
    shrunk = shrunk_rates(count, exposure)
    return log(float((shrunk * exposure)[chosen].sum()) / float(count[chosen].sum()))


def shrunk_rates(count: Numbers, exposure: Numbers) -> Numbers:
    """Rates drawn towards their common mean by how little each unit tells."""
    rate, mean = count / exposure, count.sum() / exposure.sum()
    total = exposure.sum()
    spread = float((exposure * (rate - mean) ** 2).sum() / total)
    between = max(0.0, spread - mean / (total / len(count)))
    weight = between / (between + mean / exposure)
    found: Numbers = mean + weight * (rate - mean)
    return found
