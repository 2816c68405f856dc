"""Two-way fixed effects: with one coefficient for treatment, and extended (ETWFE).

One coefficient is a comparison, never the headline: it shrinks an effect that grows. The extended
design has a cell for every cohort and period, Poisson and linear.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import (
    Design,
    Gives,
    Refusal,
    Result,
    Rows,
    Scale,
    library_refusals,
)
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.staged_adoption.few_clusters import gates_of_values
from orchestration.evaluation.staged_adoption.panel import (
    Panel,
    ValueKeys,
    identified,
    long_frame,
    value_panel,
)
from orchestration.evaluation.wording import describe_interval

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


@dataclass(frozen=True)
class CellFit:
    """Coefficients and their clustered covariance, with the design that they belong to.

    `coefficients` (k,), `covariance` (k, k), `design` (n, k) and `exposure` (n,) over n = units
    times periods; `rows` (m,) has the m rows of every cell.
    """

    coefficients: Numbers
    covariance: Numbers
    design: Numbers
    cells: list[tuple[int, int]]
    rows: list[NDArray[np.int64]]
    exposure: Numbers

    def untreated(self) -> Numbers:
        """The design with every cell of treatment set to zero.

        Returns the design (n, k).
        """
        bare = self.design.copy()
        bare[:, bare.shape[1] - len(self.cells) :] = 0
        return bare

    def error(self, gradient: Numbers) -> float:
        """Standard error of a function of the coefficients, by the delta method.

        `gradient` (k,). Returns the standard error.
        """
        return float(np.sqrt(gradient @ self.covariance @ gradient))


def fit_cells(panel: Panel, kind: Literal["poisson", "linear"]) -> CellFit:
    """Cohort and period effects plus a cell per cohort and treated period.

    Wooldridge (2023, The Econometrics Journal 26:C31). Clustered by unit, HC1: G/(G-1) *
    (N-1)/(N-K), as R's sandwich does. Treated periods without any untreated unit are left out, and
    cells within which treatment began.
    Returns a CellFit. Raises Refusal on collinearity or without convergence.
    """
    import statsmodels.api as sm

    panel = identified(panel)
    design, cells, rows = _design(panel)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal("cohorts, periods and cells are collinear: some cell has no comparison")
    whole = ~panel.partial.ravel()
    units = np.repeat(np.arange(len(panel.units)), panel.counts.shape[1])[whole]
    clustered = {"groups": units}
    value, exposure = panel.counts.ravel()[whole], panel.exposure.ravel()[whole]
    with library_refusals():
        if kind == "linear":
            found: Any = sm.OLS(value, design).fit(cov_type="cluster", cov_kwds=clustered)
        else:
            model = sm.GLM(value, design, family=sm.families.Poisson(), offset=np.log(exposure))
            found = model.fit(tol=1e-12, cov_type="cluster", cov_kwds=clustered)
            if not found.converged:
                raise Refusal("the Poisson model did not converge")
    return CellFit(found.params, found.cov_params(), design, cells, rows, exposure)


def _design(
    panel: Panel,
) -> tuple[Numbers, list[tuple[int, int]], list[NDArray[np.int64]]]:
    count = panel.counts.shape[1]
    first = np.repeat(panel.first, count)
    period = np.tile(np.arange(count), len(panel.units))
    cohorts = np.unique(first)
    treated = [int(each) for each in cohorts if each < count]
    cells = [(cohort, at) for cohort in treated for at in range(cohort, count)]
    masks = [(first == cohort) & (period == at) for cohort, at in cells]
    columns = [
        np.ones(len(first)),
        *(first == each for each in cohorts[1:]),
        *(period == each for each in range(1, count)),
        *masks,
    ]
    whole = ~panel.partial.ravel()
    masks = [mask[whole] for mask in masks]
    return (
        np.stack(columns, axis=1).astype(float)[whole],
        cells,
        [np.flatnonzero(mask) for mask in masks],
    )


def etwfe(keys: ValueKeys, table: pl.DataFrame | None) -> Result:
    """Poisson regression with cohort by period cells; the same estimate as Poisson imputation.

    `table` (one row per unit and period). Wooldridge (2023, The Econometrics Journal 26:C31).
    `level_difference` is the mean difference per treated cell in the unit of the value. Errors by
    the delta method, clustered by unit (HC1). Returns a Result on the log scale. Raises Refusal for
    values below zero.
    """
    panel = value_panel(keys, table, levels=True)
    if (panel.counts < 0).any():
        raise Refusal(f"column {keys.value!r} has values below zero: Poisson needs levels")
    fit = fit_cells(panel, "poisson")
    values = _etwfe_values(fit)
    cells: Rows = [
        {
            "group": str(panel.calendar.label(cohort)),
            "period": str(panel.calendar.label(at)),
            "log_ratio": float(fit.coefficients[place]),
        }
        for (cohort, at), place in zip(fit.cells, range(-len(fit.cells), 0), strict=True)
    ]
    estimate, error = values["log_ratio"], values["se"]
    low, high = (estimate + each * float(stats.norm.ppf(0.975)) * error for each in (-1, 1))
    result = Result(
        design="etwfe",
        measure="log ratio of observed to expected",
        scale=Scale.LOG_RATIO,
        method="Poisson with cohort by period cells (Wooldridge 2023), statsmodels; HC1 by unit",
        values=values,
        tables={"cells": cells},
        estimate=estimate,
        standard_error=error,
        interval_low=low,
        interval_high=high,
        p_value=float(2 * stats.norm.sf(abs(estimate) / error)),
        notes=(f"Observed is {exp(estimate):.3f} times what was expected.",),
        is_randomised=False,
        summary=describe_interval(keys.outcome, (low, high), Scale.LOG_RATIO, "compared"),
    )
    return hold_back(result, *gates_of_values(panel))


def _etwfe_values(fit: CellFit) -> dict[str, Any]:
    treated = np.concatenate(fit.rows)
    with_cells, without = fit.design[treated], fit.untreated()[treated]
    exposure = fit.exposure[treated]
    seen = exposure * np.exp(with_cells @ fit.coefficients)
    due = exposure * np.exp(without @ fit.coefficients)
    level = (seen @ with_cells - due @ without) / len(treated)
    ratio = seen @ with_cells / seen.sum() - due @ without / due.sum()
    return {
        "level_difference": float((seen - due).mean()),
        "se_level_difference": fit.error(level),
        "log_ratio": log(seen.sum() / due.sum()),
        "se": fit.error(ratio),
        "observed": float(seen.sum()),
        "expected": float(due.sum()),
        "treated_cells": len(treated),
    }


ETWFE = Design(
    name="etwfe",
    keys=ValueKeys,
    run=etwfe,
    about="Observed over expected from Poisson regression with cohort by period cells.",
    example="""\
design: etwfe
title: Complaints in four areas
question: How do counts compare with those expected from areas without cameras yet?
keys:
  outcome: Complaints
  unit: area
  period: year
  first: cameras_from
  value: complaints
inline:
  area: [a, a, a, b, b, b, c, c, c, d, d, d]
  year: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
  cameras_from: [2, 2, 2, 3, 3, 3, null, null, null, null, null, null]
  complaints: [51, 42, 40, 55, 56, 49, 52, 53, 52, 61, 60, 62]
""",
    gives=Gives(
        values=(
            "level_difference",
            "se_level_difference",
            "log_ratio",
            "se",
            "observed",
            "expected",
            "treated_cells",
        ),
        tables={"cells": ("group", "period", "log_ratio")},
    ),
)
