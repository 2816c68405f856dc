"""Linear imputation: expected values from untreated cells, and the errors that libraries report."""

from math import sqrt
from typing import Any

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
    identified,
    pandas_frame,
    value_panel,
)
from orchestration.evaluation.staged_adoption.two_way_fixed_effects import fit_cells
from orchestration.evaluation.wording import describe_interval

CAUTION = (
    "The errors of the libraries are printed to be checked against, not to be used: with few units "
    "their intervals hold the truth far less often than they say. The interval is a jackknife's."
)


def linear_imputation(keys: ValueKeys, table: pl.DataFrame | None) -> Result:
    """Linear imputation; the same estimate as two-stage difference-in-differences (Gardner 2021).

    `table` (one row per unit and period). Borusyak, Jaravel and Spiess (2024, Review of Economic
    Studies 91:3253). Standard error by jackknife over units, t. Returns a Result on the scale of
    the values. Raises Refusal for whatever is no panel, and where a unit cannot be left out.
    """
    panel = value_panel(keys, table)
    estimate, error, low, high = imputed(panel)
    require_variation(error)
    result = Result(
        design="linear_imputation",
        measure="average difference among the treated",
        scale=keys.scale,
        method="linear imputation (Borusyak, Jaravel and Spiess 2024); jackknife over units",
        values={"estimate": estimate, "se_jackknife": error, **_of_libraries(panel)},
        estimate=estimate,
        standard_error=error,
        interval_low=low,
        interval_high=high,
        p_value=float(2 * stats.t.sf(abs(estimate) / error, len(panel.units) - 1)),
        notes=(CAUTION,),
        is_randomised=False,
        summary=describe_interval(
            keys.outcome, (low, high), keys.scale, "compared", unit=keys.unit_of_value
        ),
    )
    return hold_back(result, *gates_of_values(panel))


def imputed(panel: Panel) -> tuple[float, float, float, float]:
    """Linear imputation of a panel with a jackknife over units.

    Returns estimate, standard error, and both ends of the t interval. Raises Refusal where a unit
    cannot be left out.
    """
    panel = identified(panel)
    units = len(panel.units)
    estimate = _estimate(panel, np.ones(units, dtype=bool))
    without = np.array([_estimate(panel, np.arange(units) != each) for each in range(units)])
    if not np.isfinite(without).all():
        raise Refusal("a unit cannot be left out: no error can be given with so few units")
    error = sqrt((units - 1) / units * float(((without - estimate) ** 2).sum()))
    reach = float(stats.t.ppf(0.975, units - 1)) * error
    return estimate, error, estimate - reach, estimate + reach


def _estimate(panel: Panel, kept: NDArray[np.bool_]) -> float:
    """Mean of value minus fit over the treated cells of the units kept.

    Periods are solved for first, units follow: with a unit's mean m_u and its open cells c, the
    period effects solve (C - c'c/n) p = y - c'm.
    """
    value, treated = panel.counts[kept], panel.treated[kept]
    cells: Numbers = panel.untreated[kept].astype(float)
    per_unit = cells.sum(1)
    total = np.diag(cells.sum(0)) - cells.T @ (cells / per_unit[:, None])
    mean = (value * cells).sum(1) / per_unit
    wanted = (value * cells).sum(0) - cells.T @ mean
    is_open = cells.sum(0) > 0
    period = np.full(len(is_open), np.nan)
    inside = np.ix_(is_open, is_open)
    period[is_open] = np.linalg.lstsq(total[inside], wanted[is_open], rcond=None)[0]
    unit = mean - (cells * np.where(is_open, period, 0)).sum(1) / per_unit
    counted = treated & is_open
    if not counted.any():
        return float("nan")
    return float((value - unit[:, None] - period)[counted].mean())


def analytic_error(panel: Panel) -> float:
    """The error that diff-diff prints for Borusyak, Jaravel and Spiess.

    For comparison: with 32 units its intervals hold the truth in less than nine cases of ten.
    Returns the standard error. Raises Refusal where the library cannot fit.
    """
    from diff_diff import ImputationDiD

    return _printed(ImputationDiD(anticipation=anticipation_of(panel)), identified(panel))


def _printed(model: Any, panel: Panel) -> float:
    with library_refusals():
        found = model.fit(
            pandas_frame(panel, value=panel.counts), "value", "unit", "period", "first"
        )
    return float(found.overall_se)


def _of_libraries(panel: Panel) -> dict[str, float]:
    from diff_diff import TwoStageDiD

    panel = identified(panel)
    cells = fit_cells(panel, "linear")
    gradient = np.zeros(len(cells.coefficients))
    sizes = np.array([len(rows) for rows in cells.rows])
    gradient[-len(sizes) :] = sizes / sizes.sum()
    return {
        "se_etwfe": cells.error(gradient),
        "se_imputation_analytic": analytic_error(panel),
        "se_two_stage_analytic": _printed(TwoStageDiD(anticipation=anticipation_of(panel)), panel),
    }


LINEAR_IMPUTATION = Design(
    name="linear_imputation",
    keys=ValueKeys,
    run=linear_imputation,
    about="Values against those expected from untreated cells, on the scale of the values.",
    example="""\
design: linear_imputation
title: Complaints per 100 officers in six areas
question: How do rates compare with those expected from areas without cameras yet?
"""
    + SIX_AREAS,
    gives=Gives(
        values=(
            "estimate",
            "se_jackknife",
            "se_etwfe",
            "se_imputation_analytic",
            "se_two_stage_analytic",
        )
    ),
)
