"""How far the effects of studies differ by more than chance: tau squared and what follows."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal

Matrix = NDArray[np.float64]
Estimator = Literal["REML", "DL"]
GRID = 100
ENOUGH = 1e-12


@dataclass(frozen=True)
class Weighted:
    """A weighted least-squares fit of effects at one value of tau squared."""

    coefficients: Numbers
    covariance: Matrix
    projection: Matrix
    #: The residual sum of squares in units of the weights: Q where tau squared is nought.
    residual: float
    freedom: int


def weighted(effect: Numbers, variance: Numbers, design: Matrix, tau2: float) -> Weighted:
    """The fit of `effect` on the columns of `design`, weights 1 / (variance + tau2)."""
    weight = 1 / (variance + tau2)
    inner = design.T @ (design * weight[:, None])
    covariance = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    projection = np.diag(weight) - np.outer(weight, weight) * (design @ covariance @ design.T)
    return Weighted(
        coefficients=covariance @ design.T @ (weight * effect),
        covariance=covariance,
        projection=projection,
        residual=float(effect @ projection @ effect),
        freedom=len(effect) - design.shape[1],
    )


def tau_squared(effect: Numbers, variance: Numbers, design: Matrix, how: Estimator) -> float:
    """The variance between studies, nought or more.

    DL: DerSimonian and Laird (1986), by moments. REML: the highest point of the restricted
    likelihood (Viechtbauer 2005). Scoring may swing for ever between two values with few studies,
    so the likelihood is looked over on a grid and the slope's root taken about its highest point.
    """
    if how == "DL":
        at_nought = weighted(effect, variance, design, 0.0)
        trace = float(np.trace(at_nought.projection))
        return float(max(0.0, (at_nought.residual - at_nought.freedom) / trace))

    def slope(tau2: float) -> float:
        p = weighted(effect, variance, design, tau2).projection
        return float(effect @ p @ p @ effect - np.trace(p))

    top = _beyond(effect, variance, design)
    grid = np.append(0.0, np.geomspace(top * 1e-10, top, GRID))
    best = int(np.argmax(_likelihood(effect, variance, design, grid)))
    low, high = grid[max(0, best - 1)], grid[min(GRID, best + 1)]
    # Near nought the grid is closer than rounding lets the likelihood be told apart: its slope says
    # on which side of these points the highest one lies.
    if slope(low) <= 0:
        return float(low)
    if slope(high) >= 0:
        return float(high)
    return float(optimize.brentq(slope, low, high, xtol=ENOUGH * top))


def _beyond(effect: Numbers, variance: Numbers, design: Matrix) -> float:
    """A value above which the restricted likelihood only falls.

    The slope is at most S / tau2^2 - (k - p) / (tau2 + the largest variance), where S is the
    unweighted sum of squared residuals.
    """
    residual = effect - design @ np.linalg.lstsq(design, effect, rcond=None)[0]
    squares, freedom = float(residual @ residual), len(effect) - design.shape[1]
    # Effects that agree to the last digit leave nothing to search in but what rounding leaves.
    squares = max(squares, 1e-12 * float(variance.min()))
    root = sqrt(squares**2 + 4 * freedom * squares * float(variance.max()))
    found: float = (squares + root) / (2 * freedom)
    return found


def _likelihood(effect: Numbers, variance: Numbers, design: Matrix, grid: Numbers) -> Numbers:
    """The restricted log-likelihood at every value of the grid, up to a constant."""
    weight = 1 / (variance + grid[:, None])
    inner = np.einsum("ki,gk,kj->gij", design, weight, design)
    right = np.einsum("ki,gk,k->gi", design, weight, effect)
    fitted = np.einsum("ki,gi->gk", design, np.linalg.solve(inner, right[..., None])[..., 0])
    squares = (weight * (effect - fitted) ** 2).sum(axis=1)
    found = np.log(weight).sum(axis=1) - np.linalg.slogdet(inner)[1] - squares
    return np.asarray(found / 2, dtype=np.float64)


def profile_interval(effect: Numbers, variance: Numbers, design: Matrix) -> tuple[float, float]:
    """95 % interval of tau squared by the Q-profile method (Viechtbauer 2007)."""
    freedom = len(effect) - design.shape[1]

    def bound(share: float) -> float:
        wanted = float(stats.chi2.ppf(share, freedom))

        def over(tau2: float) -> float:
            return weighted(effect, variance, design, tau2).residual - wanted

        if over(0.0) <= 0:
            return 0.0
        top = float(variance.max())
        while over(top) > 0:
            top *= 2
        return float(optimize.brentq(over, 0.0, top, xtol=1e-12))

    return bound(0.975), bound(0.025)


def typical_variance(effect: Numbers, variance: Numbers, design: Matrix) -> float:
    """The variance within a typical study (Higgins and Thompson 2002), for I squared."""
    at_nought = weighted(effect, variance, design, 0.0)
    return at_nought.freedom / float(np.trace(at_nought.projection))


def knapp_hartung(fit: Weighted, *, guarded: bool) -> float:
    """The factor on standard errors (Hartung and Knapp 2001); `guarded` keeps it from below 1.

    Raises Refusal without degrees of freedom.
    """
    if fit.freedom < 1:
        raise Refusal("more studies than coefficients are needed")
    factor = fit.residual / fit.freedom
    return sqrt(max(1.0, factor) if guarded else factor)
