"""Power by simulation, where no formula holds: carry-over, clumped complaints, few teams."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import clustered
from orchestration.evaluation.trials.randomisation_inference import (
    Allocation,
    allocations,
    column_order,
    studentised,
)

LEVEL = 0.05


@dataclass(frozen=True)
class Simulated:
    """Share of simulated trials that rejected, its Monte-Carlo error, and the mean log ratio."""

    power: float
    error: float
    mean_log_ratio: float


@dataclass(frozen=True)
class ShiftPlan:
    """A trial of shifts in weekly blocks.

    `ratio` is what cameras do on their shifts; `carry_over` the share of it that officers carry
    into shifts without them; `extra` further complaints on average on each incident.
    """

    weeks: int
    shifts_a_week: int
    events_a_shift: float
    ratio: float
    carry_over: float = 0.0
    extra: float = 0.0


def simulate_shifts(plan: ShiftPlan, runs: int, seed: int) -> Simulated:
    """Simulate shift trials; test each by the studentised difference of rates, as the engine does.

    The share carried over acts on the log rate of the control shifts. Returns a Simulated. Raises
    Refusal for a plan of fewer than two weeks or fewer than two shifts a week.
    """
    if plan.shifts_a_week < 2 or plan.weeks < 2:  # noqa: PLR2004 - both arms in every week
        raise Refusal("a plan needs two weeks or more of two shifts or more")
    units = plan.weeks * plan.shifts_a_week
    block = np.repeat(np.arange(plan.weeks), plan.shifts_a_week)
    first = np.tile(np.arange(plan.shifts_a_week) < plan.shifts_a_week // 2, plan.weeks)
    allocation = Allocation(first, block, np.full(units, first.mean()))
    rng = np.random.default_rng([seed, 1])
    found: list[bool] = []
    ratios: list[float] = []
    chance = allocation.chance[column_order(allocation)]
    for batch in allocations(allocation, runs, seed):
        for treated in batch:
            log_rate = np.log(plan.ratio) * np.where(treated == 1, 1.0, plan.carry_over)
            counts = rng.poisson(plan.events_a_shift * np.exp(log_rate))
            outcome = counts + (rng.poisson(plan.extra * counts) if plan.extra else 0.0)
            statistic = studentised(treated[None, :], outcome, np.ones(units), chance)[0]
            found.append(bool(abs(statistic) > stats.norm.ppf(1 - LEVEL / 2)))
            means = outcome[treated == 1].mean(), outcome[treated == 0].mean()
            ratios.append(float(np.log(means[0] / means[1])) if min(means) > 0 else np.nan)
    return _told(found, ratios)


@dataclass(frozen=True)
class TeamPlan:
    """A trial of teams within strata: how many teams each has, and how many are treated."""

    strata: int
    teams: int
    treated: int
    events_a_team: float
    ratio: float
    variation: float


def simulate_teams(plan: TeamPlan, runs: int, seed: int) -> Simulated:
    """Simulate trials of teams; test each by least squares of log rates on arm and stratum, t.

    True rates of teams follow a gamma distribution with coefficient of variation `variation`.
    Returns a Simulated. Raises Refusal for strata without both arms, and where no degrees of
    freedom are left.
    """
    if not 0 < plan.treated < plan.teams:
        raise Refusal("every stratum needs teams of both arms")
    rng = np.random.default_rng([seed, 2])
    units = plan.strata * plan.teams
    treated = np.tile(np.arange(plan.teams) < plan.treated, plan.strata).astype(float)
    stratum = np.eye(plan.strata)[np.repeat(np.arange(plan.strata), plan.teams)]
    design = np.column_stack([treated, stratum])
    shape = 1 / plan.variation**2 if plan.variation else np.inf
    freedom = units - design.shape[1]
    if freedom < 1:
        raise Refusal("fewer clusters than the method needs: nothing is left to judge by")
    found: list[bool] = []
    estimates: list[float] = []
    for _ in range(runs):
        true = rng.gamma(shape, 1 / shape, units) if plan.variation else np.ones(units)
        counts = rng.poisson(plan.events_a_team * true * plan.ratio**treated)
        fit = clustered.fit(design, np.log(counts + 0.5))
        spread = float(fit.residuals @ fit.residuals) / freedom * fit.bread[0, 0]
        statistic = float(fit.coefficients[0]) / sqrt(spread)
        found.append(bool(abs(statistic) > stats.t.ppf(1 - LEVEL / 2, freedom)))
        estimates.append(float(fit.coefficients[0]))
    return _told(found, estimates)


def _told(found: list[bool], ratios: list[float]) -> Simulated:
    power = float(np.mean(found))
    error = sqrt(power * (1 - power) / len(found))
    finite = np.array(ratios)[np.isfinite(ratios)]
    return Simulated(power, error, float(finite.mean()) if len(finite) else 0.0)
