"""Regression with a cell for every cohort and treated period: Poisson and linear."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.rollout.panel import Panel
from orchestration.evaluation.rollout.quietly import quietly


@dataclass(frozen=True)
class CellFit:
    """Coefficients and clustered covariance, with the design that they belong to."""

    coefficients: Numbers
    covariance: Numbers
    design: Numbers
    cells: list[tuple[int, int]]
    rows: list[NDArray[np.int64]]
    exposure: Numbers

    def untreated(self) -> Numbers:
        """The design with every cell of treatment taken out."""
        bare = self.design.copy()
        bare[:, bare.shape[1] - len(self.cells) :] = 0
        return bare

    def error(self, gradient: Numbers) -> float:
        """Standard error of a function of the coefficients, by its gradient."""
        return float(np.sqrt(gradient @ self.covariance @ gradient))


def fit_cells(panel: Panel, kind: Literal["poisson", "linear"]) -> CellFit:
    """Cohort and period effects plus a cell per cohort and treated period (Wooldridge 2023).

    Clustered by unit, HC1: G/(G-1) * (N-1)/(N-K), as R's sandwich does. Treated periods without
    any untreated unit are left out. Raises Refusal on collinearity or without convergence.
    """
    import statsmodels.api as sm

    open_ = np.flatnonzero((~panel.treated).any(0))
    panel = panel.until(int(open_.max()) + 1)
    design, cells, rows = _design(panel)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal("cohorts, periods and cells are collinear: some cell has no comparison")
    units = np.repeat(np.arange(len(panel.units)), panel.counts.shape[1])
    clustered = {"groups": units}
    value = panel.counts.ravel()
    with quietly():
        if kind == "linear":
            found: Any = sm.OLS(value, design).fit(cov_type="cluster", cov_kwds=clustered)
        else:
            model = sm.GLM(
                value, design, family=sm.families.Poisson(), offset=np.log(panel.exposure.ravel())
            )
            found = model.fit(tol=1e-12, cov_type="cluster", cov_kwds=clustered)
            if not found.converged:
                raise Refusal("the Poisson model did not converge")
    return CellFit(found.params, found.cov_params(), design, cells, rows, panel.exposure.ravel())


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
    return (
        np.stack(columns, axis=1).astype(float),
        cells,
        [np.flatnonzero(mask) for mask in masks],
    )
