"""Sensitivity analyses and robustness checks of a staged roll-out, and its relative magnitudes.

Other estimators on the same cells, and the same estimator on less; then how far parallel trends
may be violated before the finding breaks down.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy import optimize, stats

from orchestration.evaluation.columns import NEVER, Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.gates import point_may_be_shown
from orchestration.evaluation.staged_adoption.callaway_santanna import AGGREGATIONS, cells_of
from orchestration.evaluation.staged_adoption.event_study import BLOCK, Leads
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
from orchestration.evaluation.wording import plain, side

YEAR = 12
Figures = tuple[float, float, float, float]
#: The multiples of the largest move before the date for which intervals are given.
MULTIPLES = {"half": 0.5, "once": 1.0, "twice": 2.0}
#: A finding that holds beyond this multiple has no breakdown value.
MOST_MULTIPLE = 100.0
LEVEL = 0.05


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


@dataclass(frozen=True)
class Interval:
    """What remains if trends differ by `multiple` times the largest move before: set, interval."""

    multiple: float
    set_low: float
    set_high: float
    low: float
    high: float


@dataclass(frozen=True)
class Path:
    """Log ratios of b blocks of periods around the date, and their covariance.

    `log_ratios` (b,) and `covariance` (b, b). The first `before` blocks lie before the date; the
    last of those is the reference of the others. `weights` (b - before,) of the blocks after it add
    up to 1. `freedom` is that of the covariance.
    """

    log_ratios: Numbers
    covariance: Numbers
    before: int
    weights: Numbers
    freedom: float

    @property
    def target(self) -> Numbers:
        """Weights (b,) of blocks in the average after the date, from the last block before."""
        found = np.zeros(len(self.log_ratios))
        found[self.before - 1] = -1
        found[self.before :] = self.weights
        return found

    @property
    def estimate(self) -> float:
        """The average after the date."""
        return float(self.target @ self.log_ratios)

    def under(self, multiple: float) -> Interval:
        """Interval if trends differ by up to `multiple` times the largest move before.

        Relative magnitudes of Rambachan and Roth (2023, Review of Economic Studies 90:2555, section
        2.4.1). From one block to the next the violation after the date is at most `multiple` times
        the largest move before it. It is then bounded by that move for one place and sign of it,
        for each of which both ends are linear in the estimates; the interval is the union of their
        95% intervals, which holds the truth at least as often (their lemma on unions of
        restrictions). Unlike the library's, it treats the moves before the date as estimated.

        Returns an Interval.
        """
        reach = float(stats.t.ppf(1 - LEVEL / 2, self.freedom))
        grown = float(self.weights @ np.arange(1, len(self.weights) + 1)) * multiple
        moves = np.diff(np.eye(len(self.log_ratios))[: self.before], axis=0)
        ends = self.target + grown * np.concatenate([moves, -moves])
        middle = ends @ self.log_ratios
        away = reach * np.sqrt(np.einsum("eb,bc,ec->e", ends, self.covariance, ends))
        return Interval(
            multiple,
            float(middle.min()),
            float(middle.max()),
            float((middle - away).min()),
            float((middle + away).max()),
        )

    def breakdown(self) -> float | None:
        """The breakdown value: the smallest multiple whose interval holds zero.

        Returns the multiple, or None where it is beyond 100.
        """

        def clear(multiple: float) -> float:
            found = self.under(multiple)
            return max(found.low, -found.high)

        if clear(0) <= 0:
            return 0.0
        return float(optimize.brentq(clear, 0, MOST_MULTIPLE)) if clear(MOST_MULTIPLE) < 0 else None


def path_of(ahead: Leads) -> Path | None:
    """The path around the date in blocks of three periods, its covariance by jackknife over units.

    Returns a Path, or None with fewer than two blocks before the date, without a whole block after
    it that has three units and ten events behind every period, or where a unit left out leaves a
    block empty.
    """
    before = ahead.leads // BLOCK
    whole = _blocks(ahead.sums[None], ahead.leads)[0]
    after = _enough_after(whole[before:])
    if before < 2 or not after or not (whole[:before, :2] > 0).all():  # noqa: PLR2004 - one move
        return None
    kept = slice(0, before + after)
    without = _blocks(ahead.without, ahead.leads)[:, kept]
    if not (without[..., :2] > 0).all():
        return None
    units = len(ahead.panel.units)
    full = _log_ratios(whole[kept])
    apart = _log_ratios(without) - full
    due = whole[before : before + after, 1]
    return Path(
        log_ratios=full,
        covariance=(units - 1) / units * apart.T @ apart,
        before=before,
        weights=due / due.sum(),
        freedom=units - 1,
    )


def relative_magnitudes_values(path: Path | None) -> dict[str, float | None]:
    """The average after the date, its interval under each multiple, and the breakdown value.

    Returns each figure by name, None where there is none.
    """
    values: dict[str, float | None] = {"drift_log_ratio": path.estimate if path else None}
    for name, multiple in MULTIPLES.items():
        at = path.under(multiple) if path else None
        values[f"drift_{name}_lo"] = at.low if at else None
        values[f"drift_{name}_hi"] = at.high if at else None
    return values | {"drift_breakdown": path.breakdown() if path else None}


def relative_magnitudes_rows(path: Path | None) -> list[dict[str, float]]:
    """The same as rows, from parallel trends on, with the sets that zero covariance would leave.

    Returns a row per multiple.
    """
    return [asdict(path.under(each)) for each in (0.0, *MULTIPLES.values())] if path else []


def relative_magnitudes_in_words(path: Path | None) -> str:
    """Describe what remains of the finding if trends went on differing as they did before.

    Returns the sentences.
    """
    if path is None:
        return "Too few periods or units stand around the date to say what drift would leave of it."
    at = path.under(1)
    summary = (
        "If the places drifted apart after the date by no more, from each three periods to the "
        "next, than the most seen before it, anything from "
        f"{side(at.low)} to {side(at.high)} fits (measured from the last three periods before). "
    )
    breaks = path.breakdown()
    if breaks == 0:
        return summary + "Even without such drift we could not tell a change from none."
    much = f"{MOST_MULTIPLE:g}" if breaks is None else f"{plain(breaks, 2)}"
    return summary + f"The change remains up to {much} times that drift."


def _blocks(sums: Numbers, leads: int) -> Numbers:
    """Observed and expected of whole blocks and the fewest units of a period of each."""
    start = leads % BLOCK
    count = (sums.shape[1] - start) // BLOCK
    parts = sums[:, start : start + count * BLOCK].reshape(len(sums), count, BLOCK, 3)
    return np.concatenate([parts[..., :2].sum(2), parts[..., 2:].min(2)], axis=-1)


def _enough_after(after: Numbers) -> int:
    """How many blocks after the date, from the first on, have enough behind them."""
    enough = [
        due > 0 and point_may_be_shown(int(units), float(seen)).passed for seen, due, units in after
    ]
    return enough.index(False) if False in enough else len(enough)


def _log_ratios(blocks: Numbers) -> Numbers:
    return np.log(blocks[..., 0] / blocks[..., 1])
