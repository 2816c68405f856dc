"""Teams drawn by lot within boroughs: log rates by least squares, counts as a check, the lot."""

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
    Lot,
    allocations,
    order_of_draws,
)

#: Ways of drawing that are counted one by one; above it they are drawn.
COUNTED = 200_000


@dataclass(frozen=True)
class LogRates:
    """Log ratio of rates per team with strata held equal, HC2 error, t."""

    log_ratio: float
    error: float
    freedom: int

    @property
    def reach(self) -> float:
        """Half the width of the 95 % interval."""
        return float(stats.t.ppf(0.975, self.freedom)) * self.error

    @property
    def limits(self) -> tuple[float, float]:
        """The 95 % interval of the ratio itself."""
        return exp(self.log_ratio - self.reach), exp(self.log_ratio + self.reach)

    @property
    def p_value(self) -> float:
        """Two-sided, from t."""
        return float(2 * stats.t.sf(abs(self.log_ratio) / self.error, self.freedom))


def log_rates(counts: Numbers, exposure: Numbers, lot: Lot) -> LogRates:
    """Least squares of log((count + 0.5) / exposure) on arm and stratum, one row per team.

    Raises Refusal where too few teams are left to judge by, or one team alone decides.
    """
    value = np.log((counts + 0.5) / exposure)
    strata = int(lot.block.max()) + 1
    freedom = len(counts) - strata - 1
    if freedom < 1:
        raise Refusal(
            f"fewer clusters than the method needs: {len(counts)} teams in {strata} strata leave "
            "nothing to judge by"
        )
    arm = _within(lot.treated.astype(np.float64), lot.block)
    target = _within(value, lot.block)
    size = float((arm**2).sum())
    slope = float((arm * target).sum()) / size
    residual = target - slope * arm
    leverage = 1 / np.bincount(lot.block)[lot.block] + arm**2 / size
    # A team alone in its arm of a stratum of one has no residual, and no leverage to spare.
    spare = np.where(leverage < 1 - 1e-10, 1 - leverage, np.inf)
    variance = float((arm**2 * residual**2 / spare).sum()) / size**2
    if variance == 0:
        raise Refusal("every team of an arm has the same rate: no spread to judge by")
    return LogRates(slope, sqrt(variance), freedom)


def permuted(values: Numbers, lot: Lot, *, draws: int, seed: int) -> tuple[float, int, bool]:
    """Two-sided p of the arm's sum within strata, over all ways of drawing or `draws` of them.

    Returns p, how many ways were looked at, and whether they were all.
    """
    inside = _within(values, lot.block)
    found = float(inside[lot.treated].sum())
    parts = [np.flatnonzero(lot.block == code) for code in range(int(lot.block.max()) + 1)]
    ways = prod(comb(len(part), int(lot.treated[part].sum())) for part in parts)
    if ways <= COUNTED:
        totals = np.zeros(1)
        for part in parts:
            sums = _sums(inside[part], int(lot.treated[part].sum()))
            totals = (totals[:, None] + sums[None, :]).ravel()
        return float((np.abs(totals) >= abs(found) - TIE).mean()), ways, True
    ordered = inside[order_of_draws(lot)]
    beyond = sum(
        int((np.abs(batch @ ordered) >= abs(found) - TIE).sum())
        for batch in allocations(lot, draws, seed)
    )
    return (beyond + 1) / (draws + 1), draws, False


def variation(counts: Numbers, fitted: Numbers, freedom: int) -> float:
    """Coefficient of variation k of true rates between teams, by moments, 0 where none shows."""
    scale = len(counts) / freedom
    excess = float((scale * (counts - fitted) ** 2 - fitted).sum() / (fitted**2).sum())
    return sqrt(max(excess, 0.0))


def _sums(values: Numbers, chosen: int) -> Numbers:
    return np.array([values[list(each)].sum() for each in combinations(range(len(values)), chosen)])


def _within(values: Numbers, block: NDArray[np.int64]) -> Numbers:
    return np.asarray(values - (np.bincount(block, values) / np.bincount(block))[block])
