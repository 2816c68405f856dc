"""Few units: which errors may be used, and errors made for few clusters as a check.

CR2 errors and the wild cluster bootstrap of one coefficient, and the gates on the number of units.
"""

from dataclasses import asdict, dataclass
from itertools import product
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Gate, Refusal
from orchestration.evaluation.gates import FEW_TREATED, FEW_UNITS, rollout_may_be_estimated
from orchestration.evaluation.rates import clustered
from orchestration.evaluation.staged_adoption.panel import Panel, identified
from orchestration.evaluation.wording import plain

#: Up to this many clusters every pattern of signs is enumerated; beyond it they are sampled.
ENUMERATED = 14
#: Below this many clusters, two signs give too few patterns: six weights do (Webb 2023).
WEBB_BELOW = 12
DRAWS = 9_999
WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
#: With more units a dummy column for each costs too much; only panels with few treated units get
#: there.
MOST_UNITS = 100
LEVEL = 0.05
#: From this many units on, the jackknife and shuffled dates are enough.
ENOUGH_UNITS, ENOUGH_TREATED = 25, 6
SHUFFLED, ALL_FOUR, BOTH = (
    "shuffled dates alone",
    "jackknife, CR2, wild bootstrap and shuffled dates",
    "jackknife and shuffled dates",
)


def wild_p_value(
    design: Numbers,
    outcome: Numbers,
    groups: NDArray[np.int64],
    column: int,
    *,
    seed: int,
    six_weights: bool | None = None,
) -> float:
    """Wild cluster bootstrap: two-sided p-value of a coefficient by CR1 t statistics.

    `design` (n, k), `outcome` (n,), `groups` (n,) with cluster codes. Cameron, Gelbach and Miller
    (2008, Review of Economics and Statistics 90:414), with the null imposed. The residuals of a
    whole cluster are multiplied by one sign: every pattern for 14 clusters or fewer, 9,999 sampled
    ones beyond. With `six_weights` (by default below 12 clusters) the weights are Webb's six (2023,
    Canadian Journal of Economics), sampled. Ties count as at least as far, without which the test
    would reject too often.

    Returns the p-value. Raises Refusal for collinear columns and for fewer than two clusters.
    """
    clusters = clustered.members(groups)
    count = len(clusters)
    if count < 2:  # noqa: PLR2004 - a sign has to differ from another
        raise Refusal("fewer clusters than the method needs: a wild bootstrap needs 2 or more")
    others = np.delete(design, column, axis=1)
    left = clustered.fit(others, design[:, column]).residuals
    restricted = clustered.fit(others, outcome)
    across, own = np.zeros((count, count)), np.zeros(count)
    for place, rows in enumerate(clusters):
        alone = np.zeros_like(outcome)
        alone[rows] = restricted.residuals[rows]
        alone -= others @ (restricted.bread @ (others.T @ alone))
        across[:, place] = [left[each] @ alone[each] for each in clusters]
        own[place] = left[rows] @ left[rows]
    uses_six = count < WEBB_BELOW if six_weights is None else six_weights
    weights = _weights(count, seed, is_six=uses_six)
    seen = _statistics(np.ones((1, count)), across, own)[0]
    far = _statistics(weights, across, own) >= seen * (1 - 1e-9)
    is_whole = not uses_six and count <= ENUMERATED
    return float(far.mean()) if is_whole else float((1 + far.sum()) / (1 + len(far)))


def _weights(count: int, seed: int, *, is_six: bool) -> Numbers:
    source = np.random.default_rng(seed)
    if is_six:
        return np.asarray(source.choice(np.concatenate([-WEBB, WEBB]), (DRAWS, count)))
    if count <= ENUMERATED:
        return np.array(list(product((-1.0, 1.0), repeat=count)))
    return np.asarray(source.choice(np.array([-1.0, 1.0]), (DRAWS, count)))


def _statistics(weights: Numbers, across: Numbers, own: Numbers) -> Numbers:
    """Distance of t from zero for each row of weights; `across` is clusters by clusters."""
    scores = weights @ across.T
    coefficient = scores.sum(1) / own.sum()
    left = scores - coefficient[:, None] * own
    spread = np.sqrt((left**2).sum(1))
    return np.asarray(
        np.divide(np.abs(coefficient), spread, out=np.full_like(spread, np.inf), where=spread > 0)
    )


@dataclass(frozen=True)
class FewUnits:
    """Log ratio of two-way fixed effects on log rates: CR2, and the wild bootstrap's p-value."""

    cr2_log_ratio: float
    cr2_se: float
    cr2_df: float
    cr2_lo: float
    cr2_hi: float
    cr2_p: float
    p_wild_bootstrap: float


def treated_units(panel: Panel) -> int:
    """Count the units that are treated within the panel.

    Returns the number.
    """
    return int((panel.first < panel.counts.shape[1]).sum())


def is_few(panel: Panel) -> bool:
    """Whether units are too few for an interval.

    Returns true below 8 units or 4 treated ones.
    """
    return len(panel.units) < FEW_UNITS or treated_units(panel) < FEW_TREATED


def is_enough(panel: Panel) -> bool:
    """Whether the jackknife may be used without the checks for few units.

    Returns true from 25 units and 6 treated ones.
    """
    return len(panel.units) >= ENOUGH_UNITS and treated_units(panel) >= ENOUGH_TREATED


