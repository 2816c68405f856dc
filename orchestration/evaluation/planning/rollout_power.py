"""The plan of a staged roll-out: its power, the smallest fall it detects, and the units it needs.

Roll-outs are simulated and estimated as the engine does; their dates are given or randomised.
"""

from dataclasses import dataclass, replace
from math import ceil, exp, inf, log, sqrt

import numpy as np
import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.columns import NEVER, Calendar, Numbers
from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Scale, Value
from orchestration.evaluation.gates import FEW_TREATED, FEW_UNITS
from orchestration.evaluation.planning.power_by_formula import POWER, plan_result
from orchestration.evaluation.planning.power_by_simulation import LEVEL
from orchestration.evaluation.staged_adoption.panel import Panel, Whole, refuse_without_comparison
from orchestration.evaluation.staged_adoption.poisson_imputation import log_ratios
from orchestration.evaluation.wording import plain

#: The search stops at this many units (more take minutes); a first guess may be this many times
#: higher.
MOST_UNITS, FAR = 100, 3
#: The search ends within this share of the answer (simulation error is larger), and grows by this
#: factor.
CLOSE, GROWN = 0.05, 1.3
METHOD = (
    "{runs:,} simulated roll-outs, Poisson imputation with a jackknife over units, 5% level; the "
    "smallest fall from the same roll-outs with another truth"
)


@dataclass(frozen=True)
class RolloutPlan:
    """A roll-out of `units` over `periods`, in even waves that begin in `dates` (counted from 1).

    `never` units have no cameras at all. `events` are those that a unit expects in a period
    without cameras, `ratio` is what cameras do to them from their date on. Units differ by
    `unit_spread` and are moved by shocks of spread `shocks` of which `persistence` stays from one
    period to the next, both of the logarithm; counts vary about that by `overdispersion`, the
    alpha of a negative binomial. What moves all units alike is left out: periods take it up.
    """

    units: int
    periods: int
    dates: tuple[int, ...]
    events: float
    ratio: float
    never: int = 0
    unit_spread: float = 0.35
    shocks: float = 0.10
    persistence: float = 0.4
    overdispersion: float = 0.03

    @property
    def first(self) -> Whole:
        """First treated period of every unit, from zero (units,); units enter waves in turn."""
        treated = self.units - self.never
        starts = np.array(sorted(self.dates), dtype=np.int64) - 1
        return np.concatenate(
            [np.sort(starts[np.arange(treated) % len(starts)]), np.full(self.never, NEVER)]
        )

    def of(self, units: int) -> "RolloutPlan":
        """The same plan with another number of units, of which the same share is never treated.

        Where waves would outnumber the treated units, those kept lie evenly among them. Returns the
        RolloutPlan.
        """
        never = max(round(self.never * units / self.units), min(self.never, 1))
        count = min(len(self.dates), units - never)
        kept = np.round(np.linspace(0, len(self.dates) - 1, count)).astype(int)
        dates = tuple(sorted(self.dates)[place] for place in kept)
        return replace(self, units=units, never=never, dates=dates)


@dataclass(frozen=True)
class SimulatedRollouts:
    """Estimates of simulated roll-outs, not a number where there was none; `plan` was simulated.

    `log_ratios` (runs,) and their jackknife `errors` (runs,).
    """

    plan: RolloutPlan
    log_ratios: Numbers
    errors: Numbers

    @property
    def power(self) -> float:
        """The share of all runs whose interval excluded no change."""
        edge = stats.t.ppf(1 - LEVEL / 2, self.plan.units - 1)
        return float((np.abs(self.log_ratios) > edge * self.errors).mean())

    @property
    def monte_carlo_error(self) -> float:
        """The standard error of that share."""
        return sqrt(self.power * (1 - self.power) / len(self.log_ratios))

    @property
    def spread(self) -> float:
        """The standard deviation of the log ratios."""
        return float(np.nanstd(self.log_ratios, ddof=1))

    def smallest(self, power: float) -> float:
        """The smallest fall detected with that power, as a log ratio above zero.

        The same runs with another true effect, which moves estimates and hardly their errors: the
        share `power` of them detects a fall larger than their error of estimation and half the
        interval together. Returns the log ratio.
        """
        edge = float(stats.t.ppf(1 - LEVEL / 2, self.plan.units - 1))
        needed = edge * self.errors + self.log_ratios - log(self.plan.ratio)
        known = np.where(np.isfinite(needed), needed, inf)
        return float(np.quantile(known, power, method="higher"))


