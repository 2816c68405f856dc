"""A linear program that is solved repeatedly with other costs or other limits.

The solver keeps the program and starts from its last solution, which is usually a few steps away.
Its random numbers have a fixed seed: the same questions in the same order get the same answers.
"""

import highspy
import numpy as np

from orchestration.disclosure.additive_table import Floats, Matrix, Whole


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
