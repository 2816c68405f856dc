"""Regressions of counts with an exposure, and the test whether they vary more than Poisson.

Poisson, quasi-Poisson and negative binomial; Cameron and Trivedi (1990, J Econometrics 46:347).
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from orchestration.evaluation.core import Refusal

Numbers = NDArray[np.float64]
#: Above this the variance is the mean: a negative binomial has become a Poisson.
LARGEST_THETA = 1e6
ROUNDS = 200


@dataclass(frozen=True)
class Counts:
    """A fitted model: `coefficients` (k,) and `errors` (k,) in the order of the design's columns.

    `fitted` (n,) are the expected counts.
    """

    coefficients: Numbers
    errors: Numbers
    fitted: Numbers
    dispersion: float
    log_likelihood: float
    freedom: int


@dataclass(frozen=True)
class NegativeBinomial:
    """Variance mu + mu**2 / theta; errors from the expected information, as R's glm.nb."""

    counts: Counts
    theta: float
    theta_error: float


def poisson(
    outcome: Numbers, design: Numbers, exposure: Numbers | None = None, *, quasi: bool = False
) -> Counts:
    """Poisson regression with log link; `quasi` scales the variance by Pearson's chi2 / df.

    `outcome` (n,) holds counts, `design` (n, k) the columns with a constant, `exposure` (n,) what
    the counts are per. Returns a Counts. Raises Refusal when there are no events, when a group
    without events sends its coefficient to minus infinity (separation), when no degrees of freedom
    are left, or when the fit does not converge.
    """
    # Importing statsmodels takes as long as all else together, so only what needs it waits for it.
    from statsmodels.genmod import families

    check_counts(outcome, exposure)
    freedom = len(outcome) - design.shape[1]
    if freedom < 1:
        raise Refusal("as many coefficients as rows: nothing is left to judge the fit by")
    found = _glm(outcome, design, exposure, families.Poisson())
    dispersion = float(found.pearson_chi2 / freedom)
    scale = sqrt(dispersion) if quasi else 1.0
    return Counts(
        np.asarray(found.params),
        np.asarray(found.bse) * scale,
        np.asarray(found.fittedvalues),
        dispersion,
        float(found.llf),
        freedom,
    )


def negative_binomial(
    outcome: Numbers, design: Numbers, exposure: Numbers | None = None
) -> NegativeBinomial:
    """Negative binomial regression (NB2), with theta by maximum likelihood.

    `outcome` (n,) holds counts, `design` (n, k) the columns with a constant, `exposure` (n,) what
    the counts are per. Coefficients and theta are fitted in turn, as MASS::glm.nb does (Venables
    and Ripley 2002, Modern Applied Statistics with S, section 7.4). Returns a NegativeBinomial.
    Raises Refusal when the counts are not over-dispersed (theta has no finite maximum: use
    quasi-Poisson) or the fit does not converge.
    """
    from statsmodels.genmod import families

    fitted = poisson(outcome, design, exposure).fitted
    theta = _theta(outcome, fitted)
    for _ in range(ROUNDS):
        family = families.NegativeBinomial(alpha=1 / theta)
        found = _glm(outcome, design, exposure, family)
        fitted = np.asarray(found.fittedvalues)
        before, theta = theta, _theta(outcome, fitted)
        if abs(theta - before) < 1e-9 * theta:
            break
    else:
        raise Refusal(f"theta did not converge within {ROUNDS} rounds: use quasi-Poisson")
    chance = theta / (theta + fitted)
    counts = Counts(
        np.asarray(found.params),
        np.asarray(found.bse),
        fitted,
        float(found.pearson_chi2 / found.df_resid),
        float(stats.nbinom.logpmf(outcome, theta, chance).sum()),
        int(found.df_resid),
    )
    return NegativeBinomial(counts, theta, 1 / sqrt(_information(outcome, fitted, theta)))


def check_counts(outcome: Numbers, exposure: Numbers | None) -> None:
    """Refuse what is no table of counts.

    `outcome` (n,), `exposure` (n,). Raises Refusal for fractions, negative counts, no events at
    all, and exposure that is not above zero.
    """
    if (outcome < 0).any() or (outcome != np.floor(outcome)).any():
        raise Refusal("the outcome must be counts: whole numbers of 0 or more")
    if outcome.sum() == 0:
        raise Refusal("no events: every count is zero, so no ratio can be formed")
    if exposure is not None and (exposure <= 0).any():
        row = int(np.argmax(exposure <= 0)) + 1
        raise Refusal(f"exposure in row {row} is not above zero; leave out rows that had none")


def _glm(outcome: Numbers, design: Numbers, exposure: Numbers | None, family: Any) -> Any:
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    offset = None if exposure is None else np.log(exposure)
    model = GLM(outcome, design, family=family, offset=offset)
    try:
        found = model.fit(maxiter=ROUNDS, tol=1e-12, tol_criterion="params")
    except PerfectSeparationError as error:
        raise Refusal("separation: a group without any events cannot be compared") from error
    if (np.asarray(found.fittedvalues) < 1e-7).any():
        raise Refusal(
            "separation: some rows belong to a group without any events, whose coefficient has "
            "no finite value; merge that group with another or leave it out"
        )
    if not found.converged:
        raise Refusal(f"the model did not converge within {ROUNDS} rounds")
    return found


def _theta(outcome: Numbers, fitted: Numbers) -> float:
    def score(log_theta: float) -> float:
        theta = np.exp(log_theta)
        return float(
            (
                special.digamma(theta + outcome)
                - special.digamma(theta)
                + np.log(theta)
                + 1
                - np.log(theta + fitted)
                - (outcome + theta) / (fitted + theta)
            ).sum()
        )

    low, high = np.log(1e-6), np.log(LARGEST_THETA)
    if score(high) >= 0:
        raise Refusal("the counts vary no more than Poisson: theta has no maximum; use poisson")
    return float(np.exp(optimize.brentq(score, low, high, xtol=1e-13)))


def _information(outcome: Numbers, fitted: Numbers, theta: float) -> float:
    return float(
        (
            special.polygamma(1, theta)
            - special.polygamma(1, theta + outcome)
            - 1 / theta
            + 2 / (fitted + theta)
            - (outcome + theta) / (fitted + theta) ** 2
        ).sum()
    )


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

    `outcome` (n,) holds counts and `fitted` (n,) the means of their Poisson regression. Cameron and
    Trivedi (1990, Journal of Econometrics 46:347). Returns an Overdispersion. Raises Refusal for
    fewer than three rows.
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
