"""What a reader can work out: the feasible interval of hidden cells, by linear programming.

Every solution of a program is a table the reader cannot rule out. Because the feasible set is
convex, two of them prove every count between theirs, so most cells need no program of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from orchestration.disclosure.table import Floats, Mask, Matrix, Table, Whole

TOLERANCE = 1e-6


class Inconsistent(RuntimeError):
    """The shown figures contradict each other: the sums do not hold."""


@dataclass(frozen=True)
class Ranges:
    """Lowest and highest feasible count of each cell.

    Exact where the range is narrower than needed; elsewhere a part of it that is wide enough.
    """

    low: Floats
    high: Floats
    needs: Floats

    @property
    def failing(self) -> Whole:
        """Cells whose range is narrower than they need, by number."""
        narrow = (self.high - self.low) < self.needs - TOLERANCE
        return np.flatnonzero(narrow & (self.needs > 0))


@dataclass(frozen=True)
class _Piece:
    """Cells that hang together through the sums, and the sums they must keep to."""

    columns: Whole
    sums: Matrix
    totals: Floats
    limits: Floats

    def solve(self, objective: Floats) -> Floats:
        done = linprog(
            objective, A_eq=self.sums, b_eq=self.totals, bounds=self.limits, method="highs"
        )
        if done.x is None:
            raise Inconsistent(done.message)
        return np.asarray(done.x)


def _pieces(table: Table, low: Floats, high: Floats) -> Iterator[_Piece]:
    free = np.flatnonzero(high > low)
    inside = table.sums[:, free]
    fixed = np.where(high > low, 0.0, low)
    totals = -(table.sums @ fixed)
    rows = np.flatnonzero(np.diff(inside.indptr))
    inside = inside[rows]
    _, labels = sparse.csgraph.connected_components(abs(inside).T @ abs(inside), directed=False)
    for label in range(labels.max(initial=-1) + 1):
        mine = np.flatnonzero(labels == label)
        part = inside[:, mine]
        held = np.flatnonzero(np.diff(part.indptr))
        limits = np.column_stack([low[free[mine]], high[free[mine]]])
        yield _Piece(free[mine], part[held], totals[rows[held]], limits)


def _search(piece: _Piece, needs: Floats, low: Floats, high: Floats) -> None:
    """Widen `low` and `high` (of the piece's cells, in place) until wide enough or exact."""
    wanted = np.flatnonzero(needs > 0)
    together = np.where(needs > 0, 1.0, 0.0)
    aims = [-together, together]
    for cell in wanted:
        for sign in (1.0, -1.0):
            aim = np.zeros(len(needs))
            aim[cell] = sign
            aims.append(aim)
    for aim in aims:
        single = np.flatnonzero(aim)
        if len(single) == 1 and np.all((high - low)[single] >= needs[single]):
            continue
        solution = piece.solve(aim)
        np.minimum(low, solution, out=low)
        np.maximum(high, solution, out=high)


def ranges(table: Table, hidden: Mask) -> Ranges:
    """The feasible interval of every cell that needs one, given all that is shown.

    Raises Inconsistent when the shown figures allow no table at all.
    """
    needs = table.needs(hidden)
    lowest, highest = table.limits(hidden)
    low, high = table.counts.copy(), table.counts.copy()
    for piece in _pieces(table, lowest, highest):
        if not np.any(needs[piece.columns] > 0):
            continue
        if not piece.sums.shape[0]:
            low[piece.columns], high[piece.columns] = piece.limits.T
            continue
        part_low, part_high = low[piece.columns], high[piece.columns]
        _search(piece, needs[piece.columns], part_low, part_high)
        low[piece.columns], high[piece.columns] = part_low, part_high
    return Ranges(low, high, needs)
