"""Survival curves, the log-rank test and Cox regression, with censored times."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.libraries import library_refusals

#: If a log hazard ratio per standard deviation has a larger error, its likelihood has no finite
#: maximum.
SEPARATED = 10.0


@dataclass(frozen=True)
class Waits:
    """Times to an event: `time` (n,), `event` (n,), false where it is censored, and `arm` (n,)."""

    time: Numbers
    event: NDArray[np.bool_]
    arm: NDArray[np.str_]

    def of(self, arm: str) -> "Waits":
        """Take one arm.

        Returns the Waits of that arm.
        """
        mine = self.arm == arm
        return Waits(self.time[mine], self.event[mine], self.arm[mine])


@dataclass(frozen=True)
class Curve:
    """Kaplan-Meier curve: the share still without the event after each event time.

    `times` (m,), `share` (m,) and its Greenwood error `error` (m,); `last` is the last time
    observed.
    """

    times: Numbers
    share: Numbers
    error: Numbers
    last: float

    def at(self, time: float) -> tuple[float, float]:
        """Read the curve at a time.

        Returns the share and its Greenwood error. Raises Refusal beyond the last time observed.
        """
        if time > self.last:
            raise Refusal(
                f"the curve ends at {plain(self.last)}: nothing is known at {plain(time)}"
            )
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return (1.0, 0.0) if place < 0 else (float(self.share[place]), float(self.error[place]))

    @property
    def median(self) -> float | None:
        """The first time at which half or fewer still wait; None where that is never reached."""
        reached = np.flatnonzero(self.share <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else None


def curve(waits: Waits) -> Curve:
    """Kaplan-Meier curve with Greenwood's error, by statsmodels.

    Kaplan and Meier (1958, Journal of the American Statistical Association 53:457). Returns a
    Curve.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(waits.time, waits.event.astype(int))
    return Curve(
        np.asarray(found.surv_times, dtype=float),
        np.asarray(found.surv_prob),
        np.asarray(found.surv_prob_se),
        float(waits.time.max()),
    )


def log_rank(waits: Waits) -> tuple[float, float]:
    """Mantel's log-rank test between the arms, by statsmodels.

    Returns its chi-squared and p-value.
    """
    from statsmodels.duration.survfunc import survdiff

    chi_square, p_value = survdiff(waits.time, waits.event.astype(int), waits.arm)
    return float(chi_square), float(p_value)


@dataclass(frozen=True)
class Hazard:
    """Logarithm of a hazard ratio with its standard error."""

    estimate: float
    error: float

    def interval(self) -> tuple[float, float]:
        """95% interval of the log hazard ratio, by the normal distribution.

        Returns (lower, upper).
        """
        reach = float(stats.norm.ppf(0.975)) * self.error
        return self.estimate - reach, self.estimate + reach


def cox(waits: Waits, against: str, ties: str, covariates: Numbers | None = None) -> Hazard:
    """Cox regression: hazard of the other arm over that of `against`; ties by efron or breslow.

    `covariates` (n, k), or None. Cox (1972, Journal of the Royal Statistical Society B 34:187), by
    statsmodels. Returns a Hazard. Raises Refusal on collinear covariates, separation or without
    convergence.
    """
    from statsmodels.duration.hazard_regression import PHReg

    x = (waits.arm != against).astype(float)[:, None]
    if covariates is not None:
        x = np.hstack([x, covariates])
    if np.linalg.matrix_rank(x - x.mean(0)) < x.shape[1]:
        raise Refusal("arm and covariates are collinear: leave one out")
    model = PHReg(waits.time, x, status=waits.event.astype(int), ties=ties)
    with library_refusals():
        found: Any = model.fit(disp=0)
    gradient = np.abs(model.score(found.params)).max()
    if not (np.isfinite(found.params).all() and gradient < 1e-3 * max(1, waits.event.sum())):
        raise Refusal("Cox regression did not converge: look for an arm without events")
    # Where an arm or covariate orders all events, the likelihood flattens out instead of peaking:
    # steps stop somewhere far out with an error of any size (Heinze and Schemper 2001).
    if not (np.abs(found.bse) * x.std(axis=0) < SEPARATED).all():
        raise Refusal(
            "separation: the arm or a covariate orders the events alone, so that no finite hazard "
            "ratio fits; leave the covariate out, or give the counts"
        )
    return Hazard(float(found.params[0]), float(found.bse[0]))
