"""Plans by formula: two proportions or counts, the design effect, trials of teams and of officers.

Formulas of power and sample size come first; `plan_result` is the result that every plan becomes,
those by simulation too.
"""

from math import ceil, sqrt

import polars as pl
from pydantic import Field
from scipy import optimize, stats

from orchestration.evaluation.core import (
    Design,
    Gives,
    Keys,
    Refusal,
    Result,
    Scale,
    Value,
    log_of_fall,
)
from orchestration.evaluation.rates import exact_rates
from orchestration.evaluation.wording import plain

LEVEL = Field(default=0.05, gt=0, lt=1)
POWER = Field(default=0.8, gt=0, lt=1)


def _z(chance: float) -> float:
    return float(stats.norm.ppf(chance))


def proportions_power(size: float, chances: tuple[float, float], alpha: float = 0.05) -> float:
    """Power to detect a difference of two proportions with `size` units in each arm.

    Normal approximation, as R's power.prop.test. Returns the power, 0 to 1. Raises Refusal for
    equal proportions, proportions outside 0 and 1, and fewer than two units.
    """
    first, second = chances
    if not (0 < first < 1 and 0 < second < 1) or first == second or size < 2:  # noqa: PLR2004
        raise Refusal("two different proportions between 0 and 1, and two or more in each arm")
    together = sqrt((first + second) * (1 - (first + second) / 2))
    apart = sqrt(first * (1 - first) + second * (1 - second))
    return float(
        stats.norm.cdf((sqrt(size) * abs(first - second) - _z(1 - alpha / 2) * together) / apart)
    )


def proportions_size(power: float, chances: tuple[float, float], alpha: float = 0.05) -> float:
    """Units in each arm that give the power.

    Returns the number, not rounded. Raises Refusal as `proportions_power` does.
    """
    top = 4.0
    while proportions_power(top, chances, alpha) < power:
        top *= 2
    found = optimize.brentq(lambda n: proportions_power(n, chances, alpha) - power, 2, top)
    return float(found)


def design_effect(cluster_size: float, icc: float) -> float:
    """How many times as many units a cluster trial needs.

    Donner and Klar (2000, Design and Analysis of Cluster Randomization Trials). Returns the
    multiple. Raises Refusal for a cluster size below 1 or a correlation outside 0 and 1.
    """
    if cluster_size < 1 or not 0 <= icc <= 1:
        raise Refusal("clusters hold one or more, and a correlation lies between 0 and 1")
    return 1 + (cluster_size - 1) * icc


