"""Secondary suppression: hide as few more cells as needed to protect every hidden cell.

First the rule of thumb: where a sum has one hidden cell, its smallest other part that is not zero
is hidden too. Then linear programs find cells whose range is still too narrow, and for each the
cheapest set of shown cells that would let it move far enough.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.additive_table import AdditiveTable, Mask
from orchestration.disclosure.cells import SLACK
from orchestration.disclosure.deviation import Deviation
from orchestration.disclosure.ranges import ranges


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
