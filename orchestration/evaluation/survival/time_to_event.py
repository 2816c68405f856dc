"""The design `time_to_event`: days to a charge, plea or completion in two arms, some still waiting.

Kaplan-Meier curves, the log-rank test and Cox regression come first, then the design that reads
them; times of those who still wait are censored.
"""

from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers, labels, numbers, row_as_given, table_of
from orchestration.evaluation.core import (
    Design,
    Gives,
    Refusal,
    Result,
    Rows,
    Scale,
    Value,
    library_refusals,
)
from orchestration.evaluation.gates import hold_back, times_may_be_compared
from orchestration.evaluation.timing import CountedKeys, refuse_by_rows
from orchestration.evaluation.wording import CAUTION, Basis, describe_interval, plain

#: If a log hazard ratio per standard deviation has a larger error, its likelihood has no finite
#: maximum.
SEPARATED = 10.0
TWO = 2


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


def kaplan_meier(waits: Waits) -> Curve:
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


class TimeKeys(CountedKeys):
    """Columns of a table with one row per case.

    `event` is 1 where the event came and 0 where the time is censored. `against` is the arm
    compared with; `at` are times at which the curves are read; `counted_from` is the day on which a
    time began, `counted_to` that of the event or of the censoring.
    """

    outcome: str
    time: str
    event: str
    arm: str
    against: str
    at: tuple[float, ...] = ()
    covariates: tuple[str, ...] = ()
    is_randomised: bool = False


def time_to_event(keys: TimeKeys, table: pl.DataFrame | None) -> Result:
    """Kaplan-Meier by arm, log-rank, and Cox regression with Efron's ties (Breslow's as a check).

    `table` (one row per case). The estimate is the log hazard ratio of the other arm over
    `against`. Where its gate is not met, the figures are among `values` alone. Returns a Result on
    the log hazard scale. Raises Refusal for other than two arms, an arm without events, times
    below zero, times over a break, and events too recent to be complete.
    """
    rows = table_of(table)
    notes = refuse_by_rows(keys, rows)
    waits, covariates = _waits(keys, rows)
    arms = sorted(set(waits.arm.tolist()))
    tables: dict[str, Rows] = {
        "arms": [_arm(arm, waits.of(arm)) for arm in arms],
        "curves": [row for arm in arms for row in _read(arm, waits.of(arm), keys.at)],
    }
    values: dict[str, Any] = {}
    values["log_rank_chi2"], values["p"] = log_rank(waits)
    efron, breslow = (cox(waits, keys.against, ties, covariates) for ties in ("efron", "breslow"))
    for name, hazard in (("efron", efron), ("breslow", breslow)):
        values |= {f"log_hazard_ratio_{name}": hazard.estimate, f"se_{name}": hazard.error}
    values["ci_lo"], values["ci_hi"] = efron.interval()
    gate = times_may_be_compared([int(waits.of(arm).event.sum()) for arm in arms])
    result = Result(
        design="time_to_event",
        measure="log hazard ratio",
        scale=Scale.LOG_HAZARD_RATIO,
        method="Kaplan-Meier, log-rank and Cox with Efron's ties, statsmodels",
        values=values,
        tables=tables,
        diagnostics={"hazard_ratio": exp(efron.estimate)} if gate.passed else {},
        notes=notes,
        is_randomised=keys.is_randomised,
        summary=_counted(waits, arms) + _words(keys, efron),
        **_estimates(efron, values["p"]),
    )
    caution = CAUTION[_basis(keys)].strip()
    return hold_back(result, gate, counts=_counted(waits, arms), caution=caution)


def _estimates(efron: Hazard, p_value: float) -> dict[str, Any]:
    low, high = efron.interval()
    return {
        "estimate": efron.estimate,
        "standard_error": efron.error,
        "interval_low": low,
        "interval_high": high,
        "p_value": p_value,
    }


def _basis(keys: TimeKeys) -> Basis:
    return "randomised" if keys.is_randomised else "compared"


def _words(keys: TimeKeys, efron: Hazard) -> str:
    named = f"{keys.outcome}, pace at which it comes"
    return describe_interval(named, efron.interval(), Scale.LOG_HAZARD_RATIO, _basis(keys))


def _refuse_events(table: pl.DataFrame, event: Numbers, column: str) -> None:
    """Raises Refusal with a row that neither has the event nor was cut."""
    is_known = np.isin(event, (0, 1))
    if not is_known.all():
        place = int(np.argmin(is_known))
        raise Refusal(
            f"column {column!r}, row {row_as_given(table, place)}: {plain(event[place])}, where it "
            "must be 1 where the event came and 0 where the wait was cut"
        )


def _waits(keys: TimeKeys, table: pl.DataFrame) -> tuple[Waits, Any]:
    table = table.sort(table.columns)
    arm = np.array(labels(table, keys.arm))
    time = numbers(table, keys.time, least=0)
    event = numbers(table, keys.event)
    _refuse_events(table, event, keys.event)
    arms = sorted(set(arm.tolist()))
    if len(arms) != TWO:
        raise Refusal(f"column {keys.arm!r} holds {len(arms)} arms ({', '.join(arms)}): two needed")
    if keys.against not in arms:
        raise Refusal(f"there is no arm {keys.against!r}; there are: {', '.join(arms)}")
    for name in arms:
        if not event[arm == name].any():
            raise Refusal(f"arm {name!r} has no event: no hazard ratio can be given")
    x = [numbers(table, name) for name in keys.covariates]
    return Waits(time, event == 1, arm), np.stack(x, axis=1) if x else None


def _arm(arm: str, waits: Waits) -> dict[str, Value]:
    """Cases, events, waits cut short and the median of one arm."""
    return {
        "arm": arm,
        "cases": len(waits.time),
        "events": int(waits.event.sum()),
        "censored": int((~waits.event).sum()),
        "median": kaplan_meier(waits).median,
    }


def _read(arm: str, waits: Waits, at: tuple[float, ...]) -> Rows:
    """The Kaplan-Meier curve of one arm, read at times."""
    found = kaplan_meier(waits)
    rows: Rows = []
    for time in at:
        share, error = found.at(time)
        rows.append({"arm": arm, "time": time, "share_waiting": share, "se_greenwood": error})
    return rows


def _counted(waits: Waits, arms: list[str]) -> str:
    counts = [
        f"{int(waits.of(arm).event.sum()):,} of {len(waits.of(arm).time):,} in {arm}"
        for arm in arms
    ]
    return f"It came for {' and '.join(counts)}; the others were still waiting. "


TIME_TO_EVENT = Design(
    name="time_to_event",
    keys=TimeKeys,
    run=time_to_event,
    about="Time to charge, plea or completion in two arms, with waits that were cut short.",
    example="""\
design: time_to_event
title: Days to a charge with and without footage
question: Do cases with footage come to a charge sooner?
keys:
  outcome: Charge
  time: days
  event: charged
  arm: footage
  against: none
  at: [30]
inline:
  days: [10, 14, 21, 30, 45, 60, 12, 25, 33, 41, 59, 60]
  charged: [1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0]
  footage: [seen, seen, seen, seen, seen, seen, none, none, none, none, none, none]
""",
    gives=Gives(
        values=(
            "log_rank_chi2",
            "p",
            "log_hazard_ratio_efron",
            "se_efron",
            "log_hazard_ratio_breslow",
            "se_breslow",
            "ci_lo",
            "ci_hi",
        ),
        tables={
            "arms": ("arm", "cases", "events", "censored", "median"),
            "curves": ("arm", "time", "share_waiting", "se_greenwood"),
        },
        diagnostics=("hazard_ratio",),
    ),
)
