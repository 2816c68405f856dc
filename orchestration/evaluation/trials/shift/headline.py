"""The one figure of a shift trial: a site's own ratio, the average of sites, or exact limits."""

from dataclasses import dataclass
from math import exp, inf, log

from scipy import stats

from orchestration.evaluation.frame import Value
from orchestration.evaluation.rates.exact import rate_ratio
from orchestration.evaluation.trials.shift.keys import ShiftKeys
from orchestration.evaluation.trials.shift.pooling import pooled_ratio
from orchestration.evaluation.trials.shift.ratios import Site

POOLED = ("tau2", "tau2_lo", "tau2_hi", "I2_percent", "Q", "p_Q", "pi_lo", "pi_hi")


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


def headline(keys: ShiftKeys, sites: list[Site]) -> Headline:
    """The average of sites that had events, or the single site that did."""
    telling = [site for site in sites if not site.is_double_zero]
    if len(telling) > 1:
        found = pooled_ratio(keys, telling)
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
    site = telling[0]
    if site.fit is None:
        return _exact(site)
    reach = float(stats.t.ppf(0.975, site.fit.freedom)) * site.fit.error
    return Headline(
        site.fit.log_ratio,
        site.fit.error,
        site.fit.log_ratio - reach,
        site.fit.log_ratio + reach,
        "quasi-Poisson regression on arm and block, log officer-hours as offset, dispersion "
        "floored at 1, t",
        {},
        {},
    )


def _exact(site: Site) -> Headline:
    found = rate_ratio(site.events, site.exposure["hours"])
    return Headline(
        log(found.value) if found.value else None,
        None,
        log(found.low) if found.low > 0 else -inf,
        inf if found.high is None else log(found.high),
        "exact given the sum of events: an arm without events, or too few to fit a model",
        {},
        {},
    )
