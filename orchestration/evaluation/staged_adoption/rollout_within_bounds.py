"""The design `rollout_within_bounds`: a staged roll-out whose start days are known or bounded.

Days are drawn within their bounds and the roll-out is estimated for every draw. Uncertainty about
the days becomes part of the error, and a gate has to be met in every draw.
"""

from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Design, Gate, Gives, Result, Scale, Value
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.rates.contrasts import DETECTABLE
from orchestration.evaluation.staged_adoption import event_study, few_clusters
from orchestration.evaluation.staged_adoption.bounded_dates import (
    BoundedKeys,
    BoundedPanel,
    Days,
    advice,
    checks_at_middle_days,
    read_bounds,
)
from orchestration.evaluation.staged_adoption.event_study import counted_values
from orchestration.evaluation.staged_adoption.panel import (
    Panel,
)
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    Imputed,
    impute,
    jackknife,
    log_ratios,
    share_as_far,
    shuffled,
)
from orchestration.evaluation.timing import refuse_by_periods
from orchestration.evaluation.wording import describe_interval

METHOD = (
    "Poisson imputation with unit and period effects (Wooldridge 2023) at every draw of the days "
    "of start within their bounds; errors of the jackknife and of the draws added up (Rubin 1987), "
    "t; p by shuffling the middle days"
)


@dataclass(frozen=True)
class Drawn:
    """The estimate at every draw of days, and the gate that all draws have to meet.

    `log_ratio` (draws,).
    """

    log_ratio: Numbers
    gate: Gate

    @property
    def variance(self) -> float:
        """What the draws add to the variance: (1 + 1/draws) times their own variance."""
        return float((1 + 1 / len(self.log_ratio)) * self.log_ratio.var(ddof=1))


def estimates_of(held: BoundedPanel, keys: BoundedKeys) -> Drawn:
    """Estimate the roll-out at every draw of days.

    Returns the estimates, and the gate of the roll-out at the worst of the draws.
    """
    panel = held.panel
    drawn = held.drawn(keys.date_draws, keys.seed)
    first, begun = held.places(drawn)
    kept = np.ones(first.shape, dtype=bool)
    out = np.arange(panel.counts.shape[1]) == begun[:, :, None]
    none = np.zeros((0, *panel.counts.shape))
    found = log_ratios(panel, none, first, kept, out)
    return Drawn(found[np.isfinite(found)], _gate_of_draws(held, drawn))


def _gate_of_draws(held: BoundedPanel, drawn: Days) -> Gate:
    """Met where every draw meets it; the reason is that of the draw that falls furthest short."""
    events = float(held.panel.counts.mean())
    gates = [few_clusters.gate_of_rollout(held.at(each), events) for each in drawn]
    failed = [gate for gate in gates if not gate.passed]
    worst = max(failed, key=lambda gate: (len(gate.missing), gate.missing), default=gates[0])
    counted = f"{len(gates) - len(failed)} of {len(gates)} draws of days meet it"
    return replace(worst, reason=f"{counted}; {worst.reason}")


