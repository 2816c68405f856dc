"""Before against after: what happened, and the regression to the mean expected."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.before_after.change import ChangeKeys, Span, refuse_young, within
from orchestration.evaluation.columns import Numbers, numbers, table_of
from orchestration.evaluation.core import Design, Gate, Gives, Refusal, Result
from orchestration.evaluation.data_maturity import refuse_to_span
from orchestration.evaluation.gates import rate_may_be_shown
from orchestration.evaluation.interval_wording import describe_interval, percent
from orchestration.evaluation.scale import Scale

TWO = 2


def empirical_bayes_expected(keys: ChangeKeys, rows: pl.DataFrame) -> float:
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


@dataclass(frozen=True)
class Side:
    """Counts and exposure of the rows of one side."""

    count: Numbers
    exposure: Numbers

    @property
    def rate(self) -> float:
        """Events over exposure."""
        return float(self.count.sum() / self.exposure.sum())


def before_after(keys: ChangeKeys, table: pl.DataFrame | None) -> Result:
    """Ratio of the rates after and before, exact and widened for over-dispersion.

    The exact interval is the conditional one of two Poisson counts; the other takes Pearson's
    dispersion of the rows. Always descriptive. Raises Refusal over a break, for periods too recent
    to be whole, for a side without rows or events.
    """
    rows = table_of(table)
    refuse_young(keys, rows)
    notes = refuse_to_span(
        keys.breaks, keys.before.first, keys.after.last, is_allowed=keys.spans_breaks
    )
    treated = rows.filter(pl.col(keys.chosen) == 1) if keys.chosen else rows
    before, after = (_side(keys, treated, span) for span in (keys.before, keys.after))
    estimate = log(after.rate / before.rate)
    phi = max(1.0, _dispersion(before, after))
    error = sqrt(phi * (1 / before.count.sum() + 1 / after.count.sum()))
    reach = float(stats.norm.ppf(0.975)) * error
    interval = estimate - reach, estimate + reach
    drift = empirical_bayes_expected(keys, rows) if keys.chosen_for_record else None
    return Result(
        design="before_after",
        measure="log ratio, after over before",
        scale=Scale.LOG_RATIO,
        method="ratio of rates; exact conditional interval, and one widened by dispersion",
        values={
            **_values(before, after),
            "dispersion": phi,
            "regression_to_the_mean_log_ratio": drift,
        },
        estimate=estimate,
        standard_error=error,
        interval_low=interval[0],
        interval_high=interval[1],
        gates=_gates(before),
        notes=notes,
        is_randomised=False,
        is_over_time=True,
        words=_words(keys, before, after, interval) + _regression_to_the_mean(drift),
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


def _side(keys: ChangeKeys, rows: pl.DataFrame, span: Span) -> Side:
    inside = within(keys, rows, span).sort(rows.columns)
    count = numbers(inside, keys.count, least=0)
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


def _gates(before: Side) -> tuple[Gate, ...]:
    return (rate_may_be_shown(float(before.count.sum())),)


def _words(keys: ChangeKeys, before: Side, after: Side, interval: tuple[float, float]) -> str:
    counts = f"{before.count.sum():,.0f} before and {after.count.sum():,.0f} after. "
    return counts + describe_interval(
        keys.outcome, interval, Scale.LOG_RATIO, "descriptive", is_change=True
    )


def _regression_to_the_mean(drift: float | None) -> str:
    if drift is None:
        return ""
    way = "fall" if drift < 0 else "rise"
    return (
        f" The places were chosen for their record: a {way} of {percent(drift)} would be expected "
        "anyway."
    )


BEFORE_AFTER = Design(
    name="before_after",
    keys=ChangeKeys,
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
