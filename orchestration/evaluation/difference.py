"""Differences of means: between randomised arms, and of the same units over time."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]

#: Standard errors that a difference must span to be found with 80% power at the 5% level.
DETECTABLE = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))


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


def between_arms(
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


def over_time(before: Numbers, after: Numbers) -> MeanDifference:
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
