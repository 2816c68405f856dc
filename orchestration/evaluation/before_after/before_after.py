"""Rates before and after, described; with the regression to the mean to be expected."""

from dataclasses import dataclass
from datetime import date
from math import log, sqrt
from typing import Any

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy import stats

from orchestration.evaluation.columns import (
    Numbers,
    calendar_of,
    column_of,
    counts,
    labels,
    numbers,
    table_of,
)
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Scale
from orchestration.evaluation.gates import hold_back, rate_may_be_shown
from orchestration.evaluation.timing import DatedKeys, refuse_to_span, refuse_unripe
from orchestration.evaluation.wording import CAUTION, describe_interval, percent


class Span(BaseModel):
    """The first and last period of a side, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: int | date = Field(alias="from", union_mode="left_to_right")
    last: int | date = Field(alias="to", union_mode="left_to_right")


class BeforeAfterKeys(DatedKeys):
    """Columns of a table with one row per unit and period.

    With `chosen_for_record` the column `chosen` (0 or 1 by unit) marks the units that were picked
    for their counts within `chosen_on`; the rows of all others must be there too.
    """

    outcome: str
    count: str
    period: str
    before: Span
    after: Span
    exposure: str | None = None
    unit: str | None = None
    chosen_for_record: bool = False
    chosen: str | None = None
    chosen_on: Span | None = None

    @model_validator(mode="after")
    def _knows_the_record(self) -> "BeforeAfterKeys":
        if self.chosen_for_record and not (self.unit and self.chosen and self.chosen_on):
            raise ValueError("chosen_for_record needs unit, chosen and chosen_on")
        return self


def within(keys: BeforeAfterKeys, rows: pl.DataFrame, span: Span) -> pl.DataFrame:
    """The rows of a span.

    `rows` (one row per unit and period). Returns those of the span (one row per unit and period).
    Raises Refusal where a period is empty, or neither a date nor a whole number.
    """
    calendar_of(column_of(rows, keys.period))
    return rows.filter(pl.col(keys.period).is_between(span.first, span.last))


def refuse_unfinished(keys: BeforeAfterKeys, rows: pl.DataFrame) -> None:
    """Refuse a last period after that is too close to the data cut to be complete.

    `rows` (one row per unit and period). Raises Refusal, as `refuse_unripe` does.
    """
    if keys.data_cut is None:
        return
    calendar, _ = calendar_of(column_of(rows, keys.period))
    last = within(keys, rows, keys.after)[keys.period].max()
    if last is None:
        return  # a side without rows is refused by name, whatever its dates
    ended = calendar.label(calendar.position(last) + 1)  # type: ignore[arg-type]
    refuse_unripe(keys, ended, keys.period)


TWO = 2


def empirical_bayes_expected(keys: BeforeAfterKeys, rows: pl.DataFrame) -> float:
    """Log ratio expected of the chosen units if nothing is done: their shrunk over their own rates.

    `rows` (one row per unit and period). Regression to the mean by empirical Bayes for Poisson
    rates, with moment estimators after Marshall (1991, Applied Statistics 40:283). Returns the log
    ratio. Raises Refusal without both chosen units and others.
    """
    if keys.chosen is None or keys.unit is None or keys.chosen_on is None:
        raise Refusal("chosen_for_record needs unit, chosen and chosen_on")
    labels(rows, keys.unit)
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
            "regression to the mean is read off the units that were not chosen: give both"
        )
    shrunk = shrunk_rates(count, exposure)
    return log(float((shrunk * exposure)[chosen].sum()) / float(count[chosen].sum()))


def shrunk_rates(count: Numbers, exposure: Numbers) -> Numbers:
    """Shrink the rate of each unit towards the common mean, units with few events most.

    `count` (n,), `exposure` (n,). Returns the shrunk rates (n,).
    """
    rate, mean = count / exposure, count.sum() / exposure.sum()
    total = exposure.sum()
    spread = float((exposure * (rate - mean) ** 2).sum() / total)
    between = max(0.0, spread - mean / (total / len(count)))
    weight = between / (between + mean / exposure)
    found: Numbers = mean + weight * (rate - mean)
    return found


@dataclass(frozen=True)
class Side:
    """Counts (`count` (n,)) and exposure (`exposure` (n,)) of the n rows of one side."""

    count: Numbers
    exposure: Numbers

    @property
    def rate(self) -> float:
        """Events over exposure."""
        return float(self.count.sum() / self.exposure.sum())


def before_after(keys: BeforeAfterKeys, table: pl.DataFrame | None) -> Result:
    """Ratio of the rates after and before, exact and widened for over-dispersion.

    `table` (one row per unit and period). The exact interval is the conditional one of two Poisson
    counts; the other takes Pearson's dispersion of the rows. Always descriptive. Returns a Result
    on the log scale. Raises Refusal over a break, for periods too recent to be complete, and for a
    side without rows or events.
    """
    rows = table_of(table)
    refuse_unfinished(keys, rows)
    notes = refuse_to_span(
        keys.breaks, keys.before.first, keys.after.last, is_allowed=keys.spans_breaks
    )
    treated = rows.filter(pl.Series(numbers(rows, keys.chosen) == 1)) if keys.chosen else rows
    before, after = (_side(keys, treated, span) for span in (keys.before, keys.after))
    estimate = log(after.rate / before.rate)
    phi = max(1.0, _dispersion(before, after))
    error = sqrt(phi * (1 / before.count.sum() + 1 / after.count.sum()))
    reach = float(stats.norm.ppf(0.975)) * error
    interval = estimate - reach, estimate + reach
    expected = empirical_bayes_expected(keys, rows) if keys.chosen_for_record else None
    result = Result(
        design="before_after",
        measure="log ratio, after over before",
        scale=Scale.LOG_RATIO,
        method="ratio of rates; exact conditional interval, and one widened by dispersion",
        values={
            **_values(before, after),
            "dispersion": phi,
            "regression_to_the_mean_log_ratio": expected,
        },
        estimate=estimate,
        standard_error=error,
        interval_low=interval[0],
        interval_high=interval[1],
        notes=notes,
        is_randomised=False,
        is_over_time=True,
        summary=_words(keys, before, after, interval) + _regression_to_the_mean(expected),
    )
    gate = rate_may_be_shown(float(before.count.sum()))
    return hold_back(
        result, gate, counts=_counted(before, after), caution=CAUTION["descriptive"].rstrip()
    )


def _values(before: Side, after: Side) -> dict[str, Any]:
    ratio = after.rate / before.rate
    low, high = _exact(before, after)
    return {
        "log_ratio": log(ratio),
        "rate_ratio": ratio,
        "percent_change": 100 * (ratio - 1),
        "events_before": float(before.count.sum()),
        "events_after": float(after.count.sum()),
        "rate_ratio_exact_lo": low,
        "rate_ratio_exact_hi": high,
    }


def _side(keys: BeforeAfterKeys, rows: pl.DataFrame, span: Span) -> Side:
    inside = within(keys, rows, span).sort(rows.columns)
    count = counts(inside, keys.count)
    if not count.any():
        raise Refusal(f"no event from {span.first} to {span.last}: no ratio can be given")
    held = numbers(inside, keys.exposure, above=0) if keys.exposure else np.ones(len(count))
    return Side(count, held)


def _dispersion(before: Side, after: Side) -> float:
    squares = sum(
        float(((side.count - side.exposure * side.rate) ** 2 / (side.exposure * side.rate)).sum())
        for side in (before, after)
    )
    freedom = len(before.count) + len(after.count) - TWO
    return squares / freedom if freedom > 0 else 1.0


def _exact(before: Side, after: Side) -> tuple[float, float]:
    events, total = int(after.count.sum()), int(after.count.sum() + before.count.sum())
    found = stats.binomtest(events, total).proportion_ci(method="exact")
    scale = before.exposure.sum() / after.exposure.sum()
    return float(found.low / (1 - found.low) * scale), float(found.high / (1 - found.high) * scale)


def _counted(before: Side, after: Side) -> str:
    """The counts, with the number of periods on each side where these differ."""
    if len(before.count) == len(after.count):
        return f"{before.count.sum():,.0f} before and {after.count.sum():,.0f} after."
    return (
        f"{before.count.sum():,.0f} in {len(before.count)} rows before and "
        f"{after.count.sum():,.0f} in {len(after.count)} rows after."
    )


def _words(keys: BeforeAfterKeys, before: Side, after: Side, interval: tuple[float, float]) -> str:
    return f"{_counted(before, after)} " + describe_interval(
        keys.outcome, interval, Scale.LOG_RATIO, "descriptive", is_change=True
    )


def _regression_to_the_mean(expected: float | None) -> str:
    if expected is None:
        return ""
    way = "fall" if expected < 0 else "rise"
    return (
        f" The places were chosen for their record: a {way} of {percent(expected)} would be "
        "expected by regression to the mean alone."
    )


BEFORE_AFTER = Design(
    name="before_after",
    keys=BeforeAfterKeys,
    run=before_after,
    about="Rates before and after, described; with what would be expected of places picked for "
    "their record.",
    example="""\
design: before_after
title: Complaints in the two pilot areas
question: What happened to complaints in the areas picked for having most of them?
keys:
  outcome: Complaints
  count: complaints
  period: year
  unit: area
  before: {from: 1, to: 1}
  after: {from: 2, to: 2}
  chosen_for_record: true
  chosen: pilot
  chosen_on: {from: 1, to: 1}
inline:
  area: [a, a, b, b, c, c, d, d, e, e]
  year: [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
  complaints: [62, 50, 58, 51, 41, 44, 37, 39, 45, 43]
  pilot: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
""",
    gives=Gives(
        values=(
            "log_ratio",
            "rate_ratio",
            "percent_change",
            "events_before",
            "events_after",
            "rate_ratio_exact_lo",
            "rate_ratio_exact_hi",
            "dispersion",
            "regression_to_the_mean_log_ratio",
        )
    ),
)
