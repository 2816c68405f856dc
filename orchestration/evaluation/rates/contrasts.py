"""Contrasts formed from totals: ratios, changes, and differences between changes."""

from dataclasses import dataclass
from math import exp, log, pi, sqrt

from scipy import stats

from orchestration.evaluation.core import Refusal

Z_95 = float(stats.norm.ppf(0.975))


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
