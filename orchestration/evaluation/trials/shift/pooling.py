"""Sites pooled (A4 to A6), and the one figure of a shift trial that follows.

Our average, the authors', by protocol compliance and by activation. Then, as a sensitivity
analysis, a Poisson mixed model in which every site has a rate of its own, those without events
too: counts of a site's two arms share a rate with a log-normal distribution, the ratio of arms is
one for all. Given its rate the sums of a site's arms are sufficient, so the likelihood has one
integral a site. A conditional likelihood would drop the sites without events, and a Bayesian fit
(statsmodels has one) would add a prior that dominates where sites are few. Last the headline: one
regression, the average of sites, or exact limits.
"""

from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal, Result, Value
from orchestration.evaluation.gates import studies_allow_a_moderator, studies_may_be_pooled
from orchestration.evaluation.meta_analysis.common_effect_and_mantel_haenszel import common_effect
from orchestration.evaluation.meta_analysis.effects import EffectKeys, FromEffects
from orchestration.evaluation.meta_analysis.random_effects import RandomKeys, random_effects
from orchestration.evaluation.meta_analysis.subgroups_and_meta_regression import (
    RegressionKeys,
    SubgroupKeys,
    meta_regression,
    subgroups,
)
from orchestration.evaluation.rates.contrasts import Z_95
from orchestration.evaluation.rates.count_models import BlockedFit
from orchestration.evaluation.rates.exact_rates import rate_ratio
from orchestration.evaluation.trials.shift.ratios import Site, haenszel_ratio, risk_difference
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys

CAUTION = (
    "How much was recorded was not randomised: differences along it are associations among sites."
)
FROM = FromEffects(effect="effect", standard_error="se")
NODES, WEIGHTS = np.polynomial.hermite.hermgauss(41)
#: Bounds of the standard deviation between sites, on the log scale of rates.
SMALLEST, LARGEST = 1e-3, 10.0
ROUNDS = 200
STEP = 1e-4
POOLED = ("tau2", "tau2_lo", "tau2_hi", "I2_percent", "Q", "Q_df", "p_Q", "pi_lo", "pi_hi")


def by_activation(keys: ShiftKeys, rows: pl.DataFrame, sites: list[Site]) -> dict[str, Any] | None:
    """Log rate ratios of sites by the share recorded, with a slope from ten sites on.

    `rows` (one row per shift counted). The share is of the recordable encounters of camera shifts.
    Sites without events have no ratio. Returns the points and the slope with its limits, `why_not`
    saying why there is no slope; None where the table has no encounters.
    """
    if not {"recorded", "recordable"} <= set(rows.columns):
        return None
    counts = rows.filter("treated").group_by("site").agg(pl.col("recorded", "recordable").sum())
    shares = {site: made / of for site, made, of in counts.rows() if of > 0}
    points = [
        {
            "site": site.name,
            "activation": shares[site.name],
            "log_rate_ratio": (ratio := site.log_ratio()).log_ratio,
            "se": ratio.standard_error,
        }
        for site in sites
        if not site.is_double_zero and site.name in shares
    ]
    return {"points": points, "caution": CAUTION, **_slope(keys, points)}


def _slope(keys: ShiftKeys, points: list[dict[str, Any]]) -> dict[str, Any]:
    gate = studies_allow_a_moderator(len(points))
    if not gate.passed:
        return {
            "slope": None,
            "why_not": f"too few sites: {gate.reason}; plot the points without a line",
        }
    asked = RegressionKeys(
        measure="log_rate_ratio",
        outcome=keys.outcome,
        label="site",
        from_effects=FROM.model_copy(update={"effect": "log_rate_ratio"}),
        moderators=["activation"],
    )
    try:
        found = meta_regression(asked, pl.DataFrame(points))
    except Refusal as reason:
        return {"slope": None, "why_not": str(reason)}
    return {
        "slope": found.estimate,
        "se": found.standard_error,
        "low": found.interval_low,
        "high": found.interval_high,
        "p": found.p_value,
        "sites": found.values["k"],
        "words": found.summary,
    }


def pooled_ratio(keys: ShiftKeys, sites: list[Site]) -> Result:
    """Our average of log rate ratios: REML, Hartung and Knapp, prediction, each site left out.

    Returns the Result of `random_effects`.
    """
    return random_effects(
        RandomKeys(
            measure="log_rate_ratio",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
        ),
        pl.DataFrame(
            {
                "site": [site.name for site in sites],
                "effect": [site.log_ratio().log_ratio for site in sites],
                "se": [site.log_ratio().standard_error for site in sites],
            }
        ),
    )


def pooled_d(keys: ShiftKeys, sites: list[Site]) -> dict[str, Value]:
    """The authors' average: common-effect d of the odds of a shift with an event, and its Q.

    Returns the figures by name.
    """
    table = _authors_table(sites)
    if table.height == 1:
        d, error = table.row(0)[1:]
        return {"d": d, "se_d": error, "d_lo": d - Z_95 * error, "d_hi": d + Z_95 * error}
    found = common_effect(
        EffectKeys(
            measure="standardised_difference",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
        ),
        table,
    )
    return {
        "d": found.estimate,
        "se_d": found.standard_error,
        "d_lo": found.interval_low,
        "d_hi": found.interval_high,
        "d_Q": found.values["Q"],
    }


