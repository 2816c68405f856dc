"""Before and after the date, period by period: what was there before the cameras came."""

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy import optimize, stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rollout.fitting import fit
from orchestration.evaluation.rollout.imputation import Imputed
from orchestration.evaluation.rollout.panel import Panel

#: Periods taken together in the joint test: one coefficient each would leave it without power.
BLOCK = 3


@dataclass(frozen=True)
class PreTest:
    """A joint test of the periods before, and the smallest drift that it would mostly see."""

    statistic: float
    freedom: tuple[int, int]
    p_value: float
    missed_drift: float | None


def after(panel: Panel, found: Imputed) -> list[tuple[int, float, float, int]]:
    """Event period, observed, expected, units; for every treated period with a comparison."""
    ahead = np.arange(panel.counts.shape[1]) - panel.first[:, None]
    rows = []
    for each in range(int(ahead[found.counted].max()) + 1 if found.counted.any() else 0):
        at = found.counted & (ahead == each)
        if at.any() and found.observed[at].sum() > 0:
            seen, due = found.observed[at].sum(), found.expected[at].sum()
            rows.append((each, float(seen), float(due), int(at.sum())))
    return rows


def before(panel: Panel, x: Numbers, leads: int) -> "Leads":
    """Expect the `leads` periods before each date from the other units and the unit's own past.

    Each unit's own leads are left out of the fit that expects them, so that they are no residuals
    of themselves (Borusyak, Jaravel and Spiess, Review of Economic Studies 2024, argue for a test
    apart from the estimate).
    """
    return Leads(panel, x, leads, _lead_sums(panel, x, leads, np.ones((1, len(panel.units)), bool)))


@dataclass(frozen=True)
class Leads:
    """Observed and expected counts by lead, oldest first: (runs, leads, 2)."""

    panel: Panel
    x: Numbers
    leads: int
    sums: Numbers

    def rows(self) -> list[tuple[int, float, float, int]]:
        """Event period (negative), observed, expected, units."""
        ahead = self.panel.first + np.arange(-self.leads, 0)[:, None]
        inside = (self.panel.first < self.panel.counts.shape[1]) & (ahead >= 0)
        return [
            (place - self.leads, float(seen), float(due), int(inside[place].sum()))
            for place, (seen, due) in enumerate(self.sums[0])
            if seen > 0 and due > 0
        ]

    def test(self) -> PreTest | None:
        """Joint Wald test of blocks of leads with the covariance of a jackknife over units.

        Hotelling's F. None where leads are too few or units too few for it.
        """
        units = len(self.panel.units)
        blocks = _blocks(self.sums)
        size = blocks.shape[1]
        if size == 0 or units <= size + 1 or not np.isfinite(blocks).all():
            return None
        kept = ~np.eye(units, dtype=bool)
        without = _blocks(_lead_sums(self.panel, self.x, self.leads, kept))
        if not np.isfinite(without).all():
            return None
        away = without - blocks[0]
        covariance = (units - 1) / units * away.T @ away
        scale = (units - size) / (size * (units - 1))
        statistic = float(blocks[0] @ np.linalg.solve(covariance, blocks[0])) * scale
        freedom = size, units - size
        drift = self._missed(covariance, scale, freedom)
        return PreTest(statistic, freedom, float(stats.f.sf(statistic, *freedom)), drift)

    def _missed(self, covariance: Numbers, scale: float, freedom: tuple[int, int]) -> float | None:
        """Drift per period, begun with the first lead, that is seen four times in five."""
        step = 0.01
        ahead = np.arange(self.panel.counts.shape[1]) - self.panel.first[:, None]
        drifted = np.exp(step * np.clip(ahead + self.leads + 1, 0, self.leads + 1))
        base = fit(
            self.panel.counts, self.panel.exposure, ~self.panel.treated[None], self.x
        ).expected[0]
        everyone = np.ones((1, len(self.panel.units)), bool)
        response = [
            _blocks(_lead_sums(_with(self.panel, base * factor), self.x, self.leads, everyone))[0]
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


def missed_in_words(test: PreTest, leads: int) -> str:
    """What the test of the periods before could not have seen."""
    if test.missed_drift is None:
        return "The periods before the date cannot show a drift in this panel."
    size = abs(exp(test.missed_drift * leads) - 1) * 100
    return (
        f"A steady drift over the {leads} periods before the date that adds up to less than "
        f"{size:.0f} % would have been missed more than one time in five. A quiet past does not "
        "show that the places would have moved alike."
    )


def _with(panel: Panel, counts: Numbers) -> Panel:
    return Panel(panel.units, panel.calendar, counts, panel.exposure, panel.first, panel.columns)


def _lead_sums(panel: Panel, x: Numbers, leads: int, kept: Numbers) -> Numbers:
    """Observed and expected by lead for every choice of kept units: (choices, leads, 2)."""
    units, periods = panel.counts.shape
    ahead = np.arange(periods) - panel.first[:, None]
    is_lead = (ahead < 0) & (ahead >= -leads) & (panel.first < periods)[:, None]
    is_lead &= np.any(ahead < -leads, axis=1, keepdims=True)
    own = np.eye(units, dtype=bool)[:, :, None] & is_lead
    sums = np.zeros((len(kept), leads, 2))
    for place, choice in enumerate(kept):
        cells = ~panel.treated & choice[:, None] & ~own[choice]
        expected = fit(panel.counts, panel.exposure, cells, x).expected
        mine = np.zeros_like(panel.counts)
        mine[choice] = expected[np.arange(len(expected)), np.flatnonzero(choice)]
        mine *= cells.any(1).all(0)
        for lead in range(leads):
            at = is_lead & (ahead == lead - leads) & choice[:, None]
            sums[place, lead] = panel.counts[at].sum(), mine[at].sum()
    return sums


def _blocks(sums: Numbers) -> Numbers:
    """Log ratios of blocks of leads, those without anyone left out: (choices, blocks)."""
    starts = range(0, sums.shape[1], BLOCK)
    whole = np.stack([sums[:, start : start + BLOCK].sum(1) for start in starts], axis=1)
    whole = whole[:, (whole > 0).all(2).all(0)] if len(whole) else whole
    ratios: Numbers = np.log(whole[..., 0] / whole[..., 1])
    return ratios
