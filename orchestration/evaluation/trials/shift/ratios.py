"""A3, one site: the rate ratio over every denominator, its randomisation test, the authors' d."""

from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import contrasts, exact_rates
from orchestration.evaluation.rates.count_models import (
    BlockedFit,
    blocked_poisson,
    clustered_error,
    overdispersion,
)
from orchestration.evaluation.trials.randomisation import (
    Allocation,
    RandomisationTest,
    randomisation_test,
)
from orchestration.evaluation.trials.shift.shift_table import denominators

LEVEL = 0.05


@dataclass(frozen=True)
class Site:
    """The results of one site; `fit` is None where an arm has no events and no ratio is finite.

    `is_clumped` says that events vary more than independent ones would: one incident brought
    several complaints, or some shifts are worse than others.
    """

    name: str
    events: tuple[int, int]
    shifts: tuple[int, int]
    with_events: tuple[int, int]
    exposure: dict[str, tuple[float, float]]
    ratios: list[dict[str, Any]] = field(default_factory=list)
    fit: BlockedFit | None = None
    clustered: tuple[float, float] | None = None
    randomisation: RandomisationTest | None = None
    d: tuple[float, float] | None = None
    is_clumped: bool = False

    @property
    def is_double_zero(self) -> bool:
        """Whether neither arm had an event."""
        return sum(self.events) == 0

    @property
    def dispersion(self) -> float:
        """Pearson's dispersion, floored at 1."""
        return max(self.fit.dispersion, 1.0) if self.fit else 1.0

    def log_ratio(self) -> contrasts.LogRatio:
        """The log rate ratio per hour for pooling; half an event is added where an arm has none.

        With a fit the blocks are held equal; without one the sums of the arms are compared. Returns
        a LogRatio.
        """
        if self.fit is not None:
            return contrasts.LogRatio(self.fit.log_ratio, self.fit.error)
        a, b = (count + 0.5 if 0 in self.events else count for count in self.events)
        return contrasts.log_rate_ratio((a, b), self.exposure["hours"], self.dispersion)


def site_of(name: str, rows: pl.DataFrame, allocation: Allocation, draws: int, seed: int) -> Site:
    """Everything estimated from one site's shifts.

    `rows` (one row per shift counted) and `allocation` are of that site alone. Returns a Site.
    Raises Refusal for a site with one arm.
    """
    treated, outcome = allocation.treated, rows["outcome"].to_numpy()
    if treated.all() or not treated.any():
        raise Refusal(
            f"site {name!r} has one arm only: leave it out, or say which shifts it randomised"
        )
    pair = _by_arm(rows, "outcome")
    site = Site(
        name,
        (int(pair[0]), int(pair[1])),
        (int(treated.sum()), int((~treated).sum())),
        (int((outcome[treated] > 0).sum()), int((outcome[~treated] > 0).sum())),
        {each: _by_arm(rows, each) for each in denominators(rows)},
    )
    if site.is_double_zero:
        return site
    hours = rows["hours"].to_numpy()
    fit = blocked_poisson(outcome, hours, treated, allocation.block)
    clustered = _by_date(fit, rows, allocation) if fit and "date" in rows.columns else None
    randomisation = randomisation_test(allocation, outcome, hours, draws=draws, seed=seed)
    found = {
        "fit": fit,
        "clustered": clustered,
        "randomisation": randomisation,
        "d": _authors_d(site),
    }
    whole = Site(**{**vars(site), **found, "is_clumped": _is_clumped(fit, outcome)})
    return Site(**{**vars(whole), "ratios": [_ratio(whole, each) for each in site.exposure]})


def _is_clumped(fit: BlockedFit | None, outcome: Numbers) -> bool:
    """Whether events vary more than independent ones would, by the test of Cameron and Trivedi."""
    if fit is None:
        return False
    return overdispersion(outcome[fit.used], fit.fitted[fit.used]).p_value < LEVEL


def _by_arm(rows: pl.DataFrame, column: str) -> tuple[float, float]:
    treated = rows["treated"]
    return float(rows[column].filter(treated).sum()), float(rows[column].filter(~treated).sum())


def _by_date(
    fit: BlockedFit, rows: pl.DataFrame, allocation: Allocation
) -> tuple[float, float] | None:
    date = rows["date"].rank("dense").cast(pl.Int64).to_numpy()
    return clustered_error(
        fit, rows["outcome"].to_numpy(), allocation.treated, allocation.block, date
    )


def _ratio(site: Site, per: str) -> dict[str, Any]:
    """Exact and over-dispersed limits of the ratio of sums over one denominator."""
    exposure = site.exposure[per]
    if min(exposure) <= 0:
        raise Refusal(f"site {site.name!r}: no {per} in one arm, so no rate per {per} there")
    found = exact_rates.rate_ratio(site.events, exposure)
    row: dict[str, Any] = {
        "site": site.name,
        "per": per,
        "treated_events": site.events[0],
        "control_events": site.events[1],
        "treated_exposure": exposure[0],
        "control_exposure": exposure[1],
        "rate_ratio": found.value,
        "exact_low": found.low,
        "exact_high": found.high,
        "exact_p": found.p_value,
        "dispersion": site.dispersion,
    }
    if min(site.events) > 0:
        low, high = contrasts.log_rate_ratio(site.events, exposure, site.dispersion).interval()
        row |= {"overdispersed_low": low, "overdispersed_high": high}
    return row


def _authors_d(site: Site) -> tuple[float, float]:
    """D of the odds of a shift with an event, as the published trials form it."""
    cells = tuple(
        (hit, count - hit) for hit, count in zip(site.with_events, site.shifts, strict=True)
    )
    odds = contrasts.log_odds_ratio((cells[0], cells[1]))
    return contrasts.odds_to_d(odds.log_ratio, odds.standard_error)


def risk_difference(sites: list[Site], reach: float) -> dict[str, float]:
    """Mantel-Haenszel difference of rates per hour over all sites, those without events too.

    Weights m1 * m0 / (m1 + m0); variance of Greenland and Robins (1985, Biometrics 41:55), scaled
    by dispersion. Returns the difference and its limits by name.
    """
    a, b = np.array([site.events for site in sites], dtype=np.float64).T
    m1, m0 = np.array([site.exposure["hours"] for site in sites]).T
    weight = m1 * m0 / (m1 + m0)
    value = float((weight * (a / m1 - b / m0)).sum() / weight.sum())
    scale = np.array([site.dispersion for site in sites])
    variance = (weight**2 * scale * (a / m1**2 + b / m0**2)).sum() / weight.sum() ** 2
    error = float(np.sqrt(variance))
    return {
        "difference": value,
        "difference_lo": value - reach * error,
        "difference_hi": value + reach * error,
    }


def haenszel_ratio(sites: list[Site]) -> contrasts.LogRatio | None:
    """Mantel-Haenszel rate ratio of the sites with events (Greenland and Robins 1985).

    Returns a LogRatio, or None where an arm has no events.
    """
    informative = [site for site in sites if not site.is_double_zero]
    a, b = np.array([site.events for site in informative], dtype=np.float64).T
    m1, m0 = np.array([site.exposure["hours"] for site in informative]).T
    total = m1 + m0
    top, bottom = (a * m0 / total).sum(), (b * m1 / total).sum()
    if min(top, bottom) <= 0:
        return None
    scale: Numbers = np.array([site.dispersion for site in informative])
    spread = (scale * (a + b) * m1 * m0 / total**2).sum() / (top * bottom)
    return contrasts.LogRatio(log(top / bottom), float(np.sqrt(spread)))
