"""What a reader can work out: the feasible interval of hidden cells, by linear programming.

Every solution of a program is a table the reader cannot rule out. Because the feasible set is
convex, two of them prove every count between theirs, so most cells need no program of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from orchestration.disclosure.additive_table import AdditiveTable, Floats, Mask, Matrix, Whole
from orchestration.disclosure.program import Program

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
        """Cells whose range is narrower than it has to be, by number."""
        narrow = (self.high - self.low) < self.needs - TOLERANCE
        return np.flatnonzero(narrow & (self.needs > 0))


@dataclass(frozen=True)
class _Piece:
    """Cells that are connected through sums, and those sums."""

    columns: Whole
    sums: Matrix
    totals: Floats
    low: Floats
    high: Floats


def _pieces(table: AdditiveTable, low: Floats, high: Floats) -> Iterator[_Piece]:
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
        yield _Piece(free[mine], part[held], totals[rows[held]], low[free[mine]], high[free[mine]])


def _aims(narrow: Whole, width: int) -> Iterator[Floats]:
    """Costs to minimise: those of all narrow cells together, then of each by itself."""
    together = np.zeros(width)
    together[narrow] = 1.0
    yield -together
    yield together
    for cell in narrow:
        for sign in (1.0, -1.0):
            aim = np.zeros(width)
            aim[cell] = sign
            yield aim


def _search(piece: _Piece, needs: Floats, low: Floats, high: Floats) -> None:
    """Widen `low` and `high` (of the piece's cells, in place) until wide enough or exact."""
    program = Program(piece.sums, piece.totals, piece.low, piece.high)
    for aim in _aims(np.flatnonzero(high - low < needs), len(needs)):
        aimed = aim != 0
        if np.all((high - low)[aimed] >= needs[aimed]):
            continue
        solution = program.minimise(aim)
        if solution is None:
            raise Inconsistent("No table has all of these figures and sums.")
        np.minimum(low, solution, out=low)
        np.maximum(high, solution, out=high)


def ranges(table: AdditiveTable, hidden: Mask, before: Ranges | None = None) -> Ranges:
    """The feasible interval of every cell that needs one, given all that is shown.

    `before` are the ranges when fewer cells were hidden: what was feasible is so still. Raises
    Inconsistent when the shown figures allow no table at all.
    """
    needs = table.needs(hidden)
    lowest, highest = table.limits(hidden)
    low = table.counts.copy() if before is None else before.low.copy()
    high = table.counts.copy() if before is None else before.high.copy()
    for piece in _pieces(table, lowest, highest):
        mine = piece.columns
        if np.all((high - low)[mine] >= needs[mine]):
            continue
        if not piece.sums.shape[0]:
            low[mine], high[mine] = piece.low, piece.high
            continue
        part_low, part_high = low[mine], high[mine]
        _search(piece, needs[mine], part_low, part_high)
        low[mine], high[mine] = part_low, part_high
    return Ranges(low, high, needs)
