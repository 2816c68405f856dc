"""Contrasts of two groups: ratios and changes from totals, differences of means, and their designs.

A ratio is stated with its counts, and without a per cent where the base has few events.
"""

from dataclasses import dataclass
from math import exp, inf, log, pi, sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy import stats

from orchestration.evaluation.core import Design, Gate, Gives, Keys, Refusal, Result, Scale
from orchestration.evaluation.rates import exact_rates
from orchestration.evaluation.rates.exact_rates import smallest_fall
from orchestration.evaluation.wording import CAUTION, Basis, describe_interval, plain

Z_95 = float(stats.norm.ppf(0.975))
Numbers = NDArray[np.float64]
#: Standard errors that a difference must span to be found with 80% power at the 5% level.
DETECTABLE = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
#: With fewer events in the reference group, a change in per cent is misleading.
FEWEST_FOR_PER_CENT = 20
FEWEST_EVENTS = 10
PAIRS = {"arms": ("treated", "control"), "before_after": ("after", "before")}


@dataclass(frozen=True)
class LogRatio:
    """A ratio measured on the log scale."""

    log_ratio: float
    standard_error: float

    @property
    def ratio(self) -> float:
        """The ratio itself."""
        return exp(self.log_ratio)

    def interval(self, reach: float = Z_95) -> tuple[float, float]:
        """Limits of the ratio itself, `reach` standard errors away on the log scale.

        Returns (lower, upper).
        """
        width = reach * self.standard_error
        return exp(self.log_ratio - width), exp(self.log_ratio + width)

    @property
    def p_value(self) -> float:
        """Two-sided, from the normal distribution."""
        return float(2 * stats.norm.sf(abs(self.log_ratio) / self.standard_error))


def percent_fall(before: float, after: float) -> float:
    """How far `after` lies below `before`, in per cent of `before`.

    Returns the fall; a rise is below zero. Raises Refusal for a figure before that is not above
    zero.
    """
    if before <= 0:
        raise Refusal(f"the figure before is {before}: a change in per cent needs one above zero")
    return 100 * (1 - after / before)


def log_rate_ratio(
    events: tuple[float, float], exposure: tuple[float, float], dispersion: float = 1.0
) -> LogRatio:
    """Log of the first rate over the second, with variance dispersion * (1/a + 1/b).

    `dispersion` below 1 counts as 1. Returns a LogRatio. Raises Refusal when a count or an exposure
    is zero: the logarithm has no finite variance.
    """
    if min(events) <= 0 or min(exposure) <= 0:
        raise Refusal("a log rate ratio needs events and exposure above zero in both groups")
    ratio = events[0] / exposure[0] * exposure[1] / events[1]
    return LogRatio(log(ratio), sqrt(max(dispersion, 1.0) * sum(1 / each for each in events)))


def relative_rate_ratio(
    treated: tuple[float, float], control: tuple[float, float], dispersion: float = 1.0
) -> LogRatio:
    """Ratio of after/before among the treated to after/before among the others; not an odds ratio.

    Pairs are (before, after) counts over windows of the same length in both groups. It is the
    interaction of a saturated Poisson model with variance dispersion * sum of 1/count (the relative
    incident rate ratio of Wilson 2022, Journal of Quantitative Criminology). Returns a LogRatio.
    Raises Refusal when a count is zero.
    """
    counts = (*treated, *control)
    if min(counts) <= 0:
        raise Refusal("a relative rate ratio needs events before and after in both groups")
    value = log(treated[1] / treated[0]) - log(control[1] / control[0])
    return LogRatio(value, sqrt(max(dispersion, 1.0) * sum(1 / each for each in counts)))


def odds_to_d(log_odds: float, standard_error: float) -> tuple[float, float]:
    """Standardised difference d of a log odds ratio, times sqrt(3)/pi.

    Chinn (2000, Statistics in Medicine 19:3127). Returns d and its standard error.
    """
    return log_odds * sqrt(3) / pi, standard_error * sqrt(3) / pi


def log_odds_ratio(table: tuple[tuple[float, float], tuple[float, float]]) -> LogRatio:
    """Log odds ratio of ((with, without) treated, (with, without) control).

    Half an entry is added to all four cells when one is empty (Haldane 1956, Anscombe 1956).
    Returns a LogRatio. Raises Refusal for negative counts and for a row without units.
    """
    cells = [each for row in table for each in row]
    if min(cells) < 0 or 0 in {sum(row) for row in table}:
        raise Refusal("a two-by-two table needs counts of 0 or more and units in both rows")
    a, b, c, d = (each + 0.5 for each in cells) if min(cells) == 0 else cells
    return LogRatio(log(a * d / (b * c)), sqrt(1 / a + 1 / b + 1 / c + 1 / d))


@dataclass(frozen=True)
class MeanDifference:
    """A difference of means in the unit of the outcome, with its 95% interval."""

    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float | None

    @property
    def smallest_detectable(self) -> float:
        """The difference that would have been detected with 80% power at the 5% level."""
        return DETECTABLE * self.standard_error


