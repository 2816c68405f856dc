"""Poisson regression with a cell per cohort and treated period, told as observed over expected."""

from math import exp, log
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.frame import Design, Refusal, Result
from orchestration.evaluation.rollout.cells import CellFit, fit_cells
from orchestration.evaluation.rollout.values import ValueKeys, value_panel
from orchestration.evaluation.telling import tell


def poisson_cells(keys: ValueKeys, table: pl.DataFrame | None) -> Result:
    """Wooldridge (Econometrics Journal 2023): the same estimate as Poisson imputation.

    `ATT_level` is the mean difference per treated cell in the unit of the value. Errors by the
    delta method, clustered by unit (HC1). Raises Refusal for values below nought.
    """
    panel = value_panel(keys, table, levels=True)
    if (panel.counts < 0).any():
        raise Refusal(f"column {keys.value!r} has values below nought: Poisson needs levels")
    fit = fit_cells(panel, "poisson")
    values = _figures(fit)
    for (cohort, at), place in zip(fit.cells, range(-len(fit.cells), 0), strict=True):
        name = f"cell_{panel.calendar.label(cohort)}_{panel.calendar.label(at)}"
        values[name] = float(fit.coefficients[place])
    estimate = values["log_ratio_observed_to_counterfactual"]
    error = values["log_ratio_se_HC1cluster"]
    low, high = (estimate + each * float(stats.norm.ppf(0.975)) * error for each in (-1, 1))
    return Result(
        design="poisson_cells",
        measure="log ratio of observed to expected",
        method="Poisson with cohort by period cells (Wooldridge 2023), statsmodels; HC1 by unit",
        values=values,
        estimate=estimate,
        standard_error=error,
        interval_low=low,
        interval_high=high,
        p_value=float(2 * stats.norm.sf(abs(estimate) / error)),
        notes=(f"Observed is {exp(estimate):.3f} times what was expected.",),
        is_randomised=False,
        words=tell(keys.outcome, (low, high), "log_ratio", "compared"),
    )


def _figures(fit: CellFit) -> dict[str, Any]:
    treated = np.concatenate(fit.rows)
    with_cells, without = fit.design[treated], fit.untreated()[treated]
    exposure = fit.exposure[treated]
    seen = exposure * np.exp(with_cells @ fit.coefficients)
    due = exposure * np.exp(without @ fit.coefficients)
    level = (seen @ with_cells - due @ without) / len(treated)
    ratio = seen @ with_cells / seen.sum() - due @ without / due.sum()
    return {
        "ATT_level": float((seen - due).mean()),
        "ATT_level_se_HC1cluster": fit.error(level),
        "log_ratio_observed_to_counterfactual": log(seen.sum() / due.sum()),
        "log_ratio_se_HC1cluster": fit.error(ratio),
        "sum_observed": float(seen.sum()),
        "sum_counterfactual": float(due.sum()),
        "treated_cells": len(treated),
    }


POISSON_CELLS = Design(
    name="poisson_cells",
    keys=ValueKeys,
    run=poisson_cells,
    about="Observed over expected from Poisson regression with cohort by period cells.",
    example="""\
design: poisson_cells
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
)
