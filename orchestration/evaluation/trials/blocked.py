"""Poisson regression of counts on one arm and the blocks of its allocation."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import clustered

ROUNDS = 100
#: Entries of the design up to which errors by cluster are worked out.
LARGEST = 5_000_000
#: Clusters up to which Satterthwaite's degrees of freedom are worked out; beyond, clusters - 1.
MANY = 400


@dataclass(frozen=True)
class BlockedFit:
    """Log rate ratio with blocks held equal; `dispersion` is Pearson's chi2 over its freedom.

    `fitted` (n,) are expected counts; `used` (n,) marks units of blocks that identify the ratio.
    """

    log_ratio: float
    naive_error: float
    dispersion: float
    freedom: int
    fitted: Numbers
    used: NDArray[np.bool_]

    @property
    def error(self) -> float:
        """Quasi-Poisson, the dispersion floored at 1."""
        return self.naive_error * sqrt(max(self.dispersion, 1.0))


def blocked_poisson(
    outcome: Numbers, exposure: Numbers, treated: NDArray[np.bool_], block: NDArray[np.int64]
) -> BlockedFit | None:
    """Fit y ~ arm + block by Poisson regression with log exposure as offset.

    `outcome` (n,), `exposure` (n,), `treated` (n,), `block` (n,) with block codes. Given the ratio,
    every block's coefficient has a closed form, so that one equation in one unknown remains, solved
    by Newton's method. Blocks without events or without both arms do not identify the ratio and are
    left out. Returns a BlockedFit, or None where the ratio has no finite value. Raises Refusal
    without convergence.
    """
    codes = np.unique(block, return_inverse=True)[1]
    events, size_1, size_0 = (
        np.bincount(codes, each).astype(np.float64)
        for each in (outcome, exposure * treated, exposure * ~treated)
    )
    informative = (events > 0) & (size_1 > 0) & (size_0 > 0)
    used = informative[codes]
    found = float(outcome[used & treated].sum())
    if not 0 < found < float(outcome[used].sum()):
        return None
    beta, information = _solve(events[informative], size_1[informative], size_0[informative], found)
    scaled = exposure * np.where(treated, np.exp(beta), 1.0)
    fitted = np.where(used, events[codes] * scaled / np.bincount(codes, scaled)[codes], 0.0)
    freedom = int(used.sum()) - int(informative.sum()) - 1
    if freedom < 1:
        return None
    pearson = float(((outcome[used] - fitted[used]) ** 2 / fitted[used]).sum())
    return BlockedFit(beta, 1 / sqrt(information), pearson / freedom, freedom, fitted, used)


def _solve(events: Numbers, size_1: Numbers, size_0: Numbers, found: float) -> tuple[float, float]:
    beta = 0.0
    for _ in range(ROUNDS):
        odds = size_1 * np.exp(beta) / size_0
        share = odds / (1 + odds)
        information = float((events * share * (1 - share)).sum())
        step = (found - float((events * share).sum())) / information
        beta += float(np.clip(step, -2, 2))
        if abs(step) < 1e-12:
            return beta, information
    raise Refusal(f"the regression on arm and block did not converge within {ROUNDS} rounds")


def clustered_error(
    fit: BlockedFit,
    outcome: Numbers,
    treated: NDArray[np.bool_],
    block: NDArray[np.int64],
    cluster: NDArray[np.int64],
) -> tuple[float, float] | None:
    """CR2 error of the log ratio and its degrees of freedom; clusters are dates or weeks.

    `outcome` (n,), `treated` (n,), `block` (n,) and `cluster` (n,) with codes. The working model at
    the solution: rows times the root of their fitted mean, as clubSandwich does for a generalised
    linear model (Pustejovsky and Tipton 2018). Returns (error, degrees of freedom), or None for a
    design too large or with one cluster.
    """
    used = fit.used
    codes = np.unique(block[used], return_inverse=True)[1]
    columns = int(codes.max()) + 2
    if int(used.sum()) * columns > LARGEST:
        return None
    root = np.sqrt(fit.fitted[used])
    design = np.zeros((len(root), columns))
    design[:, 0] = treated[used] * root
    design[np.arange(len(root)), codes + 1] = root
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    residuals = (outcome[used] - fit.fitted[used]) / root
    working = clustered.LeastSquares(design, np.zeros(columns), residuals, bread)
    groups = np.unique(cluster[used], return_inverse=True)[1]
    count = int(groups.max()) + 1
    if count < 2:  # noqa: PLR2004 - a variance between clusters needs two
        return None
    error = sqrt(clustered.covariance(working, groups, "CR2")[0, 0])
    few = count <= MANY
    return error, clustered.freedom(working, groups, 0) if few else float(count - 1)
