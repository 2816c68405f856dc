"""Effects by group and period against units not yet treated, and their aggregations.

Callaway and Sant'Anna (2021, Journal of Econometrics 225:200). Errors of an aggregation allow for
its weights being estimated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import NEVER, Numbers
from orchestration.evaluation.core import (
    Design,
    Gives,
    Refusal,
    Result,
    Rows,
    library_refusals,
    require_variation,
)
from orchestration.evaluation.gates import hold_back
from orchestration.evaluation.staged_adoption.diff_diff_influence import Cell, influence_of
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

Weights = Callable[[list[Cell], Numbers], Numbers]
STEP = 1e-6
Estimator = Literal["dr", "reg", "ipw"]
Comparison = Literal["never_treated", "not_yet_treated"]
#: With more cells before treatment the joint test is left out: their covariance cannot be
#: estimated.
TESTED_CELLS = 100


@dataclass(frozen=True)
class GroupTimeEffects:
    """Effects by group (first treated period) and period, and each unit's influence on each.

    `influence` (m,) has for every cell the places of m units and their influence, divided by the
    number of units. `groups` (units,) is the group of every unit, zero for those never treated.
    """

    effect: dict[Cell, float]
    influence: dict[Cell, tuple[NDArray[np.int64], Numbers]]
    groups: NDArray[np.int64]

    @property
    def after(self) -> list[Cell]:
        """Cells at or after treatment."""
        return [(group, time) for group, time in self.effect if time >= group]

    def aggregate_att(self, weights: Weights) -> tuple[float, float]:
        """A weighted average of the effects after treatment (ATT).

        `weights` makes the weights of cells from the shares of their groups among all units.
        Influence functions as in Callaway and Sant'Anna (2021), with the estimation of the weights
        included for every kind of average. Returns the average and its standard error.
        """
        cells = self.after
        names = sorted({group for group, _ in cells})
        units = len(self.groups)
        shares = np.array([(self.groups == name).mean() for name in names])
        effects = np.array([self.effect[cell] for cell in cells])
        by_group = dict(zip(names, shares, strict=True))
        weight = weights(cells, _of_cells(cells, by_group))
        influence = np.zeros(units)
        for cell, each in zip(cells, weight, strict=True):
            places, values = self.influence[cell]
            influence[places] += each * values
        for name, share in by_group.items():
            up, down = (
                weights(cells, _of_cells(cells, by_group | {name: share + move})) @ effects
                for move in (STEP, -STEP)
            )
            slope = (up - down) / (2 * STEP)
            influence += slope * ((self.groups == name) - share) / units
        return float(weight @ effects), sqrt(float((influence**2).sum()))


def simple(cells: list[Cell], share: Numbers) -> Numbers:
    """Weights: every treated cell by the size of its group.

    `share` (cells,) is the share of the group among all units. Returns the weights (cells,).
    """
    return share / share.sum() if len(cells) else share


def by_group(cells: list[Cell], share: Numbers) -> Numbers:
    """Weights: the mean over the periods of a group, then groups by size.

    `share` (cells,) is the share of the group among all units. Returns the weights (cells,).
    """
    groups = np.array([group for group, _ in cells])
    _, place, length = np.unique(groups, return_inverse=True, return_counts=True)
    size = share / length[place]
    found: Numbers = size / size.sum()
    return found


def by_time(cells: list[Cell], share: Numbers) -> Numbers:
    """Weights: groups by size within a calendar period, then the mean over the periods.

    `share` (cells,) is the share of the group among all units. Returns the weights (cells,).
    """
    return _mean_within(np.array([time for _, time in cells]), share)


def by_event_time(cells: list[Cell], share: Numbers) -> Numbers:
    """Weights: groups by size within a period since treatment, then the mean over those.

    `share` (cells,) is the share of the group among all units. Returns the weights (cells,).
    """
    return _mean_within(np.array([time - group for group, time in cells]), share)


AGGREGATIONS: dict[str, Weights] = {
    "simple": simple,
    "dynamic": by_event_time,
    "group": by_group,
    "calendar": by_time,
}


def _mean_within(kind: NDArray[np.int64], share: Numbers) -> Numbers:
    kinds, place = np.unique(kind, return_inverse=True)
    total = np.bincount(place, weights=share)[place]
    found: Numbers = share / total / len(kinds)
    return found


def _of_cells(cells: list[Cell], share: dict[int, float]) -> Numbers:
    return np.array([share[group] for group, _ in cells])


class CallawaySantannaKeys(ValueKeys):
    """Comparison group, and how covariates enter (doubly robust, by regression, by weights)."""

    comparison: Comparison = "not_yet_treated"
    estimators: tuple[Estimator, ...] = ("dr",)


def callaway_santanna(keys: CallawaySantannaKeys, table: pl.DataFrame | None) -> Result:
    """Group-time effects of Callaway and Sant'Anna by diff-diff, with four aggregations.

    `table` (one row per unit and period). The values are those of the first estimator; the table
    `aggregations` has those of each. Analytic errors by unit; z. Returns a Result on the scale of
    the values. Raises Refusal without a unit to compare with.
    """
    panel = value_panel(keys, table)
    fits = {
        name: cells_of(panel, keys.comparison, keys.covariates, name) for name in keys.estimators
    }
    tables = {
        "aggregations": [row for name, cells in fits.items() for row in _aggregations(name, cells)],
        "cells": [row for name, cells in fits.items() for row in _cells(name, cells, panel)],
    }
    first = fits[keys.estimators[0]]
    values: dict[str, Any] = {}
    for name, weights in AGGREGATIONS.items():
        values[f"{name}_overall"], values[f"{name}_overall_se"] = first.aggregate_att(weights)
    values |= _pretest(first, anticipation_of(panel))
    estimate, error = values["simple_overall"], require_variation(values["simple_overall_se"])
    low, high = (estimate + each * stats.norm.ppf(0.975) * error for each in (-1, 1))
    result = Result(
        design="callaway_santanna",
        measure="average difference among the treated",
        scale=keys.scale,
        method="group-time effects (Callaway and Sant'Anna 2021), diff-diff; analytic errors",
        values=values,
        tables=tables,
        estimate=estimate,
        standard_error=error,
        interval_low=float(low),
        interval_high=float(high),
        p_value=float(2 * stats.norm.sf(abs(estimate) / error)),
        is_randomised=False,
        summary=describe_interval(
            keys.outcome, (low, high), keys.scale, "compared", unit=keys.unit_of_value
        ),
    )
    return hold_back(result, *gates_of_values(panel))


def _aggregations(estimator: str, cells: GroupTimeEffects) -> Rows:
    """The four averages of an estimator with their errors."""
    found = {name: cells.aggregate_att(weights) for name, weights in AGGREGATIONS.items()}
    return [
        {"estimator": estimator, "aggregation": name, "estimate": estimate, "se": error}
        for name, (estimate, error) in found.items()
    ]


def _cells(estimator: str, cells: GroupTimeEffects, panel: Panel) -> Rows:
    """The effect of every group and period, by their labels."""
    return [
        {
            "estimator": estimator,
            "group": str(panel.calendar.label(group - 1)),
            "period": str(panel.calendar.label(time - 1)),
            "estimate": effect,
        }
        for (group, time), effect in cells.effect.items()
    ]


def cells_of(
    panel: Panel, comparison: str, covariates: tuple[str, ...] = (), estimator: str = "dr"
) -> GroupTimeEffects:
    """Group-time effects of a panel with their influence functions, periods numbered from 1.

    `covariates` names columns of the panel; `estimator` is dr, reg or ipw. Returns
    GroupTimeEffects. Raises Refusal where no unit is never treated and the comparison wants them,
    or where diff-diff cannot fit.
    """
    from diff_diff import CallawaySantAnna

    if comparison == "never_treated" and panel.first.max() < NEVER:
        raise Refusal("no unit is never treated: compare with `not_yet_treated` ones")
    given = {name: panel.columns[name] for name in covariates}
    frame = pandas_frame(panel, value=panel.counts, **given)
    model = CallawaySantAnna(
        control_group=comparison,
        estimation_method=estimator,
        anticipation=anticipation_of(panel),
    )
    with library_refusals():
        found = model.fit(
            frame, "value", "unit", "period", "first", covariates=[*covariates] or None
        )
    influence = influence_of(found)
    effects = {
        (int(g), int(t)): float(each["effect"]) for (g, t), each in found.group_time_effects.items()
    }
    return GroupTimeEffects(
        {cell: effect for cell, effect in effects.items() if cell in influence.by_cell},
        influence.by_cell,
        influence.groups,
    )


def _pretest(cells: GroupTimeEffects, partial: int) -> dict[str, float]:
    """Joint Wald test that every effect before treatment is zero, as R's did prints it.

    `partial` periods before the first treated one are neither before nor after.
    """
    before = [(group, time) for group, time in cells.effect if time < group - partial]
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
    return {"pre_test_chi2": statistic, "pre_test_p": float(stats.chi2.sf(statistic, len(before)))}


CALLAWAY_SANTANNA = Design(
    name="callaway_santanna",
    keys=CallawaySantannaKeys,
    run=callaway_santanna,
    about="Differences by group and period against units never or not yet treated.",
    example="""\
design: callaway_santanna
title: Complaints per 100 officers in six areas
question: How far do areas with cameras differ from those that have none yet?
"""
    + SIX_AREAS,
    gives=Gives(
        values=(
            "simple_overall",
            "simple_overall_se",
            "dynamic_overall",
            "dynamic_overall_se",
            "group_overall",
            "group_overall_se",
            "calendar_overall",
            "calendar_overall_se",
        ),
        sometimes=("pre_test_chi2", "pre_test_p"),
        tables={
            "aggregations": ("estimator", "aggregation", "estimate", "se"),
            "cells": ("estimator", "group", "period", "estimate"),
        },
    ),
)