def all_sites(sites: list[Site]) -> dict[str, Value]:
    """Mantel-Haenszel: the ratio of sites with events, the difference of all, zeros included.

    Returns the figures by name.
    """
    ratio = haenszel_ratio(sites)
    gap = risk_difference(sites, Z_95)
    values: dict[str, Value] = {f"mh_rate_{name}": value for name, value in gap.items()}
    if ratio is not None:
        low, high = ratio.interval()
        values |= {"mh_rate_ratio": ratio.ratio, "mh_rate_ratio_lo": low, "mh_rate_ratio_hi": high}
    return values


def by_compliance(keys: ShiftKeys, sites: list[Site]) -> dict[str, Any] | None:
    """The authors' moderator: d by class of protocol compliance, and Q between the classes.

    Returns the figures by name, or None where the study names no classes. Raises Refusal for a site
    without a class, and for one class only.
    """
    if not keys.compliance:
        return None
    for site in sites:
        if site.name not in keys.compliance:
            raise Refusal(f"`compliance` has no class for site {site.name!r}: give every site one")
    table = _authors_table(sites)
    classes = [keys.compliance[name] for name in table["site"]]
    if len(set(classes)) < 2:  # noqa: PLR2004 - a moderator compares
        raise Refusal("`compliance` puts every site in one class: there is nothing to compare")
    found = subgroups(
        SubgroupKeys(
            measure="standardised_difference",
            outcome=keys.outcome,
            label="site",
            from_effects=FROM,
            is_randomised=True,
            subgroup="class",
        ),
        table.with_columns(pl.Series("class", classes)),
    )
    declared = keys.compliance_declared_before
    return found.values | {
        "classes": found.tables["subgroups"],
        "declared_before_unblinding": declared,
        "caution": "Compliance was decided after the allocation: differences between classes are "
        "associations" + ("." if declared else ", and the classes were not declared beforehand."),
    }


def _authors_table(sites: list[Site]) -> pl.DataFrame:
    effects = [(site.name, *site.d) for site in sites if site.d is not None]
    return pl.DataFrame(effects, schema=["site", "effect", "se"], orient="row")


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
        lambda at: _minus_log_likelihood(at, events, exposure),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=edges,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": ROUNDS},
    )
    is_even = bool(found.x[2] <= log(SMALLEST) + STEP)
    free = 2 if is_even else 3
    slope = _minus_log_likelihood(found.x, events, exposure)[1][:free]
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


def _minus_log_likelihood(at: Numbers, events: Numbers, exposure: Numbers) -> tuple[float, Numbers]:
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
        beyond = _minus_log_likelihood(at + move, events, exposure)[1]
        rows.append((beyond - _minus_log_likelihood(at - move, events, exposure)[1]) / (2 * STEP))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)


@dataclass(frozen=True)
class Headline:
    """A log rate ratio per officer-hour with its limits; None where no ratio is finite."""

    log_ratio: float | None
    error: float | None
    low: float
    high: float
    method: str
    more: dict[str, Value]
    leave_one_out: dict[str, dict[str, float]]

    @property
    def ratio(self) -> float | None:
        """The ratio itself."""
        return None if self.log_ratio is None else exp(self.log_ratio)

    @property
    def limits(self) -> tuple[float, float | None]:
        """Limits of the ratio itself; no upper one where the other arm had no events."""
        return exp(self.low), None if self.high == inf else exp(self.high)


def headline(keys: ShiftKeys, sites: list[Site], together: BlockedFit | None) -> Headline:
    """The average of sites where enough have events, else one ratio of all shifts together.

    Two sites do not identify how sites differ: with one degree of freedom between them the limits
    of an average are of no use. `together` is the regression on arm and block over all shifts, a
    block being of one site; None where the ratio has no finite value. Returns the Headline.
    """
    informative = [site for site in sites if not site.is_double_zero]
    if studies_may_be_pooled(len(informative)).passed:
        found = pooled_ratio(keys, informative)
        low, high = found.interval_low, found.interval_high
        return Headline(
            found.estimate,
            found.standard_error,
            -inf if low is None else low,
            inf if high is None else high,
            f"log rate ratios of sites with blocks held equal, {found.method}",
            {name: found.values.get(name) for name in POOLED},
            found.diagnostics["leave_one_out"],
        )
    if together is None:
        return _exact(informative)
    reach = float(stats.t.ppf(0.975, together.freedom)) * together.error
    return Headline(
        together.log_ratio,
        together.error,
        together.log_ratio - reach,
        together.log_ratio + reach,
        "quasi-Poisson regression on arm and block, log officer-hours as offset, dispersion "
        "floored at 1, t",
        {},
        {},
    )


def _exact(sites: list[Site]) -> Headline:
    treated, control = zip(*(site.events for site in sites), strict=True)
    hours_1, hours_0 = zip(*(site.exposure["hours"] for site in sites), strict=True)
    found = rate_ratio((sum(treated), sum(control)), (sum(hours_1), sum(hours_0)))
    return Headline(
        log(found.value) if found.value else None,
        None,
        log(found.low) if found.low > 0 else -inf,
        inf if found.high is None else log(found.high),
        "exact given the sum of events: an arm without events, or too few to fit a model",
        {},
        {},
    )
