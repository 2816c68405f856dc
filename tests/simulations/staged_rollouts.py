"""Ways of estimating a staged roll-out, good and known to be bad, by the engine's own functions."""

from dataclasses import replace

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.before_after.before_after import BeforeAfterKeys, before_after
from orchestration.evaluation.before_after.interrupted_time_series import (
    SeriesKeys,
    interrupted_series,
)
from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Result
from orchestration.evaluation.rates.contrasts import DETECTABLE
from orchestration.evaluation.staged_adoption.linear_imputation import analytic_error, imputed
from orchestration.evaluation.staged_adoption.panel import Panel, identified
from orchestration.evaluation.staged_adoption.poisson_imputation import impute, jackknife, shuffled
from orchestration.evaluation.staged_adoption.sensitivity import callaway_santanna_estimate
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import fit_two_way
from tests.simulations.estimates import Estimate, Family
from tests.simulations.panels import Simulated, simulate
from tests.simulations.scenarios import FIRST_START, LAST_START, MONTHS, SCENARIOS

#: Shufflings of dates per panel; the engine's own 1,999 would take ten times as long.
DRAWS = 199
Z = float(stats.norm.ppf(0.975))


def headline(drawn: Simulated) -> Estimate:
    """Poisson imputation with its jackknife: what the engine puts first."""
    none = _none(drawn.panel)
    found = impute(drawn.panel, none)
    error = jackknife(drawn.panel, none, found.log_ratio)
    truth = drawn.log_ratio(found.counted.astype(float))
    return Estimate(found.log_ratio, truth, error.error, error.low, error.high)


def by_shuffled_dates(drawn: Simulated) -> Estimate:
    """The p-value of shuffled dates; extra is the smallest detectable fall."""
    none = _none(drawn.panel)
    found = impute(drawn.panel, none).log_ratio
    chance = shuffled(drawn.panel, none, DRAWS, seed=1)
    p_value = (1 + (np.abs(chance) >= abs(found) - 1e-12).sum()) / (1 + len(chance))
    smallest = 1 - np.exp(-DETECTABLE * chance.std(ddof=1))
    truth = drawn.log_ratio(drawn.counted)
    return Estimate(found, truth, p_value=float(p_value), extra=float(smallest))


def two_way(drawn: Simulated) -> Estimate:
    """Poisson with unit and month effects and one coefficient."""
    found = fit_two_way(identified(drawn.panel), "poisson")
    truth = drawn.log_ratio(drawn.counted)
    return Estimate(found.estimate, truth, found.error, found.low, found.high)


def callaway_santanna_log_rate(drawn: Simulated) -> Estimate:
    """Callaway and Sant'Anna on the log rate."""
    found = callaway_santanna_estimate(_log_rate(drawn.panel))
    return Estimate(found[0], drawn.mean_log(drawn.counted), *found[1:])


def linear_log_rate(drawn: Simulated) -> Estimate:
    """Linear imputation on the log rate with the jackknife."""
    found = imputed(_log_rate(drawn.panel))
    return Estimate(found[0], drawn.mean_log(drawn.counted), *found[1:])


def linear_analytic(drawn: Simulated) -> Estimate:
    """The same estimate with the analytic error that libraries print."""
    panel = _log_rate(drawn.panel)
    estimate, error = imputed(panel)[0], analytic_error(panel)
    truth = drawn.mean_log(drawn.counted)
    return Estimate(estimate, truth, error, estimate - Z * error, estimate + Z * error)


def series(drawn: Simulated) -> Estimate:
    """One interrupted series of all boroughs, the months of the roll-out left out.

    Read from its values: the method is judged here, whether or not its gate would show it.
    """
    keys = SeriesKeys(
        outcome="Complaints", count="count", exposure="hours", period="month", after="after",
        left_out="meanwhile", harmonics=2,
    )  # fmt: skip
    found = interrupted_series(keys, _by_month(drawn.panel)).values
    level, low, high = (float(str(found[name])) for name in ("log_ratio", "ci_lo", "ci_hi"))
    error = max(float(str(found[name])) for name in ("se_quasi_poisson", "se_newey_west"))
    return Estimate(level, _late(drawn), error, low, high)


def change(drawn: Simulated) -> Estimate:
    """The rate after the roll-out against the rate before it."""
    keys = BeforeAfterKeys.model_validate(
        {
            "outcome": "Complaints", "count": "count", "exposure": "hours", "period": "month",
            "before": {"from": 1, "to": FIRST_START},
            "after": {"from": LAST_START + 2, "to": MONTHS},
        }
    )  # fmt: skip
    return _of(before_after(keys, _by_month(drawn.panel)), _late(drawn))


def _of(found: Result, truth: float) -> Estimate:
    assert found.estimate is not None
    return Estimate(
        found.estimate, truth, found.standard_error, found.interval_low, found.interval_high
    )


def _late(drawn: Simulated) -> float:
    """The truth of the months after the roll-out, in all boroughs that have cameras."""
    after = np.arange(MONTHS) > LAST_START
    return drawn.log_ratio((drawn.panel.treated & after).astype(float))


def _by_month(panel: Panel) -> pl.DataFrame:
    month = np.arange(MONTHS)
    return pl.DataFrame(
        {
            "month": month + 1,
            "count": panel.counts.sum(0),
            "hours": panel.exposure.sum(0),
            "after": (month >= FIRST_START).astype(int),
            "meanwhile": ((month >= FIRST_START) & (month <= LAST_START)).astype(int),
        }
    )


def _log_rate(panel: Panel) -> Panel:
    inside = identified(panel)
    return replace(inside, counts=np.log((inside.counts + 0.5) / inside.exposure))


def _none(panel: Panel) -> Numbers:
    """No covariates."""
    return np.zeros((0, *panel.counts.shape))


ROLLOUTS = Family(
    name="rollout",
    scenarios={name: each.about for name, each in SCENARIOS.items()},
    draw=lambda name, seed: simulate(SCENARIOS[name], seed),
    methods={
        "imputation": headline,
        "shuffled_dates": by_shuffled_dates,
        "two_way_poisson": two_way,
        "callaway_santanna_log_rate": callaway_santanna_log_rate,
        "linear_log_rate": linear_log_rate,
        "linear_analytic": linear_analytic,
        "interrupted_series": series,
        "before_after": change,
    },
    only={
        "shuffled_dates": "ABDEFHIJ",
        "callaway_santanna_log_rate": "ABCFK",
        "linear_analytic": "ABC",
    },
)
