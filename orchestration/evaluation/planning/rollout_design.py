"""The plan of a staged roll-out: power, smallest fall and units, its dates given or randomised."""

from math import exp

import numpy as np
import polars as pl
from pydantic import Field

from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Value
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.planning.power_formulas import POWER, plan_result
from orchestration.evaluation.planning.rollout_simulation import (
    MOST_UNITS,
    RolloutPlan,
    SimulatedRollouts,
    simulate_rollouts,
    units_needed,
)
from orchestration.evaluation.scale import Scale

METHOD = (
    "{runs:,} simulated roll-outs, Poisson imputation with a jackknife over units, 5% level; the "
    "smallest fall from the same roll-outs with another truth"
)


class RolloutSimulation(Keys):
    """A staged roll-out in waves of units, by periods counted from 1.

    The first periods with cameras are given (`dates`), or randomised once from the seed: `waves` of
    them between the two periods of `between`. `never` units have no cameras. `events_a_period` are
    those of a unit without cameras; `unit_spread`, `shocks`, `persistence` and `overdispersion` say
    how units differ, how they move by themselves, how much of that stays, and how counts vary about
    it.
    """

    units: int = Field(ge=2, le=400)
    periods: int = Field(ge=3, le=400)
    dates: tuple[int, ...] = ()
    waves: int | None = Field(default=None, ge=1, le=400)
    between: tuple[int, int] | None = None
    never: int = Field(default=0, ge=0, le=400)
    events_a_period: float = Field(gt=0)
    ratio: float = Field(gt=0)
    unit_spread: float = Field(default=0.35, ge=0)
    shocks: float = Field(default=0.1, ge=0)
    persistence: float = Field(default=0.4, ge=0, lt=1)
    overdispersion: float = Field(default=0.03, ge=0)
    power: float = POWER
    runs: int = Field(default=200, ge=50, le=20_000)
    seed: int = 1


def plan_rollout(keys: RolloutSimulation, _table: pl.DataFrame | None) -> Result:
    """Power of a staged roll-out by simulation, its smallest detectable fall, and the units needed.

    Returns the Result of a plan on the log scale. Raises Refusal where dates are neither given nor
    to be randomised, and as `simulate_rollouts` does.
    """
    given = keys.model_dump(
        exclude={"dates", "waves", "between", "events_a_period", "power", "runs", "seed"}
    )
    plan = RolloutPlan(**given, dates=_dates(keys), events=keys.events_a_period)
    found = simulate_rollouts(plan, keys.runs, keys.seed)
    needed = (None, None) if keys.ratio == 1 else units_needed(found, keys.power, keys.seed)
    smallest = found.smallest(keys.power)
    fall = 1 - exp(-smallest)
    values: dict[str, Value] = {
        "power": found.power,
        "monte_carlo_error": found.monte_carlo_error,
        "mean_log_ratio": float(np.nanmean(found.log_ratios)),
        "sd_log_ratio": found.spread,
        "smallest_detectable_fall": fall,
        "units_needed": needed[0],
        "power_of_units_needed": needed[1],
        "dates": ", ".join(map(str, plan.dates)),
        "not_estimable": float(np.mean(~np.isfinite(found.errors))),
        "runs": keys.runs,
    }
    words = _words(keys, found, fall, needed[0])
    method = METHOD.format(runs=keys.runs)
    return plan_result(
        "plan_rollout",
        method,
        values,
        words,
        smallest=smallest,
        scale=Scale.LOG_RATIO,
        is_randomised=False,
    )


def _dates(keys: RolloutSimulation) -> tuple[int, ...]:
    """Dates in order, randomised by a generator of their own where they are not given."""
    if keys.dates and keys.waves is None and keys.between is None:
        return tuple(sorted(keys.dates))
    if keys.dates or keys.waves is None or keys.between is None:
        raise Refusal(
            "give either `dates`, or `waves` and the two periods `between` to randomise them"
        )
    low, high = keys.between
    if high - low + 1 < keys.waves:
        raise Refusal(f"periods {low} to {high} do not hold {keys.waves} different dates")
    source = np.random.default_rng([keys.seed, 4])
    randomised = source.choice(np.arange(low, high + 1), keys.waves, replace=False)
    return tuple(sorted(map(int, randomised)))


def _words(
    keys: RolloutSimulation, found: SimulatedRollouts, fall: float, needed: int | None
) -> str:
    wanted = f"{plain(100 * keys.power)} times in a hundred"
    words = (
        f"Of {keys.runs:,} such roll-outs {100 * found.power:.0f} in a hundred would have found "
        f"it. A fall of {100 * fall:.0f}% or more, and none smaller, would be found {wanted}."
    )
    if keys.ratio == 1:
        return words
    if needed is None:
        return (
            f"{words} More than {MOST_UNITS} units would be needed for a ratio of "
            f"{plain(keys.ratio)}."
        )
    return f"{words} {needed:,} units find a ratio of {plain(keys.ratio)} {wanted}."


ROLLOUT = Design(
    "plan_rollout",
    RolloutSimulation,
    plan_rollout,
    "Power of a staged roll-out by simulation, its smallest fall, and the units for a `ratio`.",
    """\
design: plan_rollout
title: Twelve boroughs in four waves
question: What fall in complaints could a roll-out over half a year find?
keys:
  units: 12
  periods: 30
  waves: 4
  between: [18, 24]
  never: 2
  events_a_period: 15
  ratio: 0.8
  runs: 100
  seed: 2026
""",
    gives=Gives(
        values=(
            "power",
            "monte_carlo_error",
            "mean_log_ratio",
            "sd_log_ratio",
            "smallest_detectable_fall",
            "units_needed",
            "power_of_units_needed",
            "dates",
            "not_estimable",
            "runs",
        )
    ),
)
