"""Power and sample size where a formula is known, and the result that every plan becomes."""

from math import ceil, sqrt

import polars as pl
from pydantic import Field
from scipy import optimize, stats

from orchestration.evaluation.core import Refusal, Result, Value
from orchestration.evaluation.scale import Scale

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
