"""Averages of group-time effects, with errors that count the weights as estimated too."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers

Cell = tuple[int, int]
Weights = Callable[[list[Cell], Numbers], Numbers]
STEP = 1e-6


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
