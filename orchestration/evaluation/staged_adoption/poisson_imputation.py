"""Poisson imputation: counts observed after cameras came, against those expected without them.

The expected counts come from a Poisson regression on unit and period effects over untreated cells,
fitted for many choices of cells at once.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.panel import Panel

#: Cells worked on at one time: memory stays flat however many draws there are.
AT_ONCE = 3_000_000
STEPS = 60
CLOSE = 1e-9
#: Up to this many cells are left out one by one; beyond it that takes longer than everything else.
MOST_CELLS = 4_000
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PoissonFit:
    """Expected counts of many fits, and which of the fits converged.

    `expected` (fits, units, periods), `is_converged` (fits,).
    """

    expected: Numbers
    is_converged: NDArray[np.bool_]


def fit(
    counts: Numbers, exposure: Numbers, cells: NDArray[np.bool_], covariates: Numbers
) -> PoissonFit:
    """Fit E[count] = exposure * exp(unit + period + covariates) on chosen cells; predict all cells.

    `counts` and `exposure` (units, periods), `cells` (fits, units, periods), `covariates`
    (covariates, units, periods). Maximum likelihood by Newton's method on the units and covariates,
    with the periods solved for in every step (they have a closed form). A unit or period without an
    event in its chosen cells is expected to have none. A fit whose cells do not identify a
    covariate counts as not converged.

    Returns a PoissonFit.
    """
    size = max(1, AT_ONCE // cells[0].size)
    parts = [
        _fit(counts, exposure, cells[start : start + size], covariates)
        for start in range(0, len(cells), size)
    ]
    return PoissonFit(
        np.concatenate([part.expected for part in parts]),
        np.concatenate([part.is_converged for part in parts]),
    )


def _fit(
    counts: Numbers, exposure: Numbers, cells: NDArray[np.bool_], covariates: Numbers
) -> PoissonFit:
    open_counts = counts * cells
    by_unit, by_period = open_counts.sum(2), open_counts.sum(1)
    units = by_unit.shape[1]
    state = np.zeros((len(cells), units + len(covariates)))
    held = (exposure * cells).sum(2)
    state[:, :units] = np.log(np.where(by_unit > 0, by_unit, 1) / np.where(held > 0, held, 1))
    wanted = _wanted(open_counts, by_unit, covariates)
    is_converged: NDArray[np.bool_] = np.zeros(len(cells), dtype=bool)
    is_identified = np.ones(len(cells), dtype=bool)
    for _ in range(STEPS):
        rate = _rate(state, exposure, by_unit > 0, covariates)
        expected, _ = _with_periods(rate, cells, by_period)
        score = wanted - _score(expected * cells, covariates)
        is_converged = np.asarray((np.abs(score) <= CLOSE * (1 + np.abs(wanted))).all(1))
        if is_converged.all():
            break
        information = _information(expected * cells, covariates)
        is_identified, information = _identified(information, units)
        step = _solve(information, score)
        state += np.where(is_converged[:, None], 0, np.clip(step, -2, 2))
    return PoissonFit(expected, is_converged & is_identified)


def _identified(information: Numbers, units: int) -> tuple[NDArray[np.bool_], Numbers]:
    """Which fits identify every covariate, and an information matrix that can be inverted."""
    place = np.arange(units, information.shape[1])
    largest = information[:, :units, :units].max(axis=(1, 2))
    is_silent = information[:, place, place] <= CLOSE * (1 + largest[:, None])
    information[:, place, place] += np.where(is_silent, 1, 0)
    return ~np.any(is_silent, axis=1), information


def _solve(information: Numbers, score: Numbers) -> Numbers:
    """Newton's steps; covariates that are collinear in some fit share theirs."""
    try:
        solved = np.asarray(np.linalg.solve(information, score[..., None]), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(information, hermitian=True)
        solved = np.asarray(inverse @ score[..., None], dtype=np.float64)
    step: Numbers = solved[..., 0]
    return step


def _rate(state: Numbers, exposure: Numbers, is_level: NDArray[np.bool_], x: Numbers) -> Numbers:
    units = is_level.shape[1]
    level = np.where(is_level, np.exp(state[:, :units]), 0)
    rate = level[:, :, None] * exposure
    return rate * np.exp(np.einsum("dk,kut->dut", state[:, units:], x)) if len(x) else rate


def _with_periods(
    rate: Numbers, cells: NDArray[np.bool_], by_period: Numbers
) -> tuple[Numbers, Numbers]:
    held = (rate * cells).sum(1)
    period = np.divide(by_period, held, out=np.zeros_like(held), where=held > 0)
    return rate * period[:, None, :], period


def _wanted(open_counts: Numbers, by_unit: Numbers, x: Numbers) -> Numbers:
    return np.concatenate([by_unit, np.einsum("dut,kut->dk", open_counts, x)], axis=1)


def _score(mean: Numbers, x: Numbers) -> Numbers:
    return np.concatenate([mean.sum(2), np.einsum("dut,kut->dk", mean, x)], axis=1)


def _information(mean: Numbers, x: Numbers) -> Numbers:
    """Fisher information of units and covariates, the periods swept out."""
    by_period = mean.sum(1)
    share = np.divide(
        mean,
        by_period[:, None, :],
        out=np.zeros_like(mean),
        where=by_period[:, None, :] > 0,
    )
    draws, units = mean.shape[:2]
    whole = np.zeros((draws, units + len(x), units + len(x)))
    place = np.arange(units)
    whole[:, :units, :units] = -mean @ share.transpose(0, 2, 1)
    whole[:, place, place] += mean.sum(2)
    # Levels are fixed only up to a factor that the periods absorb, so any value serves. A unit
    # without events or cells has no level at all.
    typical = mean.sum((1, 2)) / units**2
    whole[:, :units, :units] += typical[:, None, None]
    whole[:, place, place] += np.where(mean.sum(2) > 0, 0, 1)
    if len(x):
        middle = np.einsum("dut,kut->dkt", share, x)
        away = x[None] - middle[:, :, None, :]
        across = np.einsum("dut,dkut->duk", mean, away)
        whole[:, :units, units:] = across
        whole[:, units:, :units] = across.transpose(0, 2, 1)
        whole[:, units:, units:] = np.einsum("dut,kut,dlut->dkl", mean, x, away)
    return whole


@dataclass(frozen=True)
class Imputed:
    """Observed and expected counts; `counted` marks treated cells that have a comparison.

    `observed`, `expected` and `counted` (units, periods).
    """

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
    """Estimates with each unit left out in turn (`without` (units,)), and their interval."""

    without: Numbers
    error: float
    low: float
    high: float
    p_value: float


def covariates_of(panel: Panel, names: tuple[str, ...]) -> Numbers:
    """Covariates on the grid of the panel.

    Returns them stacked (covariates, units, periods). Raises Refusal where they are not identified:
    they must vary among the untreated cells beyond what units and periods explain.
    """
    if not names:
        return np.zeros((0, *panel.counts.shape))
    x = np.stack([panel.columns[name] for name in names])
    cells = panel.untreated
    units, periods = np.nonzero(cells)
    effects = np.zeros((len(units), sum(panel.counts.shape)))
    effects[np.arange(len(units)), units] = 1
    effects[np.arange(len(units)), len(panel.units) + periods] = 1
    values = x[:, cells].T
    left = values - effects @ np.linalg.lstsq(effects, values, rcond=None)[0]
    spread = np.linalg.svd(left / max(np.abs(values).max(), 1), compute_uv=False)
    if len(spread) < len(names) or spread.min() < 1e-6 * sqrt(len(values)):
        raise Refusal(
            f"covariates {', '.join(names)} are not identified among untreated cells: they are "
            "collinear with each other, or with units and periods. Leave one out or join them "
            "into one"
        )
    return x


def impute(panel: Panel, x: Numbers, donut: Mask | None = None) -> Imputed:
    """Fit on untreated cells and predict every treated cell whose period has an untreated unit.

    Cells within which cameras came are neither fitted nor counted. `x` (covariates, units,
    periods); `donut` (units, periods) marks further cells neither fitted nor counted. Poisson
    imputation; the same as Poisson regression with cohort by period cells (Wooldridge 2023, The
    Econometrics Journal 26:C31). Returns an Imputed. Raises Refusal where the model cannot be
    fitted (no events in a unit or period; no convergence).
    """
    out = np.zeros(panel.counts.shape, dtype=bool) if donut is None else donut
    cells = panel.untreated & ~out
    counted = panel.treated & cells.any(0) & ~out
    _refuse_separation(panel, cells, counted)
    found = fit(panel.counts, panel.exposure, cells[None], x)
    if not found.is_converged[0]:
        raise Refusal("the Poisson model did not converge: look for units with hardly any events")
    return Imputed(panel.counts, found.expected[0], counted)


def jackknife(panel: Panel, x: Numbers, estimate: float, donut: Mask | None = None) -> Jackknife:
    """Leave each unit out in turn; t with one degree of freedom less than units.

    `x` (covariates, units, periods); `donut` (units, periods) marks cells left out. Squares are
    taken about the estimate of the whole panel (MacKinnon, Nielsen and Webb 2023, Journal of
    Applied Econometrics 38:671, CV3). Returns a Jackknife. Raises Refusal when a refit does not
    converge.
    """
    units = len(panel.units)
    kept = ~np.eye(units, dtype=bool)
    out = panel.partial if donut is None else panel.partial | donut
    without = log_ratios(panel, x, panel.first[None].repeat(units, 0), kept, out)
    if not np.isfinite(without).all():
        unit = panel.units[int(np.argmin(np.isfinite(without)))]
        raise Refusal(
            f"without unit {unit} nothing can be estimated: no error can be given with so few units"
        )
    error = sqrt((units - 1) / units * float(((without - estimate) ** 2).sum()))
    reach = float(stats.t.ppf(0.975, units - 1)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, units - 1)) if error else 1.0
    return Jackknife(without, error, estimate - reach, estimate + reach, p_value)


