"""Plans by formula: two proportions, two counts, and the design effect."""

import polars as pl
from pydantic import Field

from orchestration.evaluation.core import Design, Gives, Keys, Result, Value
from orchestration.evaluation.interval_wording import plain
from orchestration.evaluation.planning import power_formulas
from orchestration.evaluation.planning.power_formulas import LEVEL, POWER, plan_result
from orchestration.evaluation.rates import exact_power
from orchestration.evaluation.scale import Scale, log_of_fall


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
    power = power_formulas.proportions_power(keys.size, keys.proportions, keys.alpha)
    size = power_formulas.proportions_size(keys.power, keys.proportions, keys.alpha)
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
    deff = power_formulas.design_effect(keys.cluster_size, keys.icc)
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
    fall = exact_power.smallest_fall(events, share, keys.power, keys.alpha)
    values: dict[str, Value] = {"smallest_detectable_fall": fall, "effective_events": events}
    if keys.ratio is not None:
        needed = exact_power.events_for(keys.ratio, share, keys.power, keys.alpha)
        values["power"] = exact_power.exact_power(events, keys.ratio, share, keys.alpha)
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
