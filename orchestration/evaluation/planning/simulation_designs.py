"""Plans by simulation, and schedules randomised from a stored seed."""

from datetime import date, datetime, time

import polars as pl
from pydantic import Field

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.core import Design, Gives, Keys, Result, Value
from orchestration.evaluation.planning.power_formulas import plan_result
from orchestration.evaluation.planning.schedules import cluster_schedule, shift_schedule
from orchestration.evaluation.planning.simulation import (
    ShiftPlan,
    Simulated,
    TeamPlan,
    simulate_shifts,
    simulate_teams,
)

RUNS = Field(default=1_000, ge=50, le=20_000)


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


class ShiftSchedule(Keys):
    """Every tour of some weeks, randomised by weeks within sites."""

    sites: tuple[str, ...] = Field(min_length=1)
    first_day: date
    weeks: int = Field(ge=1, le=1_040)
    tours: dict[str, time] = Field(min_length=1)
    chance: float = Field(default=0.5, gt=0, lt=1)
    allocated_at: datetime
    seed: int


def schedule_shifts(keys: ShiftSchedule, _table: pl.DataFrame | None) -> Result:
    """A schedule that the allocation audit of `shift_trial` accepts.

    Returns a Result with the schedule in its diagnostics. Raises Refusal as `shift_schedule` does.
    """
    table = shift_schedule(
        keys.sites,
        keys.first_day,
        keys.weeks,
        keys.tours,
        chance=keys.chance,
        seed=keys.seed,
        allocated_at=keys.allocated_at,
    )
    return _scheduled("schedule_shifts", table, "alloc", keys.seed)


class ClusterSchedule(Keys):
    """The share of clusters treated in every stratum, and the seed."""

    share: float = Field(default=0.5, gt=0, lt=1)
    seed: int


def schedule_clusters(keys: ClusterSchedule, table: pl.DataFrame | None) -> Result:
    """An arm for every cluster of the table, randomised within strata.

    `table` (one row per cluster). Returns a Result with the schedule in its diagnostics. Raises
    Refusal as `cluster_schedule` does.
    """
    randomised = cluster_schedule(table_of(table), share=keys.share, seed=keys.seed)
    return _scheduled("schedule_clusters", randomised, "arm", keys.seed)


def _scheduled(design: str, table: pl.DataFrame, arm: str, seed: int) -> Result:
    treated = int((table[arm] == "T").sum())
    return plan_result(
        design,
        f"randomised by blocks from seed {seed}; each block has a generator of its own",
        {"units": table.height, "treated": treated, "seed": seed},
        f"{treated:,} of {table.height:,} allocated cameras. Keep the seed: with it anybody can "
        "make the same schedule again.",
        schedule=table,
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
SHIFT_SCHEDULE = Design(
    "schedule_shifts",
    ShiftSchedule,
    schedule_shifts,
    "A schedule of shifts by weekly blocks; `--out FILE.csv` writes it.",
    """\
design: schedule_shifts
title: Four weeks of two stations
question: Which shifts carry cameras?
keys:
  sites: [north, south]
  first_day: 2026-03-02
  weeks: 4
  tours: {day: "07:00", night: "19:00"}
  allocated_at: 2026-02-20 09:00:00
  seed: 2026
""",
    gives=Gives(values=("units", "treated", "seed"), diagnostics=("schedule",)),
)
CLUSTER_SCHEDULE = Design(
    "schedule_clusters",
    ClusterSchedule,
    schedule_clusters,
    "An arm for every cluster (`cluster`, `stratum`) of a table; `--out FILE.csv` writes it.",
    """\
design: schedule_clusters
title: Teams of two boroughs
question: Which teams carry cameras?
keys: {share: 0.4, seed: 2026}
inline:
  cluster: [a1, a2, a3, a4, a5, b1, b2, b3, b4, b5]
  stratum: [a, a, a, a, a, b, b, b, b, b]
""",
    gives=Gives(values=("units", "treated", "seed"), diagnostics=("schedule",)),
)