@dataclass(frozen=True)
class BoundedEstimates:
    """Everything estimated from one panel at its middle days, and over the draws of days.

    `chance` (draws,) holds the log ratios at shuffled middle days; `reach` is half the width of the
    interval of each event period at the middle days; `error` is that of the jackknife
    and `whole` that of both the jackknife and the draws, None each where units are too few.
    """

    panel: Panel
    middle: Imputed
    drawn: Drawn
    chance: Numbers
    error: float | None
    for_few: few_clusters.FewUnits | None
    ahead: event_study.Leads
    reach: dict[int, float]

    @property
    def estimate(self) -> float:
        """The mean over the draws of days."""
        return float(self.drawn.log_ratio.mean())

    @property
    def whole(self) -> float | None:
        """The error of the estimate, uncertainty about the days included."""
        return None if self.error is None else sqrt(self.error**2 + self.drawn.variance)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Both ends of the 95% interval; None each where units are too few."""
        if self.whole is None:
            return None, None
        reach = float(stats.t.ppf(0.975, len(self.panel.units) - 1)) * self.whole
        return self.estimate - reach, self.estimate + reach

    @property
    def p_value(self) -> float:
        """The share of shuffled days that give as much."""
        return share_as_far(self.chance, self.estimate)

    @property
    def smallest(self) -> float:
        """The smallest log ratio found with 80% power, uncertainty about the days included."""
        return DETECTABLE * sqrt(float(self.chance.var(ddof=1)) + self.drawn.variance)


def rollout_within_bounds(keys: BoundedKeys, table: pl.DataFrame | None) -> Result:
    """Observed over expected counts of treated cells, over draws of the days of start.

    `table` (one row per unit and period). Returns a Result on the log scale, held back where any
    draw of days fails the gate. Raises Refusal as `read_bounds` and `impute` do.
    """
    held, everyone = read_bounds(keys, table)
    found = _estimated(held, keys)
    panel = found.panel
    notes = refuse_by_periods(
        keys, panel.calendar.label(0), panel.calendar.label(panel.calendar.count), keys.period
    )
    test = found.ahead.test()
    checks = checks_at_middle_days(keys, held, everyone)
    result = Result(
        design="rollout_within_bounds",
        measure="log ratio of observed to expected",
        scale=Scale.LOG_RATIO,
        method=METHOD,
        values=_values(found, test) | _values_of_draws(held, found.drawn, keys),
        tables={"checks": checks},
        estimate=found.estimate,
        standard_error=found.whole,
        interval_low=found.interval[0],
        interval_high=found.interval[1],
        p_value=found.p_value,
        smallest_detectable=found.smallest,
        diagnostics={
            "event_study": event_study.points(panel, found.middle, found.ahead, found.reach)
        },
        notes=(*notes, _draws_in_words(held, keys)),
        is_randomised=False,
        summary=_counted(found.middle) + _words(keys, found),
    )
    gates = (
        found.drawn.gate,
        *few_clusters.gates_of_units(panel),
        *advice(keys, checks, test.p_value if test else None),
    )
    return hold_back(result, *gates, counts=f"{_counted(found.middle)}{_power(found.smallest)}")


def _estimated(held: BoundedPanel, keys: BoundedKeys) -> BoundedEstimates:
    panel = held.at(held.middle)
    none = np.zeros((0, *panel.counts.shape))
    middle = impute(panel, none)
    error = None if few_clusters.is_few(panel) else jackknife(panel, none, middle.log_ratio).error
    ahead = event_study.before(panel, none, keys.leads)
    return BoundedEstimates(
        panel=panel,
        middle=middle,
        drawn=estimates_of(held, keys),
        chance=shuffled(panel, none, keys.draws, keys.seed),
        error=error,
        for_few=few_clusters.for_few(panel, (), keys.seed),
        ahead=ahead,
        reach=event_study.reaches(panel, none, ahead) if error else {},
    )


def _values(found: BoundedEstimates, test: event_study.PreTest | None) -> dict[str, Value]:
    counted = counted_values(found.panel, found.middle)
    # With uncertain days and breaks in recording, the raw change does not describe what happened.
    counted["raw_change_log_ratio"] = counted.pop("before_after_log_ratio")
    return {
        **counted,
        "partial_cells": int(found.panel.partial.sum()),
        "se_jackknife": found.error,
        "ci_lo": found.interval[0],
        "ci_hi": found.interval[1],
        "p_randomisation": found.p_value,
        "sd_shuffled": float(found.chance.std(ddof=1)),
        "draws": len(found.chance),
        "few_unit_rule": few_clusters.rule(found.panel),
        **few_clusters.values_of(found.for_few),
        "pre_test_F": test.statistic if test else None,
        "pre_test_p": test.p_value if test else None,
        "missed_drift_per_period": test.missed_drift if test else None,
    }


def _values_of_draws(held: BoundedPanel, drawn: Drawn, keys: BoundedKeys) -> dict[str, Value]:
    """How far the estimate moves when the uncertain days move."""
    low, middle, high = (float(each) for each in np.quantile(drawn.log_ratio, [0, 0.5, 1]))
    return {
        "units_with_a_day": int((held.low == held.high).sum()),
        "units_bounded": int((held.low < held.high).sum()),
        "date_draws": len(drawn.log_ratio),
        "date_draws_seed": keys.seed,
        "date_draws_lowest": low,
        "date_draws_median": middle,
        "date_draws_highest": high,
        "date_draws_se": sqrt(drawn.variance),
    }


def _counted(found: Imputed) -> str:
    return f"{found.total_observed:,.0f} counted in months and areas with cameras. "


def _power(smallest: float) -> str:
    return (
        f"The smallest fall that such a roll-out finds with 80% power is "
        f"{100 * (1 - exp(-smallest)):.0f}%."
    )


def _draws_in_words(held: BoundedPanel, keys: BoundedKeys) -> str:
    known = int((held.low == held.high).sum())
    return (
        f"The day is known of {known} of {len(held.low)} units and bounded of the others; "
        f"{keys.date_draws} draws of days within the bounds were made with the seed {keys.seed}."
    )


def _words(keys: BoundedKeys, found: BoundedEstimates) -> str:
    low, high = found.interval
    if low is None or high is None:
        return "So few units carry no interval."
    summary = describe_interval(
        keys.outcome, (low, high), Scale.LOG_RATIO, "compared", smallest=found.smallest
    )
    if low > 0 or high < 0:
        summary += few_clusters.doubt(found.panel, found.for_few, found.p_value)
    return summary


UNITS, PERIODS = "abcdefghi", 24
BOUNDS = {
    "a": ("2017-01-09", "2017-01-09"),
    "b": ("2017-01-16", "2017-02-20"),
    "c": ("2017-03-06", "2017-03-06"),
    "d": ("2017-03-13", "2017-04-24"),
    "e": ("2017-05-08", "2017-05-08"),
    "f": ("2017-05-15", "2017-05-31"),
    "g": ("2017-06-05", "2017-06-05"),
    "h": ("2017-11-20", "2017-12-20"),
    "i": ("2017-12-04", "2017-12-04"),
}
EXAMPLE = """\
design: rollout_within_bounds
title: Recorded violence in nine boroughs as cameras came
question: How does recorded violence compare with that expected without cameras?
keys:
  outcome: Recorded violence
  unit: borough
  period: month
  first: earliest
  latest: latest
  count: violence
  control_count: bicycles
  placebo_months: 6
  seed: 20170601
  date_draws: 40
  draws: 99
  leads: 3
  left_out:
    merged: [c]
