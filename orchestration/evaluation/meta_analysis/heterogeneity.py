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
    """A weighted least-squares fit of k effects on p columns at one value of tau squared.

    `coefficients` (p,), `covariance` (p, p), `projection` (k, k).
    """

    coefficients: Numbers
    covariance: Matrix
    projection: Matrix
    #: The residual sum of squares in units of the weights: Q where tau squared is zero.
    residual: float
    freedom: int


def weighted(effect: Numbers, variance: Numbers, design: Matrix, tau2: float) -> Weighted:
    """Fit effects on the columns of a design with weights 1 / (variance + tau2).

    `effect` (k,), `variance` (k,), `design` (k, p). Returns a Weighted.
    """
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
    """The variance between studies, zero or more.

    `effect` (k,), `variance` (k,), `design` (k, p). DL: DerSimonian and Laird (1986, Controlled
    Clinical Trials 7:177), by moments. REML: the maximum of the restricted likelihood (Viechtbauer
    2005, Journal of Educational and Behavioral Statistics 30:261). Fisher scoring may oscillate
    between two values with few studies, so the likelihood is evaluated on a grid and the root of
    its slope taken around the highest point. Returns tau squared.
    """
    if how == "DL":
        at_zero = weighted(effect, variance, design, 0.0)
        trace = float(np.trace(at_zero.projection))
        return float(max(0.0, (at_zero.residual - at_zero.freedom) / trace))

    def slope(tau2: float) -> float:
        p = weighted(effect, variance, design, tau2).projection
        return float(effect @ p @ p @ effect - np.trace(p))

    top = _beyond(effect, variance, design)
    grid = np.append(0.0, np.geomspace(top * 1e-10, top, GRID))
    best = int(np.argmax(_likelihood(effect, variance, design, grid)))
    low, high = grid[max(0, best - 1)], grid[min(GRID, best + 1)]
    # Near zero neighbouring points of the grid differ by less than rounding error, so their
    # likelihoods cannot be compared: the slope shows on which side the highest one lies.
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
    # Effects that are equal to the last digit leave only rounding error to search in.
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
    """95% interval of tau squared by the Q-profile method.

    `effect` (k,), `variance` (k,), `design` (k, p). Viechtbauer (2007, Statistics in Medicine
    26:37). Returns (lower, upper).
    """
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
    """The variance within a typical study, for I squared.

    `effect` (k,), `variance` (k,), `design` (k, p). Higgins and Thompson (2002, Statistics in
    Medicine 21:1539). Returns the variance.
    """
    at_zero = weighted(effect, variance, design, 0.0)
    return at_zero.freedom / float(np.trace(at_zero.projection))


def knapp_hartung(fit: Weighted, *, guarded: bool) -> float:
    """The factor on standard errors; `guarded` keeps it from falling below 1.

    Hartung and Knapp (2001, Statistics in Medicine 20:3875). Returns the factor. Raises Refusal
    without degrees of freedom.
    """
    if fit.freedom < 1:
        raise Refusal("more studies than coefficients are needed")
    factor = fit.residual / fit.freedom
    return sqrt(max(1.0, factor) if guarded else factor)
