"""Event study: observed against expected, period by period before and after the date.

The figures of a staged roll-out by name follow: counts, chance, jackknife, earlier periods.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy import optimize, stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.gates import point_may_be_shown
from orchestration.evaluation.staged_adoption.panel import Panel
from orchestration.evaluation.staged_adoption.poisson_imputation import (
    Imputed,
    Jackknife,
    fit,
    impute,
)

#: Periods grouped in the joint test: with one coefficient each it would have no power.
BLOCK = 3


@dataclass(frozen=True)
class PreTest:
    """A joint test of the periods before, and the smallest trend detected with 80% power."""

    statistic: float
    freedom: tuple[int, int]
    p_value: float
    missed_drift: float | None


def after(panel: Panel, found: Imputed) -> list[tuple[int, float, float, int]]:
    """Observed and expected counts of every treated period with a comparison.

    Returns a row per event period: the period, observed, expected, units.
    """
    ahead = np.arange(panel.counts.shape[1]) - panel.first[:, None]
    rows = []
    for each in range(int(ahead[found.counted].max()) + 1 if found.counted.any() else 0):
        at = found.counted & (ahead == each)
        if at.any() and found.observed[at].sum() > 0:
            seen, due = found.observed[at].sum(), found.expected[at].sum()
            rows.append((each, float(seen), float(due), int(at.sum())))
    return rows


def points(
    panel: Panel, found: Imputed, ahead: "Leads", reach: dict[int, float]
) -> list[dict[str, Any]]:
    """Counts and log ratio of every event period, with its interval.

    `reach` is half the width of the interval by event period. Returns a row an event period, before
    and after: observed, expected, log ratio and both ends (None where `reach` has none), units,
    and whether it may be shown.
    """
    return [
        {
            "event_period": each,
            "observed": seen,
            "expected": due,
            "log_ratio": log(seen / due),
            "log_ratio_low": log(seen / due) - reach[each] if each in reach else None,
            "log_ratio_high": log(seen / due) + reach[each] if each in reach else None,
            "units": units,
            "is_reliable": point_may_be_shown(units, seen).passed,
        }
        for each, seen, due, units in (*ahead.rows(), *after(panel, found))
    ]


def reaches(panel: Panel, x: Numbers, ahead: "Leads") -> dict[int, float]:
    """Half the width of the 95 % interval of each event period's log ratio.

    `x` (covariates, units, periods). Each unit is left out in turn and everything fitted again; t
    with one degree of freedom less than units (MacKinnon, Nielsen and Webb 2023, Journal of Applied
    Econometrics 38:671). Returns the half-widths by event period, without those periods that some
    unit's leaving empties: these have no interval.
    """
    units = len(panel.units)
    whole = {each: log(seen / due) for each, seen, due, _ in ahead.rows()}
    found = impute(panel, x)
    whole |= {each: log(seen / due) for each, seen, due, _ in after(panel, found)}
    without = _without_before(ahead) | _without_after(panel, x)
    edge = float(stats.t.ppf(0.975, units - 1))
    return {
        each: edge * sqrt((units - 1) / units * float(((without[each] - value) ** 2).sum()))
        for each, value in whole.items()
        if np.isfinite(without[each]).all()
    }


def _without_before(ahead: "Leads") -> dict[int, Numbers]:
    """Log ratios (units,) of the periods before the date, each unit left out in turn."""
    return {
        place - ahead.leads: _log_of(ahead.without[:, place, 0], ahead.without[:, place, 1])
        for place in range(ahead.leads)
    }


def _without_after(panel: Panel, x: Numbers) -> dict[int, Numbers]:
    """Log ratios (units,) of the periods from the date on, each unit left out in turn."""
    kept = ~np.eye(len(panel.units), dtype=bool)[:, :, None]
    cells = panel.untreated & kept
    counted = panel.treated & kept & np.any(cells, axis=1, keepdims=True)
    expected = fit(panel.counts, panel.exposure, cells, x).expected
    ahead = np.arange(panel.counts.shape[1]) - panel.first[:, None]
    return {
        each: _log_of(
            (panel.counts * (counted & (ahead == each))).sum((1, 2)),
            (expected * (counted & (ahead == each))).sum((1, 2)),
        )
        for each in range(int(ahead.max()) + 1)
    }


def _log_of(seen: Numbers, due: Numbers) -> Numbers:
    """Logarithms of ratios, not a number where either side is zero."""
    is_good = (seen > 0) & (due > 0)
    ratio = np.divide(seen, due, out=np.ones_like(due), where=is_good)
    found: Numbers = np.where(is_good, np.log(ratio), np.nan)
    return found


def before(panel: Panel, x: Numbers, leads: int) -> "Leads":
    """Expect the `leads` periods before each date from the other units and the unit's own past.

    `x` (covariates, units, periods). Each unit's own leads are left out of the fit that expects
    them, so that they are not residuals of their own fit (Borusyak, Jaravel and Spiess 2024, Review
    of Economic Studies 91:3253, argue for a test that is separate from the estimate). Periods at
    and after the date are expected from the same fits. Returns Leads.
    """
    return Leads(panel, x, leads)


@dataclass(frozen=True)
class Leads:
    """Periods around the date, `leads` of them before it, all compared with the past before those.

    `x` (covariates, units, periods). Both sides are compared with the same past, as a bound on
    differential trends requires (Roth 2024, Interpreting event-studies from recent
    difference-in-differences methods).
    """

    panel: Panel
    x: Numbers
    leads: int

    @cached_property
    def sums(self) -> Numbers:
        """Observed, expected and units by period, oldest first: (periods, 3)."""
        everyone = np.ones((1, len(self.panel.units)), bool)
        found: Numbers = _sums(self.panel, self.x, self.leads, everyone)[0]
        return found

    @cached_property
    def without(self) -> Numbers:
        """The same with each unit left out in turn: (units, periods, 3)."""
        kept = ~np.eye(len(self.panel.units), dtype=bool)
        return _sums(self.panel, self.x, self.leads, kept)

    def rows(self) -> list[tuple[int, float, float, int]]:
        """The periods before the date.

        Returns a row per period: the event period (below zero), observed, expected, units.
        """
        return [
            (place - self.leads, float(seen), float(due), int(units))
            for place, (seen, due, units) in enumerate(self.sums[: self.leads])
            if seen > 0 and due > 0
        ]

    def test(self) -> PreTest | None:
        """Joint Wald test of blocks of leads with the covariance of a jackknife over units.

        Hotelling's F. Returns a PreTest, or None where leads or units are too few for it, or
        nothing varies.
        """
        units = len(self.panel.units)
        blocks = self._before(self.sums[None])
        size = blocks.shape[1]
        if size == 0 or units <= size + 1 or not np.isfinite(blocks).all():
            return None
        without = self._before(self.without)
        if without.shape[1] != size or not np.isfinite(without).all():
            return None
        away = without - blocks[0]
        covariance = (units - 1) / units * away.T @ away
        if np.linalg.matrix_rank(covariance) < size:
            return None
        scale = (units - size) / (size * (units - 1))
        statistic = float(blocks[0] @ np.linalg.solve(covariance, blocks[0])) * scale
        freedom = size, units - size
        drift = self._missed(covariance, scale, freedom)
        return PreTest(statistic, freedom, float(stats.f.sf(statistic, *freedom)), drift)

    def _before(self, sums: Numbers) -> Numbers:
        return _blocks(sums[:, : self.leads, :2])

    def _missed(self, covariance: Numbers, scale: float, freedom: tuple[int, int]) -> float | None:
        """The drift per period, from the first lead on, that the test detects with 80% power."""
        step = 0.01
        ahead = np.arange(self.panel.counts.shape[1]) - self.panel.first[:, None]
        drifted = np.exp(step * np.clip(ahead + self.leads + 1, 0, self.leads + 1))
        base = fit(
            self.panel.counts, self.panel.exposure, self.panel.untreated[None], self.x
        ).expected[0]
        everyone = np.ones((1, len(self.panel.units)), bool)
        response = [
            self._before(_sums(_with(self.panel, base * factor), self.x, self.leads, everyone))[0]
            for factor in (drifted, np.ones_like(drifted))
        ]
        moved = (response[0] - response[1]) / step
        strength = float(moved @ np.linalg.solve(covariance, moved)) * scale * freedom[0]
        if not strength > 0:
            return None
        edge = stats.f.ppf(0.95, *freedom)

        def short(away: float) -> float:
            return float(stats.ncf.sf(edge, *freedom, away)) - 0.8

        needed = optimize.brentq(short, 1e-6, 1e4)
        return float(np.sqrt(needed / strength))


def _with(panel: Panel, counts: Numbers) -> Panel:
    return replace(panel, counts=counts)


def _sums(panel: Panel, x: Numbers, leads: int, kept: Numbers) -> Numbers:
    """Observed, expected and units by event period, for every choice of kept units.

    (choices, periods, 3), the periods from the first lead on. A cell whose period has no untreated
    unit, its own leads left out, has no comparison and is left out.
    """
    units, periods = panel.counts.shape
    ahead = np.arange(periods) - panel.first[:, None]
    is_treated = (panel.first < periods)[:, None]
    is_near = is_treated & (ahead >= -leads) & np.any(ahead < -leads, axis=1, keepdims=True)
    is_near &= ~panel.partial
    own = np.eye(units, dtype=bool)[:, :, None] & is_near
    size = leads + periods - int(panel.first.min())
    sums = np.zeros((len(kept), size, 3))
    for place, choice in enumerate(kept):
        cells = panel.untreated & choice[:, None] & ~own[choice]
        expected = fit(panel.counts, panel.exposure, cells, x).expected
        mine = expected[np.arange(len(expected)), np.flatnonzero(choice)]
        at = is_near[choice] & cells.any(1)
        event = ahead[choice][at] + leads
        for kind, value in enumerate((panel.counts[choice], mine, np.ones_like(mine))):
            sums[place, :, kind] = np.bincount(event, weights=value[at], minlength=size)
    return sums


def _blocks(sums: Numbers) -> Numbers:
    """Log ratios of blocks of leads, those without anyone left out: (choices, blocks)."""
    starts = range(0, sums.shape[1], BLOCK)
    whole = np.stack([sums[:, start : start + BLOCK].sum(1) for start in starts], axis=1)
    whole = whole[:, (whole > 0).all(2).all(0)] if len(whole) else whole
    ratios: Numbers = np.log(whole[..., 0] / whole[..., 1])
    return ratios


def shuffled_values(chance: Numbers, p_value: float) -> dict[str, float | int]:
    """The p-value, the spread and the number of shuffled dates.

    `chance` (draws,) holds the log ratios at shuffled dates. Returns the figures by name.
    """
    spread = float(chance.std(ddof=1))
    return {"p_randomisation": p_value, "sd_shuffled": spread, "draws": len(chance)}


def counted_values(panel: Panel, found: Imputed) -> dict[str, float | int | str]:
    """The estimate and the counts behind it.

    Returns the figures by name.
    """
    counted = np.flatnonzero(found.counted.any(0))
    return {
        "log_ratio": found.log_ratio,
        "ratio": exp(found.log_ratio),
        "observed": found.total_observed,
        "expected": found.total_expected,
        "units": len(panel.units),
        "waves": len(panel.waves),
        "first_identified": str(panel.calendar.label(int(counted.min()))),
        "last_identified": str(panel.calendar.label(int(counted.max()))),
        "before_after_log_ratio": before_after(panel),
    }


def partial_values(panel: Panel, x: Numbers) -> dict[str, int | float]:
    """How many cells cameras came within, and the estimate that counts these as untreated.

    `x` (covariates, units, periods). Returns the figures by name; the estimate only where there are
    such cells.
    """
    cells = int(panel.partial.sum())
    if not cells:
        return {"partial_cells": cells}
    as_untreated = impute(replace(panel, begun=None), x).log_ratio
    return {"partial_cells": cells, "partial_as_untreated_log_ratio": as_untreated}


def before_after(panel: Panel) -> float:
    """Log ratio of all rates at or after the date to all before it: a description.

    Returns the log ratio.
    """
    treated = panel.treated & (panel.first < panel.counts.shape[1])[:, None]
    earlier = panel.untreated & (panel.first < panel.counts.shape[1])[:, None]
    after, before = (
        panel.counts[side].sum() / panel.exposure[side].sum() for side in (treated, earlier)
    )
    return log(after / before)


def jackknife_values(error: Jackknife | None) -> dict[str, float | None]:
    """Error, interval and p-value of the jackknife.

    Returns the figures by name, None each where units are too few.
    """
    if error is None:
        return {"se_jackknife": None, "ci_lo": None, "ci_hi": None, "p_jackknife": None}
    return {
        "se_jackknife": error.error,
        "ci_lo": error.low,
        "ci_hi": error.high,
        "p_jackknife": error.p_value,
    }


def pre_test_values(ahead: Leads) -> dict[str, float | None]:
    """The joint test of the periods before, and the trend that it would have missed.

    Returns the figures by name, None each where there is no test.
    """
    test = ahead.test()
    return {
        "pre_test_F": test.statistic if test else None,
        "pre_test_p": test.p_value if test else None,
        "missed_drift_per_period": test.missed_drift if test else None,
    }