def shuffled(panel: Panel, x: Numbers, draws: int, seed: int) -> Numbers:
    """Estimates with the dates of the units shuffled: what chance alone gives.

    `x` (covariates, units, periods). A date takes the period that it cuts with it. Returns the log
    ratios (draws,), without those whose model does not converge.
    """
    source = np.random.default_rng(seed)
    units, periods = panel.counts.shape
    orders = source.permuted(np.tile(np.arange(units), (draws, 1)), axis=1)
    kept = np.ones(orders.shape, dtype=bool)
    out = None
    if panel.begun is not None:
        out = np.arange(periods) == panel.begun[orders][:, :, None]
    found = log_ratios(panel, x, panel.first[orders], kept, out)
    return found[np.isfinite(found)]


def share_as_far(chance: Numbers, estimate: float) -> float:
    """The share of shuffled estimates at least as far from zero as the real one, itself included.

    `chance` (draws,). Returns the p-value.
    """
    return float((1 + (np.abs(chance) >= abs(estimate) - 1e-12).sum()) / (1 + len(chance)))


def log_ratios(
    panel: Panel, x: Numbers, first: NDArray[np.int64], kept: Mask, donut: Mask | None = None
) -> Numbers:
    """Estimates for many choices of dates and of units kept.

    `x` (covariates, units, periods), `first` (fits, units), `kept` (fits, units) and `donut` (fits,
    units, periods), which marks cells left out. Returns the log ratios (fits,), not a number where
    there is none.
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


@dataclass(frozen=True)
class CarryingCell:
    """The most influential cell: without it the estimate changes most; and that estimate."""

    unit: str
    period: str
    count: float
    log_ratio: float


def carrying_cell(panel: Panel, x: Numbers, estimate: float) -> CarryingCell | None:
    """Find the most influential cell by leaving each out in turn.

    `x` (covariates, units, periods). Cells later than the last untreated one have no influence and
    are kept. Returns a CarryingCell, or None for a panel with more cells than can be left out in
    turn.
    """
    last = int(np.flatnonzero(panel.untreated.any(0)).max()) + 1
    units, periods = panel.counts.shape
    if units * last > MOST_CELLS:
        return None
    places = [divmod(place, last) for place in range(units * last)]
    places = [each for each in places if not panel.partial[each]]
    found = np.empty(len(places))
    size = max(1, AT_ONCE // (units * periods))
    for start in range(0, len(places), size):
        part = places[start : start + size]
        out = np.repeat(panel.partial[None], len(part), axis=0)
        for fit_number, (unit, period) in enumerate(part):
            out[fit_number, unit, period] = True
        first = panel.first[None].repeat(len(part), 0)
        found[start : start + size] = log_ratios(
            panel, x, first, np.ones(first.shape, dtype=bool), out
        )
    moved = np.where(np.isfinite(found), np.abs(found - estimate), -1)
    unit, period = places[int(np.argmax(moved))]
    return CarryingCell(
        panel.units[unit],
        str(panel.calendar.label(period)),
        float(panel.counts[unit, period]),
        float(found[int(np.argmax(moved))]),
    )


def _refuse_separation(panel: Panel, cells: Mask, counted: Mask) -> None:
    open_counts = panel.counts * cells
    if not panel.counts.any():
        raise Refusal("all counts are zero: there is nothing to estimate")
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
