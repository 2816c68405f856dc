"""Effects by group and period, against units never or not yet treated."""

from typing import Any, Literal

import numpy as np
import polars as pl
from scipy import stats

from orchestration.evaluation.frame import Design, Refusal, Result
from orchestration.evaluation.rollout.averages import AVERAGES, Cells
from orchestration.evaluation.rollout.examples import SIX_AREAS
from orchestration.evaluation.rollout.long import pandas_frame
from orchestration.evaluation.rollout.panel import Panel
from orchestration.evaluation.rollout.periods import NEVER
from orchestration.evaluation.rollout.quietly import quietly
from orchestration.evaluation.rollout.values import ValueKeys, value_panel
from orchestration.evaluation.telling import tell

Estimator = Literal["dr", "reg", "ipw"]
Comparison = Literal["never_treated", "not_yet_treated"]
#: Cells before treatment above which the joint test is left out: its covariance is not to be had.
TESTED_CELLS = 100


class GroupTimeKeys(ValueKeys):
    """Comparison group, and how covariates enter (doubly robust, by regression, by weights)."""

    comparison: Comparison = "not_yet_treated"
    estimators: tuple[Estimator, ...] = ("dr",)


def group_time_effects(keys: GroupTimeKeys, table: pl.DataFrame | None) -> Result:
    """Callaway and Sant'Anna (Journal of Econometrics 2021) by diff-diff, with four averages.

    With covariates every figure bears the name of its estimator. Analytic errors by unit; z.
    Raises Refusal without a unit of the comparison.
    """
    panel = value_panel(keys, table)
    values: dict[str, Any] = {}
    for estimator in keys.estimators:
        prefix = f"{estimator}_" if keys.covariates else ""
        cells = cells_of(panel, keys.comparison, keys.covariates, estimator)
        for (group, time), effect in cells.effect.items():
            names = (panel.calendar.label(each - 1) for each in (group, time))
            values[f"{prefix}ATT({','.join(map(str, names))})"] = effect
        for name, weights in AVERAGES.items():
            average, error = cells.average(weights)
            values |= {f"{prefix}{name}_overall": average, f"{prefix}{name}_overall_se": error}
        values |= {f"{prefix}{name}": each for name, each in _pretest(cells).items()}
    prefix = f"{keys.estimators[0]}_" if keys.covariates else ""
    estimate, error = values[f"{prefix}simple_overall"], values[f"{prefix}simple_overall_se"]
    low, high = (estimate + each * stats.norm.ppf(0.975) * error for each in (-1, 1))
    return Result(
        design="group_time_effects",
        measure="average difference among the treated",
        method="group-time effects (Callaway and Sant'Anna 2021), diff-diff; analytic errors",
        values=values,
        estimate=estimate,
        standard_error=error,
        interval_low=float(low),
        interval_high=float(high),
        p_value=float(2 * stats.norm.sf(abs(estimate) / error)),
        is_randomised=False,
        words=tell(keys.outcome, (low, high), "difference", "compared", unit=keys.unit_of_value),
    )


def cells_of(
    panel: Panel, comparison: str, covariates: tuple[str, ...] = (), estimator: str = "dr"
) -> Cells:
    """Group-time effects of a panel with their influence functions, periods numbered from 1.

    Raises Refusal where nobody is never treated and the comparison wants them, or where diff-diff
    cannot fit.
    """
    from diff_diff import CallawaySantAnna

    if comparison == "never_treated" and panel.first.max() < NEVER:
        raise Refusal("no unit is never treated: compare with `not_yet_treated` ones")
    given = {name: panel.columns[name] for name in covariates}
    frame = pandas_frame(panel, value=panel.counts, **given)
    model = CallawaySantAnna(control_group=comparison, estimation_method=estimator)
    with quietly():
        found = model.fit(
            frame, "value", "unit", "period", "first", covariates=[*covariates] or None
        )
    # The averages over calendar periods and groups need influence functions, which only the kit
    # for its own averages holds.
    kit = found._aggregation_kit
    cells = [cell for cell in found.group_time_effects if cell in kit.influence]
    return Cells(
        {(int(g), int(t)): float(found.group_time_effects[g, t]["effect"]) for g, t in cells},
        {(int(g), int(t)): _influence(kit.influence[g, t]) for g, t in cells},
        np.asarray(kit.bookkeeping["unit_cohorts"]).astype(np.int64),
    )


def _influence(told: dict[str, Any]) -> tuple[Any, Any]:
    return (
        np.concatenate([told["treated_idx"], told["control_idx"]]),
        np.concatenate([told["treated_inf"], told["control_inf"]]),
    )


def _pretest(cells: Cells) -> dict[str, float]:
    """Joint Wald test that every effect before treatment is nought, as R's did prints it."""
    before = [(group, time) for group, time in cells.effect if time < group]
    if not 0 < len(before) <= TESTED_CELLS:
        return {}
    influence = np.zeros((len(cells.groups), len(before)))
    for place, cell in enumerate(before):
        places, values = cells.influence[cell]
        np.add.at(influence[:, place], places, values)
    effects = np.array([cells.effect[cell] for cell in before])
    covariance = influence.T @ influence
    if np.linalg.matrix_rank(covariance) < len(before):
        return {}
    statistic = float(effects @ np.linalg.solve(covariance, effects))
    return {"Wpre": statistic, "Wpre_p": float(stats.chi2.sf(statistic, len(before)))}


GROUP_TIME = Design(
    name="group_time_effects",
    keys=GroupTimeKeys,
    run=group_time_effects,
    about="Differences by group and period against units never or not yet treated.",
    example="""\
design: group_time_effects
title: Complaints per 100 officers in six areas
question: How far do areas with cameras differ from those that have none yet?
"""
    + SIX_AREAS,
)