def units_needed(
    found: SimulatedRollouts, power: float, seed: int
) -> tuple[int, float] | tuple[None, None]:
    """Units with which the plan's ratio is detected with that power.

    The smallest detectable effect falls about as the root of the number of units, and faster where
    waves have one or two: a first guess, then bisection between numbers that reach the power and
    numbers that do not. Returns the units and the power simulated with them, or (None, None) where
    a hundred are not enough. Raises Refusal where the ratio is 1.
    """
    plan, wanted = found.plan, abs(log(found.plan.ratio))
    if not wanted:
        raise Refusal("a number of units needs a ratio other than 1")
    low = min(each for each in range(FEW_UNITS, MOST_UNITS) if _carries(plan.of(each))) - 1
    guess = ceil(plan.units * (found.smallest(power) / wanted) ** 2)
    if guess > FAR * MOST_UNITS:
        return None, None
    high = min(max(guess, low + 1), MOST_UNITS)
    best = simulate_rollouts(plan.of(high), len(found.log_ratios), seed)
    while best.smallest(power) > wanted:
        if high == MOST_UNITS:
            return None, None
        low, high = high, min(ceil(GROWN * high), MOST_UNITS)
        best = simulate_rollouts(plan.of(high), len(found.log_ratios), seed)
    while best.plan.units - low > max(1, CLOSE * best.plan.units):
        middle = (low + best.plan.units) // 2
        tried = simulate_rollouts(plan.of(middle), len(found.log_ratios), seed)
        low, best = (low, tried) if tried.smallest(power) <= wanted else (middle, best)
    return best.plan.units, best.power


def simulate_rollouts(plan: RolloutPlan, runs: int, seed: int) -> SimulatedRollouts:
    """Simulate roll-outs; estimate each by Poisson imputation with a jackknife over units.

    Returns a SimulatedRollouts. Raises Refusal for dates outside the periods, for units too few for
    an interval or none left for comparison, and where most runs cannot be estimated.
    """
    _refuse(plan)
    source = np.random.default_rng([seed, 3])
    kept = np.concatenate([np.ones((1, plan.units), bool), ~np.eye(plan.units, dtype=bool)])
    first = plan.first[None].repeat(len(kept), 0)
    nothing = np.zeros((0, plan.units, plan.periods))
    estimates, errors = np.empty(runs), np.empty(runs)
    for run in range(runs):
        found = log_ratios(_simulated_panel(plan, source), nothing, first, kept)
        away = ((found[1:] - found[0]) ** 2).sum()
        estimates[run], errors[run] = found[0], sqrt((plan.units - 1) / plan.units * away)
    if np.isfinite(errors).mean() < 1 / 2:
        raise Refusal(
            "most of such roll-outs cannot be estimated: too few events, use long periods"
        )
    return SimulatedRollouts(plan, estimates, errors)


def _simulated_panel(plan: RolloutPlan, source: np.random.Generator) -> Panel:
    size = plan.units, plan.periods
    level = source.normal(0, plan.unit_spread, plan.units) - plan.unit_spread**2 / 2
    moved = source.normal(0, plan.shocks, size)
    moved[:, 1:] *= sqrt(1 - plan.persistence**2)
    for period in range(1, plan.periods):
        moved[:, period] += plan.persistence * moved[:, period - 1]
    treated = np.arange(plan.periods) >= plan.first[:, None]
    mean = plan.events * np.exp(level[:, None] + moved) * np.where(treated, plan.ratio, 1.0)
    if plan.overdispersion:
        mean *= source.gamma(1 / plan.overdispersion, plan.overdispersion, size)
    return _panel(plan, source.poisson(mean).astype(float))


def _panel(plan: RolloutPlan, counts: Numbers) -> Panel:
    return Panel(
        units=tuple(str(place) for place in range(plan.units)),
        calendar=Calendar(1, 1, plan.periods, is_dated=False),
        counts=counts,
        exposure=np.ones_like(counts),
        first=plan.first,
        columns={},
    )


def _refuse(plan: RolloutPlan) -> None:
    treated = plan.units - plan.never
    if not _carries(plan):
        raise Refusal(
            f"{plan.units} units of which {treated} treated carry no interval: a roll-out needs "
            f"{FEW_UNITS} and {FEW_TREATED}"
        )
    if len(set(plan.dates)) != len(plan.dates) or not 0 < len(plan.dates) <= treated:
        raise Refusal("waves need a date each, all different, and a unit each at least")
    if min(plan.dates) < 2 or max(plan.dates) > plan.periods:  # noqa: PLR2004 - a period before it
        raise Refusal(f"waves begin in periods 2 to {plan.periods}, counted from 1")
    refuse_without_comparison(_panel(plan, np.ones((plan.units, plan.periods))))


def _carries(plan: RolloutPlan) -> bool:
    return plan.units >= FEW_UNITS and plan.units - plan.never >= FEW_TREATED


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
