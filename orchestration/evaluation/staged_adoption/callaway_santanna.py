"""Effects by group and period against units not yet treated, and their averages.

Callaway and Sant'Anna; errors of an average count its weights as estimated too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Rows
from orchestration.evaluation.interval_wording import describe_interval
from orchestration.evaluation.staged_adoption.panel import (
    NEVER,
    SIX_AREAS,
    Panel,
    ValueKeys,
    pandas_frame,
    quietly,
    value_panel,
)

Cell = tuple[int, int]
Weights = Callable[[list[Cell], Numbers], Numbers]
STEP = 1e-6
Estimator = Literal["dr", "reg", "ipw"]
Comparison = Literal["never_treated", "not_yet_treated"]
#: Cells before treatment above which the joint test is left out: its covariance is not to be had.
TESTED_CELLS = 100


@dataclass(frozen=True)
class Cells:
    """Effects by group (first treated period) and period, and each unit's influence on each.

    `influence` has an entry per cell: places of units and their influence, over the number of
    units. `groups` is the group of every unit, nought for those never treated.
    """

    effect: dict[Cell, float]
    influence: dict[Cell, tuple[NDArray[np.int64], Numbers]]
    groups: NDArray[np.int64]

    @property
    def after(self) -> list[Cell]:
        """Cells at or after treatment."""
        return [(group, time) for group, time in self.effect if time >= group]

    def average(self, weights: Weights) -> tuple[float, float]:
        """A weighted average of the effects after treatment, and its standard error.

        `weights` makes the weights of cells from the shares of their groups among all units.
        Influence functions as in Callaway and Sant'Anna (Journal of Econometrics 2021), with the
        estimation of the weights in them for every kind of average.
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
    """Every treated cell by the size of its group."""
    return share / share.sum() if len(cells) else share


def by_group(cells: list[Cell], share: Numbers) -> Numbers:
    """The mean over the periods of a group, then groups by size."""
    groups = np.array([group for group, _ in cells])
    _, place, length = np.unique(groups, return_inverse=True, return_counts=True)
    size = share / length[place]
    found: Numbers = size / size.sum()
    return found


def by_time(cells: list[Cell], share: Numbers) -> Numbers:
    """Groups by size within a calendar period, then the mean over the periods."""
    return _mean_within(np.array([time for _, time in cells]), share)


def by_event_time(cells: list[Cell], share: Numbers) -> Numbers:
    """Groups by size within a period since treatment, then the mean over those."""
    return _mean_within(np.array([time - group for group, time in cells]), share)


AVERAGES: dict[str, Weights] = {
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


class GroupTimeKeys(ValueKeys):
    """Comparison group, and how covariates enter (doubly robust, by regression, by weights)."""

    comparison: Comparison = "not_yet_treated"
    estimators: tuple[Estimator, ...] = ("dr",)


def group_time_effects(keys: GroupTimeKeys, table: pl.DataFrame | None) -> Result:
    """Callaway and Sant'Anna (Journal of Econometrics 2021) by diff-diff, with four averages.

    The values are those of the first estimator; `averages` has those of each. Analytic errors by
    unit; z.
    Raises Refusal without a unit of the comparison.
    """
    panel = value_panel(keys, table)
    fits = {
        name: cells_of(panel, keys.comparison, keys.covariates, name) for name in keys.estimators
    }
    tables = {
        "averages": [row for name, cells in fits.items() for row in _averages(name, cells)],
        "cells": [row for name, cells in fits.items() for row in _cells(name, cells, panel)],
    }
    first = fits[keys.estimators[0]]
    values: dict[str, Any] = {}
    for name, weights in AVERAGES.items():
        values[f"{name}_overall"], values[f"{name}_overall_se"] = first.average(weights)
    values |= _pretest(first)
    estimate, error = values["simple_overall"], values["simple_overall_se"]
    low, high = (estimate + each * stats.norm.ppf(0.975) * error for each in (-1, 1))
    return Result(
        design="group_time_effects",
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
        words=describe_interval(
            keys.outcome, (low, high), keys.scale, "compared", unit=keys.unit_of_value
        ),
    )


def _averages(estimator: str, cells: Cells) -> Rows:
    """The four averages of an estimator with their errors."""
    found = {name: cells.average(weights) for name, weights in AVERAGES.items()}
    return [
        {"estimator": estimator, "average": name, "estimate": estimate, "se": error}
        for name, (estimate, error) in found.items()
    ]


def _cells(estimator: str, cells: Cells, panel: Panel) -> Rows:
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
    return {"pre_test_chi2": statistic, "pre_test_p": float(stats.chi2.sf(statistic, len(before)))}


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
            "averages": ("estimator", "average", "estimate", "se"),
            "cells": ("estimator", "group", "period", "estimate"),
        },
    ),
)