def difference_between_arms(
    outcome: Numbers, treated: NDArray[np.bool_], probability: Numbers
) -> MeanDifference:
    """Mean of the treated minus mean of the control units, weighted for the chance of treatment.

    `outcome` (n,), `treated` (n,) and `probability` (n,) have one entry per unit; `probability` is
    the chance with which the unit was to be treated. Each unit is weighted by one over the chance
    of the arm that it got, so that blocks with different shares of treated units are combined
    without bias. HC2 errors, t with n - 2 degrees of freedom: the estimator of Yokum, Ravishankar
    and Coppock (Proceedings of the National Academy of Sciences 2019), as in R's
    estimatr::lm_robust.

    Returns a MeanDifference in the unit of the outcome. Raises ValueError for arrays of different
    lengths, fewer than two units in an arm, or a chance that is not between 0 and 1.
    """
    if not (len(outcome) == len(treated) == len(probability)):
        raise ValueError("outcome, treated and probability need one entry per person")
    if min(int(treated.sum()), int((~treated).sum())) < 2:  # noqa: PLR2004 - a variance needs two
        raise ValueError("each arm needs two people or more")
    if not ((probability > 0) & (probability < 1)).all():
        raise ValueError("every chance of treatment must lie between 0 and 1")
    weight = np.where(treated, 1 / probability, 1 / (1 - probability))
    mean_1, variance_1 = _weighted_mean(outcome[treated], weight[treated])
    mean_0, variance_0 = _weighted_mean(outcome[~treated], weight[~treated])
    return _difference(mean_1 - mean_0, sqrt(variance_1 + variance_0), len(outcome) - 2)


def difference_over_time(before: Numbers, after: Numbers) -> MeanDifference:
    """Mean of after minus before over the same units: a description of what happened.

    `before` (n,) and `after` (n,) have one entry per unit, in the same order. Returns a
    MeanDifference with a paired t interval, n - 1 degrees of freedom. Raises ValueError with fewer
    than two units or arrays of different lengths.
    """
    if len(before) != len(after) or len(before) < 2:  # noqa: PLR2004 - a variance needs two
        raise ValueError("before and after need one entry per person, of two people or more")
    change = after - before
    error = float(change.std(ddof=1)) / sqrt(len(change))
    return _difference(float(change.mean()), error, len(change) - 1)


def _weighted_mean(values: Numbers, weight: Numbers) -> tuple[float, float]:
    """The mean and its HC2 variance; an entry's leverage is its share of the weight."""
    total = weight.sum()
    mean = float((weight * values).sum() / total)
    leverage = weight / total
    residual = values - mean
    return mean, float((leverage**2 * residual**2 / (1 - leverage)).sum())


def _difference(estimate: float, error: float, freedom: int) -> MeanDifference:
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error else None
    return MeanDifference(estimate, error, estimate - reach, estimate + reach, p_value)


def ratio_in_words(
    outcome: str, counts: str, limits: tuple[float, float | None], base: float, basis: Basis
) -> str:
    """Describe the limits of a ratio of rates.

    `counts` is the opening sentence; `base` is the number of events compared with. Returns the
    sentences: a change in per cent from 20 events at the base, below that the limits of the ratio
    itself.
    """
    low, high = limits
    if base < FEWEST_FOR_PER_CENT:
        top = "any number of" if high is None else plain(high)
        few = f"{counts} Too few events for a change in per cent: {outcome} lay between "
        return f"{few}{plain(low)} and {top} times the rate compared with.{CAUTION[basis]}"
    interval = log(low) if low > 0 else -inf, inf if high is None else log(high)
    return f"{counts} {describe_interval(outcome, interval, Scale.LOG_RATIO, basis)}"


def detectable_in_words(expected: float, fall: float | None) -> str:
    """Describe what a comparison could have detected.

    `fall` is the smallest fall (0 to 1) detectable with 80% power, None where not even a fall of
    everything is. Returns the sentences.
    """
    opening = f"About {expected:,.0f} events were to be expected without cameras."
    if fall is None:
        return f"{opening} Even their complete absence might well have been missed."
    return (
        f"{opening} Only a fall of {100 * fall:.0f}% or more would have been found with 80% "
        "power. Not finding one does not mean that there was none."
    )


def holds_no_change(limits: tuple[float, float | None]) -> bool:
    """Whether the limits of a ratio hold 1; without an upper limit, whether the lower is at most 1.

    Returns true where the data are compatible with no change.
    """
    low, high = limits
    return low <= 1 and (high is None or high >= 1)


class RateRatioKeys(Keys):
    """Events and exposure of (treated, control), or of (after, before)."""

    events: tuple[int, int]
    exposure: tuple[float, float] = (1.0, 1.0)
    contrast: str = Field(default="arms", pattern="^(arms|before_after)$")
    is_randomised: bool = False
    level: float = Field(default=0.95, gt=0, lt=1)


