"""Secondary suppression: hide as little more as it takes that no hidden cell can be worked out.

First the rule of thumb: where a sum has one hidden cell, its smallest other part that is not zero
is hidden too. Then linear programs find cells whose range is still too narrow, and for each the
cheapest set of shown cells that would let it move far enough (the minimum-cost deviation of
Kelly, Golden and Assad 1992, over any additive table).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from orchestration.disclosure.cells import SLACK
from orchestration.disclosure.ranges import TOLERANCE, Ranges, ranges
from orchestration.disclosure.table import Floats, Mask, Table, Whole

Moves = tuple[float, Whole]


@dataclass(frozen=True)
class Protection:
    """Which cells are hidden, and which of them hiding can no longer protect.

    A cell is `exposed` when figures that were published before give it away.
    """

    hidden: Mask
    exposed: Mask


def _next_smallest(table: Table, hidden: Mask, may_hide: Mask) -> Mask:
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


def _costs(table: Table) -> Floats:
    """What hiding a unit of each cell costs: large counts and wholes dear, zeros dearest."""
    costs = 1.0 + np.sqrt(table.counts)
    return np.where(table.counts > SLACK, costs, 2 * costs.max(initial=1))


@dataclass(frozen=True)
class _Deviation:
    """The programs that move one hidden cell by moving shown ones at the least cost."""

    table: Table
    hidden: Mask
    may_hide: Mask

    def moved(self, cell: int, low: float, high: float, pull: float = 0.0) -> Moves | None:
        """Cost and shown cells that move when a cell lies in [low, high]; None if it cannot.

        `pull` is what a unit of the cell itself costs, to move it as far as it goes.
        """
        table = self.table
        lowest, highest = table.limits(self.hidden)
        lowest[cell], highest[cell] = max(low, lowest[cell]), min(high, highest[cell])
        if lowest[cell] > highest[cell]:
            return None
        movable = np.flatnonzero(self.may_hide & ~self.hidden)
        costs = np.zeros(len(lowest))
        costs[cell] = pull
        columns = table.sums[:, movable]
        ups = np.column_stack([np.zeros(len(movable)), np.full(len(movable), table.ceiling)])
        downs = np.column_stack([np.zeros(len(movable)), lowest[movable]])
        done = linprog(
            np.concatenate([costs, *2 * [_costs(table)[movable]]]),
            A_eq=sparse.hstack([table.sums, columns, -columns]),
            b_eq=np.zeros(table.sums.shape[0]),
            bounds=np.concatenate([np.column_stack([lowest, highest]), ups, downs]),
            method="highs",
        )
        if done.x is None:
            return None
        moves = done.x[len(lowest) :].reshape(2, -1).sum(axis=0)
        return float(done.fun), movable[moves > TOLERANCE]

    def cheapest(self, cell: int, found: Ranges) -> Whole:
        """Shown cells to hide so that a cell can rise or sink as far as it needs.

        Where neither alone is possible, those that let it sink as far as it goes: the next round
        lets it rise. Empty when nothing can be done.
        """
        need = float(found.needs[cell]) - TOLERANCE / 2
        upwards = self.moved(cell, float(found.low[cell]) + need, np.inf)
        downwards = self.moved(cell, 0.0, float(found.high[cell]) - need)
        possible = [found for found in (upwards, downwards) if found]
        if not possible:
            dear = float(_costs(self.table).sum())
            possible = [found for found in [self.moved(cell, 0.0, np.inf, dear)] if found]
        return min(possible, key=lambda found: found[0])[1]


def protect(table: Table, start: Mask | None = None, fixed: Mask | None = None) -> Protection:
    """Hide what is sensitive and what it takes to protect it, and prove it.

    `start` is hidden from the beginning; `fixed` cells stay as `start` has them. Ends when every
    hidden cell's feasible interval is at least as wide as its threshold, except for cells that
    figures published before expose.
    """
    keep = np.zeros(len(table.counts), dtype=bool) if fixed is None else fixed
    hidden = table.sensitive & table.printed & ~table.known & ~keep
    hidden |= False if start is None else start & ~table.known
    may_hide = table.printed & ~table.known & ~keep
    exposed = table.sensitive & table.printed & table.known
    while np.any(more := _next_smallest(table, hidden, may_hide)):
        hidden = hidden | more
    while True:
        found = ranges(table, hidden)
        failing = [int(cell) for cell in found.failing if not exposed[cell]]
        if not failing:
            return Protection(hidden | exposed, exposed)
        shown = np.count_nonzero(~hidden)
        for cell in failing:
            hidden[_Deviation(table, hidden, may_hide).cheapest(cell, found)] = True
        if np.count_nonzero(~hidden) == shown:
            exposed[failing] = True
