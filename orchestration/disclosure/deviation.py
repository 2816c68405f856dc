"""What to hide so that a cell can move: the cheapest set of shown cells that lets it move as far.

The minimum-cost deviation of Kelly, Golden and Assad (1992), over any additive table.
"""

import numpy as np
from scipy import sparse

from orchestration.disclosure.additive_table import AdditiveTable, Floats, Mask, Whole
from orchestration.disclosure.cells import SLACK
from orchestration.disclosure.program import Program
from orchestration.disclosure.ranges import TOLERANCE, Ranges

Moves = tuple[float, Whole]


def _costs(table: AdditiveTable) -> Floats:
    """What hiding a unit of each cell costs: more for large counts and totals, most for zeros."""
    costs = 1.0 + np.sqrt(table.counts)
    return np.where(table.counts > SLACK, costs, 2 * costs.max(initial=1))


class Deviation:
    """The programs that move one hidden cell by moving shown ones at the least cost.

    They are one program, whatever is hidden: its columns are the cells, then how far each cell of
    `may_hide` is moved up, then how far down, which is zero once it is hidden.
    """

    def __init__(self, table: AdditiveTable, may_hide: Mask) -> None:
        self._table = table
        self._movable = np.flatnonzero(may_hide)
        self._costs = _costs(table)
        shifted = table.sums[:, self._movable]
        system = sparse.hstack([table.sums, shifted, -shifted], format="csr")
        nothing = np.zeros(system.shape[1])
        self._program = Program(system, np.zeros(system.shape[0]), nothing, nothing)

    def _hide(self, hidden: Mask) -> None:
        """Set the limits that every column has when these cells are hidden."""
        self._lowest, self._highest = self._table.limits(hidden)
        moves = ~hidden[self._movable]
        up = np.where(moves, self._table.ceiling, 0.0)
        down = np.where(moves, self._lowest[self._movable], 0.0)
        low = np.concatenate([self._lowest, np.zeros(2 * len(moves))])
        high = np.concatenate([self._highest, up, down])
        self._program.limit(np.arange(len(low)), low, high)

    def _moved(self, cell: int, low: float, high: float, pull: float = 0.0) -> Moves | None:
        """Cost and shown cells that move when a cell lies in [low, high]; None if it cannot.

        `pull` is what a unit of the cell itself costs, to move it as far as it goes.
        """
        only = np.array([cell])
        least, most = self._lowest[only], self._highest[only]
        lower, upper = np.maximum(low, least), np.minimum(high, most)
        if lower > upper:
            return None
        costs = np.zeros(len(self._lowest))
        costs[cell] = pull
        costs = np.concatenate([costs, *2 * [self._costs[self._movable]]])
        self._program.limit(only, lower, upper)
        solution = self._program.minimise(costs)
        self._program.limit(only, least, most)
        if solution is None:
            return None
        moves = solution[len(self._lowest) :].reshape(2, -1).sum(axis=0)
        return float(costs @ solution), self._movable[moves > TOLERANCE]

    def cheapest(self, cell: int, hidden: Mask, found: Ranges) -> Whole:
        """Shown cells to hide so that a cell can rise or sink as far as it needs.

        Where neither alone is possible, those that let it sink as far as it goes: the next round
        lets it rise. Empty when nothing can be done.
        """
        self._hide(hidden)
        need = float(found.needs[cell]) - TOLERANCE / 2
        upwards = self._moved(cell, float(found.low[cell]) + need, np.inf)
        downwards = self._moved(cell, 0.0, float(found.high[cell]) - need)
        possible = [found for found in (upwards, downwards) if found]
        if not possible:
            dear = float(self._costs.sum())
            possible = [found for found in [self._moved(cell, 0.0, np.inf, dear)] if found]
        return min(possible, key=lambda found: found[0])[1]
