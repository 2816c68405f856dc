"""Boroughs by months of invented complaints, the same for a scenario and a seed on any machine."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from orchestration.evaluation.columns import NEVER, Calendar, Numbers
from orchestration.evaluation.staged_adoption.panel import Panel, Whole
from tests.simulations.scenarios import (
    FIRST_START,
    LAST_START,
    MONTHS,
    RECORD_MONTHS,
    STEP_MONTH,
    Scenario,
)

OVERDISPERSION = 0.03
#: Persistence from month to month and lasting spread of what moves a borough, and all of them.
BOROUGH_SHOCKS, COMMON_SHOCKS = (0.4, 0.10), (0.5, 0.06)
SEASON, TREND, BOROUGH_SD = 0.08, 0.003, 0.35
OFFICERS, HOURS_A_MONTH, HOURS_SD = (450, 950), 105.0, 0.02


@dataclass(frozen=True)
class Simulated:
    """A panel, and the counts expected of it with cameras and without (boroughs by months)."""

    panel: Panel
    without: Numbers
    log_effect: Numbers

    @property
    def counted(self) -> Numbers:
        """1 for a treated cell in whose month some borough is still without cameras."""
        treated = self.panel.treated
        return (treated & (~treated).any(0)).astype(float)

    def log_ratio(self, cells: Numbers) -> float:
        """The true log ratio of all complaints of some cells, with cameras over without."""
        due = self.without * cells
        return float(np.log((due * np.exp(self.log_effect)).sum() / due.sum()))

    def mean_log(self, cells: Numbers) -> float:
        """The true mean of the log ratios of some cells."""
        return float((self.log_effect * cells).sum() / cells.sum())


def seeded(kind: str, seed: int) -> np.random.Generator:
    """A stream of its own for every kind of draw and seed."""
    return np.random.default_rng([crc32(kind.encode()), seed])


def simulate(scenario: Scenario, seed: int) -> Simulated:
    """Draw the panel of a scenario: negative-binomial counts about what its months expect."""
    draw = seeded(f"panel {scenario.name}", seed)
    size = scenario.boroughs, MONTHS
    officers = draw.integers(*OFFICERS, scenario.boroughs)
    varied = np.exp(draw.normal(0, HOURS_SD, size))
    exposure: Numbers = np.asarray(officers[:, None] * HOURS_A_MONTH * varied, dtype=np.float64)
    without = _expected(scenario, draw, exposure)
    noise = draw.gamma(1 / OVERDISPERSION, OVERDISPERSION, size)
    first = _starts(scenario, draw, draw.poisson(without * noise) / exposure)
    log_effect = _effect(scenario, first)
    panel = Panel(
        units=tuple(f"borough {number:02d}" for number in range(scenario.boroughs)),
        calendar=Calendar(1, 1, MONTHS, is_dated=False),
        counts=draw.poisson(without * np.exp(log_effect) * noise).astype(float),
        exposure=exposure,
        first=first,
        columns={},
    )
    return Simulated(panel, without, log_effect)


def _expected(scenario: Scenario, draw: np.random.Generator, exposure: Numbers) -> Numbers:
    month = np.arange(MONTHS)
    level = draw.normal(0, BOROUGH_SD, scenario.boroughs)
    drift = draw.normal(0, 1, scenario.boroughs) * scenario.drift_sd
    shared = TREND * month + SEASON * np.sin(2 * np.pi * month / 12)
    shared += _persistent(draw, COMMON_SHOCKS, (1, MONTHS))[0]
    shared += np.log(scenario.step) * (month >= STEP_MONTH)
    moved = level[:, None] + drift[:, None] * (month - MONTHS / 2) + shared
    moved += _persistent(draw, BOROUGH_SHOCKS, exposure.shape)
    usual = np.mean(OFFICERS) * HOURS_A_MONTH * np.exp(BOROUGH_SD**2 / 2 + TREND * MONTHS / 2)
    return np.asarray(scenario.mean * exposure / usual * np.exp(moved))


def _persistent(
    draw: np.random.Generator, kind: tuple[float, float], size: tuple[int, ...]
) -> Numbers:
    """Autoregressive shocks of the first order, stationary from the first month on."""
    keeps, spread = kind
    fresh = draw.normal(0, spread, size)
    fresh[:, 1:] *= np.sqrt(1 - keeps**2)
    for month in range(1, size[1]):
        fresh[:, month] += keeps * fresh[:, month - 1]
    return fresh


def _starts(scenario: Scenario, draw: np.random.Generator, rate: Numbers) -> Whole:
    """First months with cameras: at random, or those with the highest recent rate first."""
    treated = scenario.boroughs - scenario.never
    dates = np.round(np.linspace(FIRST_START, LAST_START, treated)).astype(np.int64)
    order = draw.permutation(scenario.boroughs)
    if scenario.worst_first:
        recent = rate[:, FIRST_START - RECORD_MONTHS : FIRST_START].mean(1)
        order = np.argsort(-recent, kind="stable")
    first = np.full(scenario.boroughs, NEVER, dtype=np.int64)
    first[order[:treated]] = dates
    return first


def _effect(scenario: Scenario, first: Whole) -> Numbers:
    """The log of what cameras do, by borough and month."""
    since = np.arange(MONTHS) - first[:, None] + 1
    grown = np.clip(since / scenario.months_to_grow, 0, 1)
    place = (first - FIRST_START) / (LAST_START - FIRST_START)
    strength = 1 + scenario.by_wave * (1 - 2 * np.clip(place, 0, 1))
    return np.asarray(np.log(scenario.ratio) * strength[:, None] * grown)
