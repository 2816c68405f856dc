"""Effects by cohort and period since treatment, averaged by the size of the cohorts."""

from typing import Any

import polars as pl

from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.core import (
    Design,
    Gives,
    Result,
    Rows,
    library_refusals,
    require_variation,
)
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.staged_adoption.few_clusters import gates_of_values
from orchestration.evaluation.staged_adoption.panel import (
    SIX_AREAS,
    Panel,
    ValueKeys,
    anticipation_of,
    pandas_frame,
    value_panel,
)
from orchestration.evaluation.wording import describe_interval


def sun_abraham(keys: ValueKeys, table: pl.DataFrame | None) -> Result:
    """Interaction-weighted estimator of Sun and Abraham by diff-diff; errors clustered by unit.

    `table` (one row per unit and period). Sun and Abraham (2021, Journal of Econometrics 225:175).
    Where every unit is treated in the end, the last cohort is the comparison and its treated
    periods are left out. Returns a Result on the scale of the values. Raises Refusal for whatever
    is no panel, and where the library cannot fit.
    """
    panel = value_panel(keys, table)
    found = fit_cohorts(panel, keys.covariates)
    require_variation(float(found.overall_se))
    low, high = found.overall_conf_int
    values: dict[str, Any] = {"estimate": float(found.overall_att), "se": float(found.overall_se)}
    path: Rows = [
        {"event_period": int(at), "estimate": float(each["effect"]), "se": float(each["se"])}
        for at, each in sorted(found.event_study_effects.items())
    ]
    result = Result(
        design="sun_abraham",
        measure="average difference among the treated",
        scale=keys.scale,
        method="interaction-weighted (Sun and Abraham 2021), diff-diff; clustered by unit",
        values=values,
        tables={"event_periods": path},
        estimate=values["estimate"],
        standard_error=values["se"],
        interval_low=float(low),
        interval_high=float(high),
        p_value=float(found.overall_p_value),
        is_randomised=False,
        summary=describe_interval(
            keys.outcome,
            (float(low), float(high)),
            keys.scale,
            "compared",
            unit=keys.unit_of_value,
        ),
    )
    return hold_back(result, *gates_of_values(panel))


def fit_cohorts(panel: Panel, covariates: tuple[str, ...] = ()) -> Any:
    """The fit of diff-diff; without a unit never treated, on the periods before the last cohort.

    `covariates` names columns of the panel. Returns the library's result. Raises Refusal where it
    cannot fit.
    """
    from diff_diff import SunAbraham

    if panel.first.max() < NEVER:
        panel = panel.until(int(panel.first.max()) - anticipation_of(panel))
    frame = pandas_frame(
        panel, value=panel.counts, **{name: panel.columns[name] for name in covariates}
    )
    with library_refusals():
        return SunAbraham(anticipation=anticipation_of(panel)).fit(
            frame, "value", "unit", "period", "first", covariates=[*covariates] or None
        )


SUN_ABRAHAM = Design(
    name="sun_abraham",
    keys=ValueKeys,
    run=sun_abraham,
    about="Differences by cohort and period since treatment (Sun and Abraham).",
    example="""\
design: sun_abraham
title: Complaints per 100 officers in six areas
question: How far do cohorts differ from the areas that never had cameras?
"""
    + SIX_AREAS,
    gives=Gives(
        values=("estimate", "se"), tables={"event_periods": ("event_period", "estimate", "se")}
    ),
)