def clusters_needed(
    ratio: float, events: float, variation: float, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Clusters needed in each arm of a trial of rates.

    `events` are those expected in a control cluster; `variation` is k, the coefficient of variation
    of true rates between clusters. Hayes and Bennett (1999, International Journal of Epidemiology
    28:319). Returns the number of clusters. Raises Refusal for figures outside their range.
    """
    _check_clusters(ratio, events, variation)
    reach = (_z(1 - alpha / 2) + _z(power)) ** 2
    spread = (1 + ratio) / events + variation**2 * (1 + ratio**2)
    return ceil(1 + reach * spread / (1 - ratio) ** 2)


def clusters_power(
    clusters: int, ratio: float, events: float, variation: float, alpha: float = 0.05
) -> float:
    """Power of the same trial with a given number of clusters in each arm.

    Returns the power, 0 to 1. Raises Refusal for fewer than two clusters and figures outside their
    range.
    """
    _check_clusters(ratio, events, variation)
    if clusters < 2:  # noqa: PLR2004 - a variance between clusters needs two
        raise Refusal("each arm needs two clusters or more")
    spread = (1 + ratio) / events + variation**2 * (1 + ratio**2)
    reach = sqrt((clusters - 1) * (1 - ratio) ** 2 / spread)
    return float(stats.norm.cdf(reach - _z(1 - alpha / 2)))


def smallest_fall_of_clusters(
    clusters: int, events: float, variation: float, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The smallest fall that such a trial detects with the stated power.

    Returns the fall (0 to 1), or None where even a fall of everything is not detected with it.
    Raises Refusal as `clusters_power` does.
    """
    low = 1e-9
    if clusters_power(clusters, low, events, variation, alpha) < power:
        return None
    found = optimize.brentq(
        lambda r: clusters_power(clusters, r, events, variation, alpha) - power, low, 1 - 1e-9
    )
    return 1 - float(found)


def difference_detectable(
    sizes: tuple[int, int], deviation: float, power: float = 0.8, alpha: float = 0.05
) -> float:
    """The smallest difference of means detected with the stated power, in the outcome's unit.

    Returns the difference. Raises Refusal for fewer than two units in an arm or a deviation that is
    not above zero.
    """
    if min(sizes) < 2 or deviation <= 0:  # noqa: PLR2004 - a variance needs two
        raise Refusal("each arm needs two people or more, and a deviation above zero")
    return (_z(1 - alpha / 2) + _z(power)) * deviation * sqrt(1 / sizes[0] + 1 / sizes[1])


def difference_size(
    difference: float, deviation: float, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Units in each of two equal arms that detect a difference of means.

    Returns the number of units. Raises Refusal for a difference of 0 or a deviation that is not
    above zero.
    """
    if difference == 0 or deviation <= 0:
        raise Refusal("a sample size needs a difference other than 0 and a deviation above zero")
    return ceil(2 * ((_z(1 - alpha / 2) + _z(power)) * deviation / difference) ** 2)


def _check_clusters(ratio: float, events: float, variation: float) -> None:
    if ratio < 0 or ratio == 1 or events <= 0 or variation < 0:
        raise Refusal("a ratio of 0 or more other than 1, events above zero, k of 0 or more")


def plan_result(
    design: str,
    method: str,
    values: dict[str, Value],
    words: str,
    *,
    smallest: float | None = None,
    scale: Scale = Scale.NONE,
    schedule: pl.DataFrame | None = None,
    is_randomised: bool = True,
) -> Result:
    """The result of a plan.

    `smallest` is on `scale`, which a plan without it does not have; `schedule` (one row per unit)
    goes into the diagnostics, row by row. Returns a Result without an estimate.
    """
    rows = {} if schedule is None else {"schedule": schedule.to_dicts()}
    return Result(
        design=design,
        measure="power, sample size and smallest detectable difference"
        if schedule is None
        else "schedule",
        scale=scale,
        method=method,
        values=values,
        smallest_detectable=smallest,
        diagnostics=rows,
        is_randomised=is_randomised,
        summary=words,
    )


class ProportionPlan(Keys):
    """Two proportions, the units in each arm, and the power wanted."""

    proportions: tuple[float, float]
    size: int = Field(ge=2)
    power: float = POWER
    alpha: float = LEVEL


def plan_proportions(keys: ProportionPlan, _table: pl.DataFrame | None) -> Result:
    """Power with the size given, and the size for the power wanted.

    Returns the Result of a plan. Raises Refusal as `proportions_power` does.
    """
    power = proportions_power(keys.size, keys.proportions, keys.alpha)
    size = proportions_size(keys.power, keys.proportions, keys.alpha)
    wanted = f"{plain(100 * keys.power)}"
    return plan_result(
        "plan_proportions",
        "normal approximation, as R's power.prop.test",
        {"power": power, "size": size},
        f"With {keys.size:,} in each arm the difference would be found {100 * power:.0f} times in "
        f"a hundred; {size:,.1f} in each arm find it {wanted} times.",
    )


class DeffPlan(Keys):
    """Size of a cluster and the correlation within it."""

    cluster_size: float = Field(ge=1)
    icc: float = Field(ge=0, le=1)


def plan_design_effect(keys: DeffPlan, _table: pl.DataFrame | None) -> Result:
    """How many times as many units a cluster trial needs.

    Returns the Result of a plan. Raises Refusal as `design_effect` does.
    """
    deff = design_effect(keys.cluster_size, keys.icc)
    return plan_result(
        "plan_design_effect",
        "1 + (m - 1) * ICC (Donner and Klar 2000)",
        {"design_effect": deff},
        f"Randomised by clusters, the trial needs {deff:.2f} times as many people as one "
        "randomised person by person.",
    )


class CountPlan(Keys):
    """Two arms of counts: a shift trial, or any comparison of two rates."""

    expected_control: float = Field(gt=0)
    treated_share: float = Field(default=0.5, gt=0, lt=1)
    dispersion: float = Field(default=1.0, ge=1)
    ratio: float | None = Field(default=None, ge=0)
    power: float = POWER
    alpha: float = LEVEL


def plan_counts(keys: CountPlan, _table: pl.DataFrame | None) -> Result:
    """Smallest fall detectable; for a stated ratio its power and the events it needs.

    Returns the Result of a plan on the log scale. Raises Refusal as `exact_power` does.
    """
    events = keys.expected_control / keys.dispersion
    share = keys.treated_share
    fall = exact_rates.smallest_fall(events, share, keys.power, keys.alpha)
    values: dict[str, Value] = {"smallest_detectable_fall": fall, "effective_events": events}
    if keys.ratio is not None:
        needed = exact_rates.events_for(keys.ratio, share, keys.power, keys.alpha)
        values["power"] = exact_rates.exact_power(events, keys.ratio, share, keys.alpha)
        values["expected_control_needed"] = needed * keys.dispersion
    found = (
        "not even the absence of all"
        if fall is None
        else f"a fall of {100 * fall:.0f}% or more, and none smaller,"
    )
    return plan_result(
        "plan_counts",
        "exact conditional test of two Poisson counts, events thinned by the dispersion",
        values,
        f"With {keys.expected_control:,.0f} events expected without cameras, {found} would be "
        f"found {plain(100 * keys.power)} times in a hundred.",
        smallest=log_of_fall(fall),
        scale=Scale.LOG_RATIO,
    )


PROPORTIONS = Design(
    "plan_proportions",
    ProportionPlan,
    plan_proportions,
    "Two proportions: power with `size` in each arm, and the size for `power`.",
    """\
design: plan_proportions
title: How many incidents
question: How many incidents show a difference between one half and three quarters?
keys: {proportions: [0.5, 0.75], size: 50, power: 0.9}
""",
    gives=Gives(values=("power", "size")),
)
DESIGN_EFFECT = Design(
    "plan_design_effect",
    DeffPlan,
    plan_design_effect,
    "The design effect 1 + (m - 1) * ICC.",
    """\
design: plan_design_effect
title: Officers in teams
question: How many times as many officers does a trial of teams need?
keys: {cluster_size: 21, icc: 0.05}
""",
    gives=Gives(values=("design_effect",)),
)
COUNTS = Design(
    "plan_counts",
    CountPlan,
    plan_counts,
    "Two arms of counts, such as shifts: smallest fall, power of a `ratio`, events needed.",
    """\
design: plan_counts
title: Half a year of shifts
question: What fall in complaints could a pilot find?
keys: {expected_control: 100, ratio: 0.75, dispersion: 1.5}
""",
    gives=Gives(
        values=("smallest_detectable_fall", "effective_events"),
        sometimes=("power", "expected_control_needed"),
    ),
)


class ClusterPlan(Keys):
    """A trial of teams: events in a control team, and k between the teams' true rates."""

    events_per_cluster: float = Field(gt=0)
    variation: float = Field(ge=0)
    ratio: float = Field(ge=0)
    clusters_per_arm: int | None = Field(default=None, ge=2)
    power: float = POWER
    alpha: float = LEVEL


def plan_clusters(keys: ClusterPlan, _table: pl.DataFrame | None) -> Result:
    """Clusters needed in each arm; for a stated number their power and smallest detectable fall.

    Returns the Result of a plan on the log scale. Raises Refusal as `clusters_needed` does.
    """
    known = keys.events_per_cluster, keys.variation
    needed = clusters_needed(keys.ratio, *known, keys.power, keys.alpha)
    values: dict[str, Value] = {"clusters_per_arm": needed}
    words = f"{needed} clusters in each arm find a ratio of {plain(keys.ratio)}."
    fall = None
    if keys.clusters_per_arm is not None:
        power = clusters_power(keys.clusters_per_arm, keys.ratio, *known, keys.alpha)
        fall = smallest_fall_of_clusters(keys.clusters_per_arm, *known, keys.power, keys.alpha)
        values |= {"power": power, "smallest_detectable_fall": fall}
        words += f" {keys.clusters_per_arm} find it {100 * power:.0f} times in a hundred."
    return plan_result(
        "plan_clusters",
        "Hayes and Bennett 1999",
        values,
        words,
        smallest=log_of_fall(fall),
        scale=Scale.LOG_RATIO,
    )


class OfficerPlan(Keys):
    """A trial of officers: officers in each arm, and the deviation of the outcome between them."""

    officers: tuple[int, int]
    deviation: float = Field(gt=0)
    difference: float | None = None
    power: float = POWER
    alpha: float = LEVEL


def plan_officers(keys: OfficerPlan, _table: pl.DataFrame | None) -> Result:
    """The smallest difference detectable; for a stated difference the officers it needs.

    Returns the Result of a plan in the unit of the outcome. Raises Refusal as
    `difference_detectable` does.
    """
    smallest = difference_detectable(keys.officers, keys.deviation, keys.power, keys.alpha)
    values: dict[str, Value] = {"smallest_detectable_difference": smallest}
    if keys.difference is not None:
        values["officers_per_arm"] = difference_size(
            keys.difference, keys.deviation, keys.power, keys.alpha
        )
    return plan_result(
        "plan_officers",
        "difference of means, normal approximation",
        values,
        f"{sum(keys.officers):,} officers would find a difference of {plain(smallest)} or more.",
        smallest=smallest,
        scale=Scale.DIFFERENCE,
    )


CLUSTERS = Design(
    "plan_clusters",
    ClusterPlan,
    plan_clusters,
    "Teams: clusters for a `ratio`, power and smallest fall of `clusters_per_arm`.",
    """\
design: plan_clusters
title: Response teams
question: How many teams find a fall of a quarter?
keys: {events_per_cluster: 20, variation: 0.3, ratio: 0.75, clusters_per_arm: 24}
""",
    gives=Gives(values=("clusters_per_arm",), sometimes=("power", "smallest_detectable_fall")),
)
OFFICERS = Design(
    "plan_officers",
    OfficerPlan,
    plan_officers,
    "Officers: smallest difference of means, and officers for a `difference`.",
    """\
design: plan_officers
title: Officers randomised one by one
question: What difference in yearly force reports could be found?
keys: {officers: [1189, 1035], deviation: 2000, difference: 150}
""",
    gives=Gives(values=("smallest_detectable_difference",), sometimes=("officers_per_arm",)),
)