inline:
  borough: [{units}]
  month: [{months}]
  earliest: [{earliest}]
  latest: [{latest}]
  violence: [{counts}]
  bicycles: [{control}]
"""
ROLLOUT_WITHIN_BOUNDS = Design(
    name="rollout_within_bounds",
    keys=BoundedKeys,
    run=rollout_within_bounds,
    about="Units that received cameras at different times, some of them known within bounds only.",
    example=EXAMPLE.format(
        units=", ".join(unit for unit in UNITS for _ in range(PERIODS)),
        months=", ".join(
            f"{2016 + at // 12}-{at % 12 + 1:02d}-01" for _ in UNITS for at in range(PERIODS)
        ),
        earliest=", ".join(BOUNDS[unit][0] for unit in UNITS for _ in range(PERIODS)),
        latest=", ".join(BOUNDS[unit][1] for unit in UNITS for _ in range(PERIODS)),
        counts=", ".join(
            str(60 + 5 * place + 7 * at % 9 + 3 * place * at % 5)
            for place in range(len(UNITS))
            for at in range(PERIODS)
        ),
        control=", ".join(
            str(40 + 3 * place + 5 * at % 7 + 2 * place * at % 9)
            for place in range(len(UNITS))
            for at in range(PERIODS)
        ),
    ),
    gives=Gives(
        values=(
            "log_ratio",
            "ratio",
            "observed",
            "expected",
            "units",
            "waves",
            "first_identified",
            "last_identified",
            "raw_change_log_ratio",
            "partial_cells",
            "se_jackknife",
            "ci_lo",
            "ci_hi",
            "p_randomisation",
            "sd_shuffled",
            "draws",
            "few_unit_rule",
            "cr2_log_ratio",
            "cr2_se",
            "cr2_df",
            "cr2_lo",
            "cr2_hi",
            "cr2_p",
            "p_wild_bootstrap",
            "pre_test_F",
            "pre_test_p",
            "missed_drift_per_period",
            "units_with_a_day",
            "units_bounded",
            "date_draws",
            "date_draws_seed",
            "date_draws_lowest",
            "date_draws_median",
            "date_draws_highest",
            "date_draws_se",
        ),
        tables={
            "checks": ("check", "log_ratio", "ci_lo", "ci_hi", "p_randomisation", "reason"),
        },
        diagnostics=("event_study",),
    ),
)
