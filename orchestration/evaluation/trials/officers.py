"""Officers drawn by lot within blocks: the weighted difference, the adjusted one, and the lot."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.difference import Difference
from orchestration.evaluation.frame import Refusal


@dataclass(frozen=True)
class Adjusted:
    """A difference with covariates held at their means."""

    difference: Difference
    covariates: int


def lin_adjusted(
    outcome: Numbers, treated: NDArray[np.bool_], chance: Numbers, covariates: Numbers
) -> Adjusted:
    """Difference with centred covariates and their products with the arm, HC2, t.

    Lin (2013, Annals of Applied Statistics 7:295), weighted by one over the chance of the arm, as
    R's estimatr::lm_lin. `covariates` is people by covariates. Raises Refusal where a covariate is
    constant or a combination of others, and where nobody is left to judge by.
    """
    weight = np.where(treated, 1 / chance, 1 / (1 - chance))
    centred = covariates - covariates.mean(axis=0)
    arm = treated.astype(np.float64)[:, None]
    design = np.hstack([np.ones((len(outcome), 1)), arm, centred, centred * arm])
    freedom = len(outcome) - design.shape[1]
    if freedom < 1:
        raise Refusal("more covariates than people can carry: leave some out")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal("covariates are perfectly collinear, or one is the same for all: drop it")
    estimate, error = _hc2(design, outcome, weight)
    reach = float(stats.t.ppf(0.975, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom)) if error else None
    found = Difference(estimate, error, estimate - reach, estimate + reach, p_value)
    return Adjusted(found, covariates.shape[1])


def _hc2(design: Numbers, outcome: Numbers, weight: Numbers) -> tuple[float, float]:
    """Coefficient of the arm (column 1) and its HC2 error, weighted least squares."""
    root = np.sqrt(weight)
    scaled, target = design * root[:, None], outcome * root
    bread = np.linalg.inv(scaled.T @ scaled)
    coefficients = bread @ scaled.T @ target
    leverage = np.einsum("ij,jk,ik->i", scaled, bread, scaled)
    if (leverage > 1 - 1e-10).any():
        raise Refusal("a covariate singles one person out: its error cannot be formed; drop it")
    residual = target - scaled @ coefficients
    meat = (scaled * (residual**2 / (1 - leverage))[:, None]).T @ scaled
    return float(coefficients[1]), sqrt((bread @ meat @ bread)[1, 1])