def event_gates(events: tuple[int, int]) -> tuple[Gate, ...]:
    """Gates on the events of (first, second): 10 for a comparison, 20 at the base for a per cent.

    Returns both gates in that order.
    """
    total = sum(events)
    return (
        Gate(
            "enough events for a comparison",
            total >= FEWEST_EVENTS,
            f"{total:,} events in all; a p-value is shown from {FEWEST_EVENTS}",
        ),
        Gate(
            "enough events for a change in per cent",
            events[1] >= FEWEST_FOR_PER_CENT,
            f"{events[1]:,} events at the base; a change in per cent is shown from "
            f"{FEWEST_FOR_PER_CENT}",
        ),
    )


def rate_ratio(keys: RateRatioKeys, _table: pl.DataFrame | None) -> Result:
    """Ratio of the first rate to the second, exact given the sum of events.

    Returns a Result on the ratio scale. Raises Refusal as `exact.rate_ratio` does.
    """
    found = exact_rates.rate_ratio(keys.events, keys.exposure, keys.level)
    gates = event_gates(keys.events)
    control = float(max(keys.events[1], 1))
    fall = smallest_fall(control, keys.exposure[0] / sum(keys.exposure))
    expected = control * keys.exposure[0] / keys.exposure[1]
    is_drawn = keys.is_randomised and keys.contrast == "arms"
    basis: Basis = "randomised" if is_drawn else "descriptive"
    first, second = PAIRS[keys.contrast]
    counts = f"{keys.events[0]:,} events {first}, {keys.events[1]:,} {second}."
    summary = ratio_in_words(f"The rate {first}", counts, found.limits, keys.events[1], basis)
    return Result(
        design=RATE_RATIO.name,
        measure=f"rate ratio, {first} over {second}",
        scale=Scale.RATIO,
        method="exact given the sum of events (binomial; Clopper and Pearson 1934)",
        values={
            "rate_ratio": found.value,
            "ci_lo": found.low,
            "ci_hi": found.high,
            "p": found.p_value,
            "smallest_detectable_fall": fall,
        },
        estimate=found.value,
        interval_low=found.low,
        interval_high=found.high,
        p_value=found.p_value if gates[0].passed else None,
        smallest_detectable=None if fall is None else 1 - fall,
        gates=gates,
        is_randomised=is_drawn,
        is_over_time=keys.contrast == "before_after",
        summary=f"{summary} {detectable_in_words(expected, fall)}"
        if holds_no_change(found.limits)
        else summary,
    )


class RelativeKeys(Keys):
    """Counts (before, after) of a treated group and of another, over equal windows."""

    treated: tuple[int, int]
    control: tuple[int, int]
    dispersion: float = Field(default=1.0, gt=0)


def compare_changes(keys: RelativeKeys, _table: pl.DataFrame | None) -> Result:
    """Change of the treated group over the change of the others (a ratio of rate ratios).

    Returns a Result on the log scale. Raises Refusal as `contrasts.relative_rate_ratio` does.
    """
    found = relative_rate_ratio(keys.treated, keys.control, keys.dispersion)
    low, high = found.interval()
    counts = (
        f"Treated: {keys.treated[0]:,} before, {keys.treated[1]:,} after; others: "
        f"{keys.control[0]:,} before, {keys.control[1]:,} after."
    )
    base = min(*keys.treated, *keys.control)
    summary = ratio_in_words(
        "The rate set against the others", counts, (low, high), base, "compared"
    )
    return Result(
        design=RELATIVE.name,
        measure="log relative rate ratio: (after/before treated) over (after/before others)",
        scale=Scale.LOG_RATIO,
        method="interaction of a saturated Poisson model, dispersion "
        f"{plain(keys.dispersion)} (Wilson)",
        values={
            "relative_rate_ratio": found.ratio,
            "relative_rate_ratio_lo": low,
            "relative_rate_ratio_hi": high,
            "log_ratio": found.log_ratio,
            "se_log_ratio": found.standard_error,
            "p": found.p_value,
        },
        estimate=found.log_ratio,
        standard_error=found.standard_error,
        interval_low=log(low),
        interval_high=log(high),
        p_value=found.p_value,
        is_randomised=False,
        summary=summary,
    )


RATE_RATIO = Design(
    "rate_ratio",
    RateRatioKeys,
    rate_ratio,
    "Two counts over two exposures (treated, control), or (after, before): exact ratio.",
    """\
design: rate_ratio
title: Use of force by shift
question: Was force rarer on shifts with cameras?
keys: {events: [8, 17], exposure: [489, 499], is_randomised: true}
""",
    gives=Gives(values=("rate_ratio", "ci_lo", "ci_hi", "p", "smallest_detectable_fall")),
)


RELATIVE = Design(
    "relative_rate_ratio",
    RelativeKeys,
    compare_changes,
    "Change of a treated group over that of another, from four counts (before, after).",
    """\
design: relative_rate_ratio
title: Complaints in equipped and other areas
question: Did complaints change more where cameras came?
keys: {treated: [240, 180], control: [300, 290], dispersion: 2.2}
""",
    gives=Gives(
        values=(
            "relative_rate_ratio",
            "relative_rate_ratio_lo",
            "relative_rate_ratio_hi",
            "log_ratio",
            "se_log_ratio",
            "p",
        )
    ),
)
