"""Trials of teams within boroughs, as London's of 2014-15: 48 teams, 19 of them with cameras."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rates.count_models import blocked_poisson
from orchestration.evaluation.trials.cluster_trial import log_rates, permutation_test
from orchestration.evaluation.trials.randomisation import Allocation
from tests.simulations.estimates import Estimate, Family
from tests.simulations.panels import seeded

#: Teams and treated teams of the ten boroughs.
BOROUGHS = ((5, 2),) * 8 + ((4, 2), (4, 1))
VARIATION, EVENTS, OFFICERS = 0.3, 14.0, (35, 50)
DRAWS = 199
RATIOS = {"null": 1.0, "a quarter fewer": 0.75}
Z = float(stats.norm.ppf(0.975))


@dataclass(frozen=True)
class Teams:
    """Counts and officer-years of every team, how teams were drawn, and the truth."""

    counts: Numbers
    exposure: Numbers
    allocation: Allocation
    truth: float


def simulate(name: str, seed: int) -> Teams:
    """Teams whose true rates differ by gamma with a coefficient of variation of 0.3."""
    draw = seeded(f"teams {name}", seed)
    treated = [draw.permutation(np.arange(teams) < chosen) for teams, chosen in BOROUGHS]
    first_treated = np.concatenate(treated)
    borough = np.repeat(np.arange(len(BOROUGHS)), [teams for teams, _ in BOROUGHS])
    officers = draw.integers(*OFFICERS, first_treated.size).astype(float)
    true = draw.gamma(1 / VARIATION**2, VARIATION**2, first_treated.size)
    mean = EVENTS * officers / np.mean(OFFICERS) * true * RATIOS[name] ** first_treated
    counts = draw.poisson(mean).astype(float)
    allocation = Allocation(
        first_treated, borough, np.full(first_treated.size, first_treated.mean())
    )
    return Teams(counts, officers, allocation, float(np.log(RATIOS[name])))


def by_team(drawn: Teams) -> Estimate:
    """The engine's headline: least squares of log rates over teams."""
    found = log_rates(drawn.counts, drawn.exposure, drawn.allocation)
    low, high = np.log(found.limits)
    return Estimate(found.log_ratio, drawn.truth, found.error, float(low), float(high))


def randomisation_again(drawn: Teams) -> Estimate:
    """The p-value of teams allocated again within boroughs."""
    value = np.log((drawn.counts + 0.5) / drawn.exposure)
    estimate = log_rates(drawn.counts, drawn.exposure, drawn.allocation).log_ratio
    p_value = permutation_test(value, drawn.allocation, draws=DRAWS, seed=1)[0]
    return Estimate(estimate, drawn.truth, p_value=p_value)


def poisson_on_counts(drawn: Teams) -> Estimate:
    """Poisson on the counts of teams, as if officers of a team had nothing in common."""
    fit = blocked_poisson(
        drawn.counts, drawn.exposure, drawn.allocation.treated, drawn.allocation.block
    )
    assert fit is not None
    reach = Z * fit.naive_error
    return Estimate(
        fit.log_ratio, drawn.truth, fit.naive_error, fit.log_ratio - reach, fit.log_ratio + reach
    )


TEAMS = Family(
    name="teams",
    scenarios={name: f"teams differ by k = {VARIATION}, {name}" for name in RATIOS},
    draw=simulate,
    methods={
        "team_log_rates": by_team,
        "team_permutation": randomisation_again,
        "team_poisson_on_counts": poisson_on_counts,
    },
    only={},
)