def rule(panel: Panel) -> str:
    """Which errors and p-values are used for so many units.

    Returns them in words.
    """
    if is_few(panel):
        return SHUFFLED
    return BOTH if is_enough(panel) else ALL_FOUR


def for_few(panel: Panel, covariates: tuple[str, ...], seed: int) -> FewUnits | None:
    """CR2 and a wild bootstrap where units are 8 to 24, or treated ones 4 or 5.

    Of one coefficient for all periods, on log((count + 1/2) / exposure) with unit and period
    effects, over the identified periods: the headline has a cell for every treated unit and period,
    so that its own residuals there are zero and errors made of them far too small. CR2 with
    Satterthwaite's t (Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics
    36:672).

    Returns FewUnits, or None for other numbers of units and where the regression is collinear.
    """
    if is_few(panel) or is_enough(panel) or len(panel.units) > MOST_UNITS:
        return None
    inside = identified(panel)
    units, periods = inside.counts.shape
    whole = ~inside.partial.ravel()
    groups = np.repeat(np.arange(units), periods)[whole]
    outcome = np.log((inside.counts + 0.5) / inside.exposure).ravel()[whole]
    design = _design(inside, covariates)[whole]
    try:
        found = clustered.fit(design, outcome)
        p_wild = wild_p_value(design, outcome, groups, 0, seed=seed)
    except Refusal:
        return None
    error = sqrt(float(clustered.covariance(found, groups, "CR2")[0, 0]))
    freedom = clustered.freedom(found, groups, 0)
    estimate = float(found.coefficients[0])
    reach = float(stats.t.ppf(1 - LEVEL / 2, freedom)) * error
    p_value = clustered.p_value(estimate, error, freedom)
    return FewUnits(estimate, error, freedom, estimate - reach, estimate + reach, p_value, p_wild)


def values_of(found: FewUnits | None) -> dict[str, float | None]:
    """The figures of FewUnits by name.

    Returns each figure, None where there is none.
    """
    return asdict(found) if found else dict.fromkeys(FewUnits.__dataclass_fields__)


def gate_of_rollout(panel: Panel, events_a_cell: float | None = None) -> Gate:
    """Whether a panel is enough for a staged roll-out: units, dates, past, comparison, events.

    `events_a_cell` is the mean count of a unit and period, None where values are no counts. Returns
    the Gate.
    """
    months = panel.calendar.step if panel.calendar.is_dated else 1
    has_comparison = np.flatnonzero(panel.untreated.any(axis=0))
    waves = [int((has_comparison >= wave).sum()) for wave in panel.waves]
    treated = panel.first < panel.counts.shape[1]
    return rollout_may_be_estimated(
        units=len(panel.units),
        dates=len(panel.waves),
        months_before=int(panel.untreated[treated].sum(1).min()) * months,
        # The last wave of a roll-out that reaches everyone has no comparison by design.
        shortest_wave=min([each for each in waves if each] or [0]) * months,
        events_a_cell=events_a_cell,
    )


def gates_of_values(panel: Panel) -> tuple[Gate, ...]:
    """The gates of a panel of values, those that the staged roll-out has but for events.

    Returns the gates.
    """
    return gate_of_rollout(panel), *gates_of_units(panel)


def gates_of_units(panel: Panel) -> tuple[Gate, Gate]:
    """Gates on the number of units: for an interval, and for the jackknife alone.

    Returns both gates in that order.
    """
    treated = treated_units(panel)
    held = f"{len(panel.units)} units of which {treated} treated; "
    short = [
        f"{what}: {plain(figure)}, needed {plain(limit)}"
        for what, figure, limit in (
            ("units", len(panel.units), FEW_UNITS),
            ("treated units", treated, FEW_TREATED),
        )
        if figure < limit
    ]
    return (
        Gate(
            "enough units for an interval",
            passed=not is_few(panel),
            reason=f"{held}an interval needs {FEW_UNITS} and {FEW_TREATED}, below that shuffled "
            "dates alone are read",
            missing="; ".join(short),
        ),
        Gate(
            "enough units for the jackknife alone",
            passed=is_enough(panel),
            reason=f"{held}needed {ENOUGH_UNITS} and {ENOUGH_TREATED}, below that the checks for "
            "few units have to bear the interval out",
            is_advice=True,
        ),
    )


def doubt(panel: Panel, found: FewUnits | None, p_shuffled: float) -> str:
    """Describe an interval without zero that the checks for few units do not support.

    Returns a sentence, empty where nothing contradicts the interval.
    """
    checks = {"shuffled dates": p_shuffled}
    if found:
        checks |= {"CR2": found.cr2_p, "the wild bootstrap": found.p_wild_bootstrap}
    against = [f"{name} (p = {p:.2f})" for name, p in checks.items() if p > LEVEL]
    if is_enough(panel) or not against:
        return ""
    return (
        f" With {len(panel.units)} units, {treated_units(panel)} of them treated, this is not "
        f"borne out by {' and '.join(against)}: read it as one that we could not tell."
    )


def _design(panel: Panel, covariates: tuple[str, ...]) -> Numbers:
    units, periods = panel.counts.shape
    return np.column_stack(
        [
            panel.treated.ravel().astype(float),
            *(panel.columns[name].ravel() for name in covariates),
            np.repeat(np.eye(units), periods, axis=0),
            np.tile(np.eye(periods), (units, 1))[:, 1:],
        ]
    )
