"""Trials of shifts: clumped complaints, habits carried over, and what the engine makes of them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.evaluation.trials.randomisation import Allocation
from orchestration.evaluation.trials.shift.pooling import headline
from orchestration.evaluation.trials.shift.ratios import Site, site_of
from orchestration.evaluation.trials.shift.shift_table import ShiftKeys
from tests.simulations.estimates import Estimate, Family
from tests.simulations.panels import seeded

WEEKS, SHIFTS_A_WEEK, INCIDENTS_A_SHIFT = 52, 20, 0.1
DRAWS, HOURS = 199, (80.0, 120.0)


@dataclass(frozen=True)
class Trial:
    """What cameras do, how much of it reaches other shifts, and complaints beyond one an incident.

    `reached` is on the log scale: with half of a halving carried over, shifts without cameras have
    the root of it.
    """

    about: str
    ratio: float = 1.0
    reached: float = 0.0
    further: float = 0.0


TRIALS = {
    "null": Trial("cameras change nothing"),
    "null, clumped": Trial("nothing, one further complaint on each incident", further=1.0),
    "halved": Trial("half as many", ratio=0.5),
    "halved, clumped": Trial("half as many incidents, clumped", ratio=0.5, further=1.0),
    "carried 0.5": Trial("half as many, half of it carried over", ratio=0.5, reached=0.5),
    "carried 0.9": Trial("half as many, nine tenths carried over", ratio=0.5, reached=0.9),
}


@dataclass(frozen=True)
class Shifts:
    """A trial's table, how its shifts were drawn, what the engine makes of it, and the truth."""

    rows: pl.DataFrame
    allocation: Allocation
    site: Site
    truth: float


def simulate(name: str, seed: int) -> Shifts:
    """A year of shifts, half of each week's allocated cameras."""
    trial, draw = TRIALS[name], seeded(f"shifts {name}", seed)
    half = np.arange(SHIFTS_A_WEEK) < SHIFTS_A_WEEK // 2
    treated = draw.permuted(np.tile(half, (WEEKS, 1)), axis=1).ravel()
    hours = draw.uniform(*HOURS, treated.size)
    changed = trial.ratio ** np.where(treated, 1.0, trial.reached)
    incidents = draw.poisson(INCIDENTS_A_SHIFT * hours / np.mean(HOURS) * changed)
    outcome = (incidents + draw.poisson(trial.further * incidents)).astype(float)
    rows = pl.DataFrame(
        {"treated": treated, "outcome": outcome, "shifts": 1.0, "hours": hours},
    )
    week = np.repeat(np.arange(WEEKS), SHIFTS_A_WEEK)
    allocation = Allocation(treated, week, np.full(treated.size, 0.5))
    site = site_of("station", rows, allocation, DRAWS, seed=1)
    return Shifts(rows, allocation, site, np.log(trial.ratio) * (1 - trial.reached))


def robust(drawn: Shifts) -> Estimate:
    """The engine's headline: quasi-Poisson with weeks held equal."""
    found = headline(ShiftKeys(outcome="outcome"), [drawn.site], drawn.site.fit)
    assert found.log_ratio is not None
    return Estimate(found.log_ratio, drawn.truth, found.error, found.low, found.high)


def randomisation_again(drawn: Shifts) -> Estimate:
    """The p-value of randomisation inference; extra is whether the engine warns of clumps."""
    fit, again = drawn.site.fit, drawn.site.randomisation
    assert fit is not None
    assert again is not None
    clumped = float(drawn.site.is_clumped)
    return Estimate(fit.log_ratio, drawn.truth, p_value=again.p_value, extra=clumped)


def poisson_on_counts(drawn: Shifts) -> Estimate:
    """The exact interval of two Poisson counts, which takes complaints for independent."""
    ratio = next(each for each in drawn.site.ratios if each["per"] == "hours")
    estimate, low, high = np.log(
        [ratio[name] for name in ("rate_ratio", "exact_low", "exact_high")]
    )
    return Estimate(float(estimate), drawn.truth, None, low, high, ratio["exact_p"])


SHIFTS = Family(
    name="shifts",
    scenarios={name: trial.about for name, trial in TRIALS.items()},
    draw=simulate,
    methods={
        "shift_ratio": robust,
        "shift_randomisation": randomisation_again,
        "shift_poisson_on_counts": poisson_on_counts,
    },
    only={},
)
