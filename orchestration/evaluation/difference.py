"""Differences of means: between arms drawn by lot, and of the same people over time."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]

#: Standard errors that a difference must span to be shown four times in five at the 5 % level.
DETECTABLE = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8))


@dataclass(frozen=True)
class Difference:
    """A difference of means in the unit of the outcome, with its 95 % interval."""

    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float | None

    @property
    def smallest_detectable(self) -> float:
        """The difference that would have been shown four times in five."""
        return DETECTABLE * self.standard_error


def between_arms(outcome: Numbers, treated: NDArray[np.bool_], probability: Numbers) -> Difference:
    """Mean of the treated minus mean of the others, by units of the outcome.

    One entry per person. `probability` is the chance with which the person was to be treated; each
    is weighted by one over the chance of the arm drawn, which makes blocks of different size fair.
    HC2 errors, t with n - 2 degrees of freedom: the estimator of Yokum, Ravishankar and Coppock
    (PNAS 2019), as in R's estimatr::lm_robust.

    Raises ValueError with fewer than two people in an arm or a chance that is not within 0 and 1.
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


def over_time(before: Numbers, after: Numbers) -> Difference:
    """Mean of after minus before over the same people: what happened, and no more than that.

    Raises ValueError with fewer than two people.
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


def _difference(estimate: float, error: float, freedom: int) -> Difference:
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error else None
    return Difference(estimate, error, estimate - reach, estimate + reach, p_value)
