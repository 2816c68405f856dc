"""What a reader can work out: the feasible interval of hidden cells, by linear programming.

Every solution of a program is a table the reader cannot rule out. Because the feasible set is
convex, two of them prove every count between theirs, so most cells need no program of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from orchestration.disclosure.additive_table import AdditiveTable, Floats, Mask, Matrix, Whole


class _Silent(highspy.Highs):
    """The solver without the line that it prints when created, before an option could forbid it."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()


class Program:
    """Minimise costs over all x with `sums @ x == totals` and `low <= x <= high`.

    `sums` is a CSR array of (rows, columns), `totals` has a number a row, `low` and `high` one a
    column, all finite: no program is without a lower end.
    """

    def __init__(self, sums: Matrix, totals: Floats, low: Floats, high: Floats) -> None:
        self._columns = np.arange(sums.shape[1], dtype=np.int32)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = sums.shape
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = sums.indptr, sums.indices
        model.a_matrix_.value_ = sums.data
        model.row_lower_ = model.row_upper_ = totals
        model.col_lower_, model.col_upper_ = low, high
        model.col_cost_ = np.zeros(len(low))
        self._solver = _Silent()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("threads", 1)
        # If only the costs changed, the primal simplex is nearer to the solution, else the dual.
        self._solver.setOptionValue("simplex_strategy", 0)
        self._solver.passModel(model)

    def limit(self, columns: Whole, low: Floats, high: Floats) -> None:
        """Change the limits of some columns, given by number."""
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), low, high)

    def minimise(self, costs: Floats) -> Floats | None:
        """The x of least cost, with the solver's tolerance of 1e-7; None where there is no x."""
        self._solver.changeColsCost(len(costs), self._columns, costs)
        self._solver.run()
        if not self._is_solved():
            # A warm start that fails is no proof: the program is solved once more from the
            # beginning.
            self._solver.clearSolver()
            self._solver.run()
        return np.array(self._solver.getSolution().col_value) if self._is_solved() else None

    def _is_solved(self) -> bool:
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


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
