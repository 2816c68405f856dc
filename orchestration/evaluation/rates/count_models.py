"""Regressions of counts with an exposure: Poisson, quasi-Poisson, negative binomial, and by block.

Cameron and Trivedi's test (1990, J Econometrics 46:347) says whether counts vary more than Poisson;
`blocked_poisson` is the regression of a trial, on its arm and the blocks of its allocation.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import clustered

#: Above this the variance is the mean: a negative binomial has become a Poisson.
LARGEST_THETA = 1e6
ROUNDS = 200
BLOCKED_ROUNDS = 100
#: Entries of the design up to which errors by cluster are worked out.
LARGEST_DESIGN = 5_000_000
#: Clusters up to which Satterthwaite's degrees of freedom are worked out; beyond, clusters - 1.
MANY_CLUSTERS = 400


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
    for _ in range(BLOCKED_ROUNDS):
        odds = size_1 * np.exp(beta) / size_0
        share = odds / (1 + odds)
        information = float((events * share * (1 - share)).sum())
        step = (found - float((events * share).sum())) / information
        beta += float(np.clip(step, -2, 2))
        if abs(step) < 1e-12:
            return beta, information
    raise Refusal(
        f"the regression on arm and block did not converge within {BLOCKED_ROUNDS} rounds"
    )


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
    if int(used.sum()) * columns > LARGEST_DESIGN:
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
    few = count <= MANY_CLUSTERS
    return error, clustered.freedom(working, groups, 0) if few else float(count - 1)
