"""Sites that each have a rate of their own, those without events too (A4): a sensitivity analysis.

A Poisson mixed model: counts of a site's two arms share a rate with a log-normal distribution, the
ratio of arms is one for all. Given its rate the sums of a site's arms are sufficient, so the
likelihood has one integral a site. A conditional likelihood would drop the sites without events,
and a Bayesian fit (statsmodels has one) would add a prior that dominates where sites are few.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal, Value
from orchestration.evaluation.gates import studies_may_be_pooled
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.trials.shift.ratios import Site

NODES, WEIGHTS = np.polynomial.hermite.hermgauss(41)
#: Bounds of the standard deviation between sites, on the log scale of rates.
SMALLEST, LARGEST = 1e-3, 10.0
ROUNDS = 200
STEP = 1e-4


@dataclass(frozen=True)
class Mixed:
    """Log rate ratio with its error, and the standard deviation of the log rates of sites."""

    log_ratio: float
    error: float
    spread: float


def mixed_poisson(events: Numbers, exposure: Numbers) -> Mixed:
    """Maximum likelihood with one random intercept a site, as lme4's glmer fits it.

    `events` (sites, 2) and `exposure` (sites, 2) hold treated, then control. Integrals by adaptive
    Gauss-Hermite quadrature of 41 nodes (Pinheiro and Bates 1995, Journal of Computational and
    Graphical Statistics 4:12). Errors from the observed information. Returns a Mixed. Raises
    Refusal where an arm has no events or the fit does not converge.
    """
    from scipy.optimize import minimize

    treated, control = events.sum(axis=0)
    if min(treated, control) == 0:
        raise Refusal("an arm has no events at any site: its ratio has no finite value")
    start = [log(control / exposure[:, 1].sum()), 0.0, log(0.5)]
    edges = [(None, None), (-20, 20), (log(SMALLEST), log(LARGEST))]
    found = minimize(
        lambda at: _against(at, events, exposure),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=edges,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": ROUNDS},
    )
    is_even = bool(found.x[2] <= log(SMALLEST) + STEP)
    free = 2 if is_even else 3
    slope = _against(found.x, events, exposure)[1][:free]
    if np.abs(slope).max() > 1e-5 * (1 + treated + control):
        raise Refusal("the mixed model of sites did not converge")
    covariance = np.linalg.inv(_information(found.x, events, exposure)[:free, :free])
    return Mixed(float(found.x[1]), sqrt(covariance[1, 1]), 0.0 if is_even else exp(found.x[2]))


def mixed_values(sites: list[Site]) -> dict[str, Value]:
    """Figures of the mixed model over all sites.

    The error is widened by the dispersion within sites, weighted by their events. Returns the
    figures by name, or under `mixed_why_not` why there are none: below three sites their spread is
    not identified.
    """
    gate = studies_may_be_pooled(len(sites))
    if not gate.passed:
        return {"mixed_why_not": gate.reason}
    events = np.array([site.events for site in sites], dtype=np.float64)
    exposure = np.array([site.exposure["hours"] for site in sites])
    try:
        found = mixed_poisson(events, exposure)
    except Refusal as reason:
        return {"mixed_why_not": str(reason)}
    scale = np.average([site.dispersion for site in sites], weights=events.sum(axis=1))
    error = found.error * sqrt(scale)
    return {
        "mixed_rate_ratio": exp(found.log_ratio),
        "mixed_se": error,
        "mixed_rate_ratio_lo": exp(found.log_ratio - Z_95 * error),
        "mixed_rate_ratio_hi": exp(found.log_ratio + Z_95 * error),
        "mixed_site_sd": found.spread,
    }


def _against(at: Numbers, events: Numbers, exposure: Numbers) -> tuple[float, Numbers]:
    """Minus the log likelihood (but for constants) and its slopes, by Fisher's identity."""
    level, ratio, variance = at[0], at[1], exp(2 * at[2])
    size_1 = exposure[:, 0] * np.exp(level + ratio)
    size = size_1 + exposure[:, 1] * np.exp(level)
    total = events.sum(axis=1)
    mode, width = _modes(total, size, variance)
    site = mode[:, None] + sqrt(2) * width[:, None] * NODES
    inside = total[:, None] * site - size[:, None] * np.exp(site) - site**2 / (2 * variance)
    inside += NODES**2 + np.log(WEIGHTS)
    top = inside.max(axis=1)
    share = np.exp(inside - top[:, None])
    mass = share.sum(axis=1)
    share /= mass[:, None]
    value = (top + np.log(mass) + np.log(width)).sum() - len(total) * at[2]
    value += total.sum() * level + events[:, 0].sum() * ratio
    lifted = (share * np.exp(site)).sum(axis=1)
    slopes = np.array(
        [
            (total - size * lifted).sum(),
            (events[:, 0] - size_1 * lifted).sum(),
            ((share * site**2).sum(axis=1) / variance - 1).sum(),
        ]
    )
    return -float(value), -slopes


def _modes(total: Numbers, size: Numbers, variance: float) -> tuple[Numbers, Numbers]:
    """Where each site's integrand is highest, and its width there; Newton's steps, held short."""
    mode = np.zeros(len(total))
    for _ in range(ROUNDS):
        bend = size * np.exp(mode) + 1 / variance
        step = (total - size * np.exp(mode) - mode / variance) / bend
        mode = mode + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    return mode, 1 / np.sqrt(size * np.exp(mode) + 1 / variance)


def _information(at: Numbers, events: Numbers, exposure: Numbers) -> Numbers:
    """Second derivatives of minus the log likelihood, by central differences of its slopes."""
    rows = []
    for place in range(len(at)):
        move = np.zeros(len(at))
        move[place] = STEP
        beyond = _against(at + move, events, exposure)[1]
        rows.append((beyond - _against(at - move, events, exposure)[1]) / (2 * STEP))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)
