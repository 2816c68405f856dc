"""Plans by simulation, where no formula holds: carry-over, clumped complaints, few teams."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Value
from orchestration.evaluation.planning.power_by_formula import plan_result
from orchestration.evaluation.rates import clustered
from orchestration.evaluation.trials.randomisation import (
    Allocation,
    allocations,
    column_order,
    studentised,
)

LEVEL = 0.05
RUNS = Field(default=1_000, ge=50, le=20_000)


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
    return _summarised(found, ratios)


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
    return _summarised(found, estimates)


def _summarised(found: list[bool], ratios: list[float]) -> Simulated:
    power = float(np.mean(found))
    error = sqrt(power * (1 - power) / len(found))
    finite = np.array(ratios)[np.isfinite(ratios)]
    return Simulated(power, error, float(finite.mean()) if len(finite) else 0.0)


class ShiftSimulation(Keys):
    """A shift trial with carry-over and with several complaints on one incident."""

    weeks: int = Field(ge=2, le=1_040)
    shifts_a_week: int = Field(default=14, ge=2, le=10_000)
    events_a_shift: float = Field(gt=0)
    ratio: float = Field(gt=0)
    carry_over: float = Field(default=0, ge=0, le=1)
    extra: float = Field(default=0, ge=0)
    runs: int = RUNS
    seed: int = 1


def plan_shifts(keys: ShiftSimulation, _table: pl.DataFrame | None) -> Result:
    """Power of a shift trial, by simulating and testing many.

    Returns the Result of a plan. Raises Refusal as `simulate_shifts` does.
    """
    plan = ShiftPlan(**keys.model_dump(exclude={"runs", "seed"}))
    found = simulate_shifts(plan, keys.runs, keys.seed)
    return _simulated("plan_shifts", "studentised difference of rates", keys.runs, found)


class TeamSimulation(Keys):
    """A trial of teams within boroughs."""

    strata: int = Field(ge=1, le=1_000)
    teams: int = Field(ge=2, le=10_000)
    treated: int = Field(ge=1, le=10_000)
    events_a_team: float = Field(gt=0)
    ratio: float = Field(gt=0)
    variation: float = Field(ge=0)
    runs: int = RUNS
    seed: int = 1


def plan_teams(keys: TeamSimulation, _table: pl.DataFrame | None) -> Result:
    """Power of a trial of teams, by simulating and testing many.

    Returns the Result of a plan. Raises Refusal as `simulate_teams` does.
    """
    plan = TeamPlan(**keys.model_dump(exclude={"runs", "seed"}))
    found = simulate_teams(plan, keys.runs, keys.seed)
    return _simulated(
        "plan_teams", "least squares of log rates on arm and stratum", keys.runs, found
    )


def _simulated(design: str, test: str, runs: int, found: Simulated) -> Result:
    values: dict[str, Value] = {
        "power": found.power,
        "monte_carlo_error": found.error,
        "mean_log_ratio": found.mean_log_ratio,
        "runs": runs,
    }
    return plan_result(
        design,
        f"{runs:,} simulated trials, {test}, 5% level",
        values,
        f"Of {runs:,} such trials {100 * found.power:.0f} in a hundred would have found it.",
    )


SHIFTS = Design(
    "plan_shifts",
    ShiftSimulation,
    plan_shifts,
    "Power of a shift trial by simulation, with carry-over and several complaints an incident.",
    """\
design: plan_shifts
title: A year of shifts
question: How often would a halving be found if half of it carried over?
keys: {weeks: 52, events_a_shift: 0.05, ratio: 0.5, carry_over: 0.5, runs: 200}
""",
    gives=Gives(values=("power", "monte_carlo_error", "mean_log_ratio", "runs")),
)
TEAMS = Design(
    "plan_teams",
    TeamSimulation,
    plan_teams,
    "Power of a trial of teams within strata by simulation.",
    """\
design: plan_teams
title: Ten boroughs of five teams
question: How often would a fall of a quarter be found?
keys: {strata: 10, teams: 5, treated: 2, events_a_team: 20, ratio: 0.75, variation: 0.3, runs: 200}
""",
    gives=Gives(values=("power", "monte_carlo_error", "mean_log_ratio", "runs")),
)
