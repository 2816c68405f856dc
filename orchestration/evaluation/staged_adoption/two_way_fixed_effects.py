"""Two-way fixed effects with one coefficient for treatment: a comparison, never the headline."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Design, Gives, Refusal, Result
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.interval_wording import describe_interval
from orchestration.evaluation.libraries import library_refusals
from orchestration.evaluation.scale import Scale
from orchestration.evaluation.staged_adoption.few_clusters import gates_of_values
from orchestration.evaluation.staged_adoption.panel import (
    Panel,
    ValueKeys,
    long_frame,
    value_panel,
)

Model = Literal["ols", "poisson"]
CAUTION = "One coefficient for all periods: it shrinks an effect that grows or differs by wave."


class TwoWayFixedEffectsKeys(ValueKeys):
    """Least squares on the values, Poisson on the levels, or both; the first is the estimate."""

    models: tuple[Model, ...] = ("poisson",)


@dataclass(frozen=True)
class Coefficient:
    """The coefficient of treatment with its clustered error and interval."""

    estimate: float
    error: float
    low: float
    high: float
    p_value: float


def two_way_fixed_effects(keys: TwoWayFixedEffectsKeys, table: pl.DataFrame | None) -> Result:
    """Unit and period fixed effects by pyfixest, errors clustered by unit (CR1).

    `table` (one row per unit and period). Returns a Result: log ratios by Poisson, differences by
    least squares. Raises Refusal for whatever is no panel, and where treatment is not identified.
    """
    panels = {model: value_panel(keys, table, levels=model == "poisson") for model in keys.models}
    fits = {model: fit_two_way(panels[model], model, keys.covariates) for model in keys.models}
    first = fits[keys.models[0]]
    scale = Scale.LOG_RATIO if keys.models[0] == "poisson" else keys.scale
    result = Result(
        design="two_way_fixed_effects",
        measure=str(scale).replace("_", " "),
        scale=scale,
        method="two-way effects (least squares or Poisson), pyfixest; clustered by unit",
        values={**_values(fits)},
        estimate=first.estimate,
        standard_error=first.error,
        interval_low=first.low,
        interval_high=first.high,
        p_value=first.p_value,
        notes=(CAUTION,),
        is_randomised=False,
        summary=describe_interval(
            keys.outcome,
            (first.low, first.high),
            scale,
            "compared",
            unit=keys.unit_of_value,
        ),
    )
    return hold_back(result, *gates_of_values(panels[keys.models[0]]))


def _values(fits: dict[Model, Coefficient]) -> dict[str, float]:
    return {
        f"{model}_{name}": value
        for model, each in fits.items()
        for name, value in (("estimate", each.estimate), ("se", each.error))
    }


def fit_two_way(
    panel: Panel, model: Model, covariates: tuple[str, ...] = (), dose: Numbers | None = None
) -> Coefficient:
    """The coefficient of treatment, or of a dose.

    `dose` (units, periods). Units are absorbed and periods written out: with two absorbed effects
    the clustered errors of pyfixest 0.60 follow PYTHONHASHSEED. Exposure enters Poisson as an
    offset. Returns a Coefficient. Raises Refusal where it is not identified.
    """
    import pyfixest

    dosed = panel.treated.astype(float) if dose is None else dose
    named = {f"x{place}": panel.columns[name] for place, name in enumerate(covariates)}
    frame = long_frame(panel, value=panel.counts, held=np.log(panel.exposure), dosed=dosed, **named)
    frame = frame.filter(~panel.partial.ravel()).to_pandas()
    formula = " + ".join(["value ~ dosed", *named, "C(period) | unit"])
    clustered = {"CRV1": "unit"}
    with library_refusals():
        if model == "poisson":
            # Units without any event carry no information on a ratio: pyfixest drops them.
            found = pyfixest.fepois(formula, frame, vcov=clustered, offset="held", fixef_tol=1e-10)
        else:
            found = pyfixest.feols(formula, frame, vcov=clustered)
    coefficients = found.tidy()
    if {"dosed", *named} - {*coefficients.index}:
        raise Refusal(
            "treatment is not identified: it is collinear with covariates, units and periods"
        )
    row = coefficients.loc["dosed"]
    figures = [float(row[name]) for name in ("Estimate", "Std. Error", "2.5%", "97.5%", "Pr(>|t|)")]
    return Coefficient(*figures)


TWO_WAY_FIXED_EFFECTS = Design(
    name="two_way_fixed_effects",
    keys=TwoWayFixedEffectsKeys,
    run=two_way_fixed_effects,
    about="Two-way effects with one coefficient for treatment; for comparison only.",
    example="""\
design: two_way_fixed_effects
title: Complaints in four areas
question: What does the usual two-way regression give?
keys:
  outcome: Complaints
  unit: area
  period: year
  first: cameras_from
  value: complaints
  models: [poisson, ols]
inline:
  area: [a, a, a, b, b, b, c, c, c, d, d, d]
  year: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
  cameras_from: [2, 2, 2, 3, 3, 3, null, null, null, null, null, null]
  complaints: [51, 42, 40, 55, 56, 49, 52, 53, 52, 61, 60, 62]
""",
    gives=Gives(sometimes=("poisson_estimate", "poisson_se", "ols_estimate", "ols_se")),
)
