"""Extended two-way fixed effects: a cell for every cohort and period, Poisson and linear."""

from dataclasses import dataclass
from math import exp, log
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Rows
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.interval_wording import describe_interval
from orchestration.evaluation.libraries import library_refusals
from orchestration.evaluation.scale import Scale
from orchestration.evaluation.staged_adoption.few_clusters import gates_of_values
from orchestration.evaluation.staged_adoption.panel import (
    Panel,
    ValueKeys,
    identified,
    value_panel,
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
    values = _figures(fit)
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


def _figures(fit: CellFit) -> dict[str, Any]:
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
