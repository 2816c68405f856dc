"""Plans by formula for trials of teams and of officers."""

import polars as pl
from pydantic import Field

from orchestration.evaluation.core import Design, Gives, Keys, Result, Value
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.planning import power_formulas
from orchestration.evaluation.planning.power_formulas import LEVEL, POWER, plan_result
from orchestration.evaluation.scale import Scale, log_of_fall


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
    needed = power_formulas.clusters_needed(keys.ratio, *known, keys.power, keys.alpha)
    values: dict[str, Value] = {"clusters_per_arm": needed}
    words = f"{needed} clusters in each arm find a ratio of {plain(keys.ratio)}."
    fall = None
    if keys.clusters_per_arm is not None:
        power = power_formulas.clusters_power(keys.clusters_per_arm, keys.ratio, *known, keys.alpha)
        fall = power_formulas.smallest_fall_of_clusters(
            keys.clusters_per_arm, *known, keys.power, keys.alpha
        )
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
    smallest = power_formulas.difference_detectable(
        keys.officers, keys.deviation, keys.power, keys.alpha
    )
    values: dict[str, Value] = {"smallest_detectable_difference": smallest}
    if keys.difference is not None:
        values["officers_per_arm"] = power_formulas.difference_size(
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
