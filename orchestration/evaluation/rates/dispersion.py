"""Do counts vary more than Poisson? Cameron and Trivedi's test (1990, J Econometrics 46:347)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.frame import Refusal

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Overdispersion:
    """`linear`: variance = dispersion * mean; `quadratic`: variance = mean + alpha * mean**2."""

    dispersion: float
    z_linear: float
    alpha: float
    z_quadratic: float

    @property
    def p_value(self) -> float:
        """One-sided, of the linear form."""
        return float(stats.norm.sf(self.z_linear))


def overdispersion(outcome: Numbers, fitted: Numbers) -> Overdispersion:
    """Test a Poisson fit for over-dispersion, as R's AER::dispersiontest does in both forms.

    `fitted` are the means of a Poisson regression of `outcome`. Raises Refusal when fewer than
    three rows are left to compare.
    """
    if len(outcome) < 3:  # noqa: PLR2004 - the slope and its error need rows to spare
        raise Refusal("a test of dispersion needs three rows or more")
    excess = ((outcome - fitted) ** 2 - outcome) / fitted
    linear, z_linear = _through_origin(excess, np.ones_like(fitted))
    quadratic, z_quadratic = _through_origin(excess, fitted)
    return Overdispersion(1 + linear, z_linear, quadratic, z_quadratic)


def _through_origin(excess: Numbers, weight: Numbers) -> tuple[float, float]:
    """Slope of `excess` on `weight` without a constant, and its ratio to its error."""
    slope = float(weight @ excess / (weight @ weight))
    residual = excess - slope * weight
    error = np.sqrt(residual @ residual / (len(excess) - 1) / (weight @ weight))
    return slope, float(slope / error)
