"""Secondary suppression: hide as few more cells as needed to protect every hidden cell.

First the rule of thumb: where a sum has one hidden cell, its smallest other part that is not zero
is hidden too. Then linear programs find cells whose range is still too narrow, and for each the
cheapest set of shown cells that lets it move far enough (`deviation`).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from orchestration.disclosure.additive_table import AdditiveTable, Floats, Mask, Whole
from orchestration.disclosure.cells import SLACK
from orchestration.disclosure.ranges import TOLERANCE, Program, Ranges, ranges

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


@dataclass(frozen=True)
class Protection:
    """Which cells are hidden, and which of them can no longer be protected by hiding.

    A cell is `exposed` when figures that were published before reveal it.
    """

    hidden: Mask
    exposed: Mask


def _next_smallest(table: AdditiveTable, hidden: Mask, may_hide: Mask) -> Mask:
    """Cells to hide because theirs is the only hidden cell of a sum; empty when none is left."""
    entries = table.sums.tocoo()
    relation, cell, sign = entries.row, entries.col, entries.data
    lower, upper = table.limits(hidden)
    unknown = upper - lower > 2 * table.round_to
    height = table.sums.shape[0]
    alone = np.bincount(relation, weights=unknown[cell], minlength=height) == 1
    urgent = np.bincount(relation, weights=(table.needs(hidden) > 0)[cell], minlength=height) > 0
    fits = (alone & urgent)[relation] & (sign < 0) & may_hide[cell] & ~hidden[cell]
    fits &= table.counts[cell] > SLACK
    order = np.lexsort((cell[fits], table.counts[cell[fits]], relation[fits]))
    _, first = np.unique(relation[fits][order], return_index=True)
    chosen = np.zeros(len(hidden), dtype=bool)
    chosen[cell[fits][order][first]] = True
    return chosen


def protect(
    table: AdditiveTable, start: Mask | None = None, fixed: Mask | None = None
) -> Protection:
    """Hide what is sensitive and whatever is needed to protect it, and prove it.

    `start` is hidden from the beginning; `fixed` cells stay as `start` has them. Ends when every
    hidden cell's feasible interval is at least as wide as its threshold, except for cells that
    earlier publications expose.
    """
    keep = np.zeros(len(table.counts), dtype=bool) if fixed is None else fixed
    hidden = table.sensitive & table.printed & ~table.known & ~keep
    hidden |= False if start is None else start & ~table.known
    may_hide = table.printed & ~table.known & ~keep
    exposed = table.sensitive & table.printed & table.known
    while np.any(more := _next_smallest(table, hidden, may_hide)):
        hidden = hidden | more
    deviation, found = Deviation(table, may_hide), None
    while True:
        found = ranges(table, hidden, found)
        failing = [int(cell) for cell in found.failing if not exposed[cell]]
        if not failing:
            return Protection(hidden | exposed, exposed)
        shown = np.count_nonzero(~hidden)
        for cell in failing:
            hidden[deviation.cheapest(cell, hidden, found)] = True
        if np.count_nonzero(~hidden) == shown:
            exposed[failing] = True
