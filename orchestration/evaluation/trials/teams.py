"""Teams randomised within boroughs: log rates by least squares, a permutation test, variation."""

from dataclasses import dataclass
from itertools import combinations
from math import comb, exp, prod, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.trials.randomisation_inference import (
    TIE,
    Allocation,
    allocations,
    column_order,
)

#: Up to this many allocations are enumerated; beyond it they are sampled.
COUNTED = 200_000


@dataclass(frozen=True)
class LogRates:
    """Log ratio of rates per team with strata held equal, HC2 error, t."""

    log_ratio: float
    error: float
    freedom: int

    @property
    def reach(self) -> float:
        """Half the width of the 95% interval."""
        return float(stats.t.ppf(0.975, self.freedom)) * self.error

    @property
    def limits(self) -> tuple[float, float]:
        """The 95% interval of the ratio itself."""
        return exp(self.log_ratio - self.reach), exp(self.log_ratio + self.reach)

    @property
    def p_value(self) -> float:
        """Two-sided, from t."""
        return float(2 * stats.t.sf(abs(self.log_ratio) / self.error, self.freedom))


def log_rates(counts: Numbers, exposure: Numbers, allocation: Allocation) -> LogRates:
    """Least squares of log((count + 0.5) / exposure) on arm and stratum, HC2 errors, t.

    `counts` (n,) and `exposure` (n,) have one entry per team. Returns LogRates. Raises Refusal
    where too few teams are left for degrees of freedom, or rates do not vary.
    """
    value = np.log((counts + 0.5) / exposure)
    strata = int(allocation.block.max()) + 1
    freedom = len(counts) - strata - 1
    if freedom < 1:
        raise Refusal(
            f"fewer clusters than the method needs: {len(counts)} teams in {strata} strata leave "
            "nothing to judge by"
        )
    arm = _within(allocation.treated.astype(np.float64), allocation.block)
    target = _within(value, allocation.block)
    size = float((arm**2).sum())
    slope = float((arm * target).sum()) / size
    residual = target - slope * arm
    leverage = 1 / np.bincount(allocation.block)[allocation.block] + arm**2 / size
    # A team with a leverage of one has no residual, and nothing to divide it by.
    spare = np.where(leverage < 1 - 1e-10, 1 - leverage, np.inf)
    variance = float((arm**2 * residual**2 / spare).sum()) / size**2
    if variance == 0:
        raise Refusal("every team of an arm has the same rate: no spread to judge by")
    return LogRates(slope, sqrt(variance), freedom)


def permuted(
    values: Numbers, allocation: Allocation, *, draws: int, seed: int
) -> tuple[float, int, bool]:
    """Permutation test of the arm's sum within strata, over all allocations or `draws` of them.

    `values` (n,). Returns the two-sided p, how many allocations were examined, and whether they
    were all.
    """
    inside = _within(values, allocation.block)
    found = float(inside[allocation.treated].sum())
    parts = [
        np.flatnonzero(allocation.block == code) for code in range(int(allocation.block.max()) + 1)
    ]
    ways = prod(comb(len(part), int(allocation.treated[part].sum())) for part in parts)
    if ways <= COUNTED:
        totals = np.zeros(1)
        for part in parts:
            sums = _sums(inside[part], int(allocation.treated[part].sum()))
            totals = (totals[:, None] + sums[None, :]).ravel()
        return float((np.abs(totals) >= abs(found) - TIE).mean()), ways, True
    ordered = inside[column_order(allocation)]
    beyond = sum(
        int((np.abs(batch @ ordered) >= abs(found) - TIE).sum())
        for batch in allocations(allocation, draws, seed)
    )
    return (beyond + 1) / (draws + 1), draws, False


def variation(counts: Numbers, fitted: Numbers, freedom: int) -> float:
    """Coefficient of variation k of true rates between teams, by the method of moments.

    `counts` (n,), `fitted` (n,). Returns k, 0 where counts vary no more than Poisson.
    """
    scale = len(counts) / freedom
    excess = float((scale * (counts - fitted) ** 2 - fitted).sum() / (fitted**2).sum())
    return sqrt(max(excess, 0.0))


def _sums(values: Numbers, chosen: int) -> Numbers:
    return np.array([values[list(each)].sum() for each in combinations(range(len(values)), chosen)])


def _within(values: Numbers, block: NDArray[np.int64]) -> Numbers:
    return np.asarray(values - (np.bincount(block, values) / np.bincount(block))[block])
