"""The one figure of a shift trial: one regression, the average of sites, or exact limits."""

from dataclasses import dataclass
from math import exp, inf, log

from scipy import stats

from orchestration.evaluation.core import Value
from orchestration.evaluation.gates import studies_may_be_pooled
from orchestration.evaluation.rates.exact import rate_ratio
from orchestration.evaluation.trials.blocked import BlockedFit
from orchestration.evaluation.trials.shift.pooling import pooled_ratio
from orchestration.evaluation.trials.shift.ratios import Site
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys

POOLED = ("tau2", "tau2_lo", "tau2_hi", "I2_percent", "Q", "Q_df", "p_Q", "pi_lo", "pi_hi")


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
