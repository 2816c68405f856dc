"""Sensitivity analyses and robustness checks of a staged roll-out.

Other estimators on the same cells, and the same estimator on less.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy import stats

from orchestration.evaluation.calendar import NEVER
from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.callaway_santanna import AGGREGATIONS, cells_of
from orchestration.evaluation.staged_adoption.linear_imputation import imputed
from orchestration.evaluation.staged_adoption.panel import Panel, StagedKeys, identified
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    Mask,
    covariates_of,
    impute,
    jackknife,
)
from orchestration.evaluation.staged_adoption.sun_abraham import fit_cohorts
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import Coefficient, fit_two_way

YEAR = 12
Figures = tuple[float, float, float, float]


@dataclass(frozen=True)
class Line:
    """One analysis: what was done, and what it gave or why it gave nothing."""

    name: str
    scale: str
    estimate: float | None = None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    def document(self) -> dict[str, str | float | None]:
        """The line as JSON holds it.

        Returns its fields by name.
        """
        return asdict(self)


def sensitivity_analyses(panel: Panel, keys: StagedKeys) -> list[Line]:
    """Other estimators on the periods that are identified.

    Returns a Line for each.
    """
    inside = identified(panel)
    rate = replace(inside, counts=inside.counts / inside.exposure)
    log_rate = replace(inside, counts=np.log((inside.counts + 0.5) / inside.exposure))

    def two_way(named: tuple[str, ...] = (), dose: Numbers | None = None) -> Figures:
        return _of(fit_two_way(inside, "poisson", named, dose))

    ways: list[tuple[str, str, Callable[[], Figures]]] = [
        ("two_way_poisson", "log ratio", two_way),
        ("callaway_santanna_rate", "rate", lambda: callaway_santanna_estimate(rate)),
        ("callaway_santanna_log_rate", "log ratio", lambda: callaway_santanna_estimate(log_rate)),
        ("sun_abraham_log_rate", "log ratio", lambda: sun_abraham_estimate(log_rate)),
        ("linear_imputation_log_rate", "log ratio", lambda: imputed(log_rate)),
    ]
    if keys.covariates:
        given = keys.covariates
        ways.append(("two_way_poisson_covariates", "log ratio", lambda: two_way(given)))
    if keys.dose:
        dose = inside.columns[keys.dose]
        ways.append(("dose_poisson", "log ratio, none to all equipped", lambda: two_way((), dose)))
    return [_line(*way) for way in ways]


def robustness_checks(panel: Panel, keys: StagedKeys) -> list[Line]:
    """The headline again: without the period of change, without some units, at placebo dates.

    Returns a Line for each.
    """
    return [_line(name, "log ratio", run) for name, run in _checks(panel, keys)]


def _checks(panel: Panel, keys: StagedKeys) -> Iterator[tuple[str, Callable[[], Figures]]]:
    at = np.arange(panel.counts.shape[1])
    if panel.begun is not None:
        as_untreated = replace(panel, begun=None)
        yield "start_as_untreated", _rerun(as_untreated, keys.covariates)
    donut = at == np.where(panel.partial.any(1), panel.first - 2, panel.first - 1)[:, None]
    yield "donut", lambda: again(panel, keys.covariates, donut)
    for wave in panel.waves:
        kept = panel.keep(panel.first != wave)
        yield f"without_wave_{panel.calendar.label(wave)}", _rerun(kept, keys.covariates)
    if keys.leave_out:
        stays = ~np.isin(np.array(panel.units), keys.leave_out)
        yield "without_left_out", _rerun(panel.keep(stays), keys.covariates)
    early = np.where(panel.first < NEVER, panel.first - YEAR, NEVER)
    if early.min() > 0:
        begun = None if panel.begun is None else panel.begun - YEAR
        false = replace(panel, first=early, begun=begun)
        cameras = panel.treated | panel.partial
        yield "placebo_a_year_early", lambda: again(false, keys.covariates, cameras)
    for name in keys.placebo_counts:
        other = replace(panel, counts=panel.columns[name])
        yield f"placebo_{name}", _rerun(other, keys.covariates)
    if keys.covariates:
        yield "without_covariates", _rerun(panel, ())


def again(panel: Panel, names: tuple[str, ...], donut: Mask | None = None) -> Figures:
    """The headline on another panel.

    `donut` (units, periods) marks cells left out. Returns estimate, jackknife error and both ends
    of the interval. Raises Refusal as `impute` and `jackknife` do.
    """
    x = covariates_of(panel, names)
    estimate = impute(panel, x, donut).log_ratio
    found = jackknife(panel, x, estimate, donut)
    return estimate, found.error, found.low, found.high


def callaway_santanna_estimate(panel: Panel) -> Figures:
    """Callaway and Sant'Anna against units not yet treated, every treated cell by its group's size.

    Returns estimate, error and both ends of the interval.
    """
    cells = cells_of(panel, "not_yet_treated")
    return _normal(*cells.aggregate_att(AGGREGATIONS["simple"]))


def sun_abraham_estimate(panel: Panel) -> Figures:
    """Sun and Abraham with the last cohort, or the units never treated, for comparison.

    Returns estimate, error and both ends of the interval.
    """
    found = fit_cohorts(panel)
    low, high = found.overall_conf_int
    return float(found.overall_att), float(found.overall_se), float(low), float(high)


def _rerun(panel: Panel, names: tuple[str, ...]) -> Callable[[], Figures]:
    return lambda: again(panel, names)


def _line(name: str, scale: str, run: Callable[[], Figures]) -> Line:
    try:
        return Line(name, scale, *run())
    except Refusal as error:
        return Line(name, scale, reason=str(error))


def _normal(estimate: float, error: float) -> Figures:
    reach = float(stats.norm.ppf(0.975)) * error
    return estimate, error, estimate - reach, estimate + reach


def _of(found: Coefficient) -> Figures:
    return found.estimate, found.error, found.low, found.high
