"""Counts observed after cameras came, against those expected from units that had none yet."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.rollout.fitting import fit
from orchestration.evaluation.rollout.panel import Panel

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Imputed:
    """Observed and expected counts of the treated cells that have a comparison."""

    observed: Numbers
    expected: Numbers
    counted: Mask

    @property
    def log_ratio(self) -> float:
        """Logarithm of all observed over all expected."""
        return log(self.total_observed / self.total_expected)

    @property
    def total_observed(self) -> float:
        """Events observed in the counted cells."""
        return float(self.observed[self.counted].sum())

    @property
    def total_expected(self) -> float:
        """Events expected in the counted cells without cameras."""
        return float(self.expected[self.counted].sum())


@dataclass(frozen=True)
class Jackknife:
    """Estimates with each unit left out in turn, and the interval made of them."""

    without: Numbers
    error: float
    low: float
    high: float
    p_value: float


def covariates_of(panel: Panel, names: tuple[str, ...]) -> Numbers:
    """Covariates by units by periods; raises Refusal where they cannot be told apart.

    They must vary among the untreated cells beyond what units and periods explain.
    """
    if not names:
        return np.zeros((0, *panel.counts.shape))
    x = np.stack([panel.columns[name] for name in names])
    cells = ~panel.treated
    units, periods = np.nonzero(cells)
    effects = np.zeros((len(units), sum(panel.counts.shape)))
    effects[np.arange(len(units)), units] = 1
    effects[np.arange(len(units)), len(panel.units) + periods] = 1
    values = x[:, cells].T
    left = values - effects @ np.linalg.lstsq(effects, values, rcond=None)[0]
    spread = np.linalg.svd(left / max(np.abs(values).max(), 1), compute_uv=False)
    if len(spread) < len(names) or spread.min() < 1e-6 * sqrt(len(values)):
        raise Refusal(
            f"covariates {', '.join(names)} cannot be told apart from each other, or from units "
            "and periods, among untreated cells: leave one out or join them into one"
        )
    return x


def impute(panel: Panel, x: Numbers, donut: Mask | None = None) -> Imputed:
    """Fit on untreated cells and expect every treated cell whose period has an untreated unit.

    Poisson imputation; the same as Poisson regression with cohort by period cells (Wooldridge,
    Econometrics Journal 2023). `donut` cells are neither fitted nor counted. Raises Refusal where
    the model cannot be fitted (no events in a unit or period; no convergence).
    """
    out = np.zeros(panel.counts.shape, dtype=bool) if donut is None else donut
    cells = ~panel.treated & ~out
    counted = panel.treated & cells.any(0) & ~out
    _refuse_separation(panel, cells, counted)
    found = fit(panel.counts, panel.exposure, cells[None], x)
    if not found.is_converged[0]:
        raise Refusal("the Poisson model did not converge: look for units with hardly any events")
    return Imputed(panel.counts, found.expected[0], counted)


def jackknife(panel: Panel, x: Numbers, estimate: float, donut: Mask | None = None) -> Jackknife:
    """Leave each unit out in turn; t with one degree of freedom less than units.

    Squares are taken about the estimate of the whole panel (MacKinnon, Nielsen and Webb, Journal
    of Applied Econometrics 2023, CV3). Raises Refusal when a refit does not converge.
    """
    units = len(panel.units)
    kept = ~np.eye(units, dtype=bool)
    without = log_ratios(panel, x, panel.first[None].repeat(units, 0), kept, donut)
    if not np.isfinite(without).all():
        unit = panel.units[int(np.argmin(np.isfinite(without)))]
        raise Refusal(
            f"without unit {unit} nothing can be estimated: no error can be given with so few units"
        )
    error = sqrt((units - 1) / units * float(((without - estimate) ** 2).sum()))
    reach = float(stats.t.ppf(0.975, units - 1)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, units - 1)) if error else 1.0
    return Jackknife(without, error, estimate - reach, estimate + reach, p_value)


def shuffled(panel: Panel, x: Numbers, draws: int, seed: int, donut: int = 0) -> Numbers:
    """Estimates with the dates of the units shuffled: what chance alone gives.

    `donut` periods before each date are left out. A draw whose model does not converge is left
    out of the result.
    """
    source = np.random.default_rng(seed)
    orders = source.permuted(np.tile(panel.first, (draws, 1)), axis=1)
    kept = np.ones(orders.shape, dtype=bool)
    out = None
    if donut:
        at = np.arange(panel.counts.shape[1])
        out = (at < orders[:, :, None]) & (at >= orders[:, :, None] - donut)
    found = log_ratios(panel, x, orders, kept, out)
    return found[np.isfinite(found)]


def log_ratios(
    panel: Panel, x: Numbers, first: NDArray[np.int64], kept: Mask, donut: Mask | None = None
) -> Numbers:
    """Estimates for many choices of dates and of units kept (draws by units).

    Not a number where one cannot be made.
    """
    treated = np.arange(panel.counts.shape[1]) >= first[:, :, None]
    if donut is not None:
        kept_cells = kept[:, :, None] & ~donut
    else:
        kept_cells = np.broadcast_to(kept[:, :, None], treated.shape)
    cells = ~treated & kept_cells
    counted = treated & kept_cells & np.any(cells, axis=1, keepdims=True)
    found = fit(panel.counts, panel.exposure, cells, x)
    observed = (panel.counts * counted).sum((1, 2))
    expected = (found.expected * counted).sum((1, 2))
    is_good = found.is_converged & (observed > 0) & (expected > 0)
    ratio = np.divide(observed, expected, out=np.ones_like(observed), where=is_good)
    return np.where(is_good, np.log(ratio), np.nan)


def _refuse_separation(panel: Panel, cells: Mask, counted: Mask) -> None:
    open_counts = panel.counts * cells
    if not panel.counts.any():
        raise Refusal("all counts are nought: there is nothing to estimate")
    for place in np.flatnonzero(open_counts.sum(1) == 0):
        raise Refusal(
            f"unit {panel.units[place]} has no event before its cameras (separation): nothing can "
            "be expected of it. Leave it out, or count something less rare."
        )
    needed = counted.any(0)
    for place in np.flatnonzero(needed & (open_counts.sum(0) == 0)):
        raise Refusal(
            f"in period {panel.calendar.label(int(place))} no untreated unit has an event "
            "(separation): use longer periods (`quarters: true`)"
        )
    if not (panel.counts * counted).any():
        raise Refusal("no event in any treated cell that has a comparison: use longer periods")
