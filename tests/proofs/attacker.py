"""A reader with a solver: what one can work out of printed tables alone, the slow and obvious way.

It shares no code with what does the hiding. Every cell is a variable of one program, shown or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import highspy
import numpy as np
import polars as pl
from scipy import sparse

from orchestration.disclosure.cells import KEY, LinkedCells

THRESHOLD = {"P": 10.0, "A": 5.0}
BASE = {"P": 5, "A": 1}
FREE = 1e5
NEAR = 1e-5


@dataclass(frozen=True)
class Print:
    """One printed table: its sums, and per cell whether it is shown and which count it holds."""

    found: LinkedCells
    hidden: np.ndarray

    @property
    def count(self) -> np.ndarray:
        return self.found.cells["count"].to_numpy()

    @property
    def needs(self) -> np.ndarray:
        """The width each cell's range must have: hidden cells, and small rests nobody prints."""
        threshold = self.found.cells["klass"].replace_strict(THRESHOLD).to_numpy()
        rest = ~self.found.cells["is_printed"].to_numpy()
        small = rest & (self.count > 0) & (self.count < threshold)
        return np.where(self.hidden | small, threshold, 0.0)

    def bounds(self) -> np.ndarray:
        """What a reader takes from each printed number: itself, or all that rounds to it."""
        klass = self.found.cells["klass"].to_list()
        shown = self.found.cells["is_printed"].to_numpy() & ~self.hidden
        return np.array(
            [
                _read(count, kind) if is_shown else (0.0, FREE)
                for count, kind, is_shown in zip(self.count, klass, shown, strict=True)
            ]
        )

    def sums(self) -> sparse.csr_array:
        """Each whole less its parts is zero."""
        links, width = self.found.links, len(self.found.cells)
        height = links["relation"].n_unique()
        parts = sparse.coo_array(
            (np.ones(len(links)), (links["relation"], links["part"])), shape=(height, width)
        )
        top = links.group_by("relation").agg(pl.col("whole").first()).sort("relation")
        wholes = sparse.coo_array(
            (np.ones(height), (top["relation"], top["whole"])), shape=(height, width)
        )
        return (wholes - parts).tocsr()


def _read(count: float, klass: str) -> tuple[float, float]:
    base = BASE[klass]
    if base == 1 or count == 0:
        return count, count
    printed = base * ((int(count) + base // 2) // base)
    possible = range(max(int(THRESHOLD[klass]), printed - base // 2), printed + base // 2 + 1)
    return possible[0], possible[-1]


def _unchanged(prints: Sequence[Print]) -> sparse.csr_array:
    """A row for each printed cell with the same count in two of them: the reader knows that much.

    Two need not follow one another: what was put right is as it was before the mistake.
    """
    keys = [*KEY, "count"]
    starts = np.cumsum([0, *(len(one.found.cells) for one in prints)])
    placed = [
        one.found.cells.filter("is_printed").select(*keys, place=pl.col("cell") + int(start))
        for start, one in zip(starts, prints, strict=False)
    ]
    pairs = pl.concat(old.join(new, on=keys, suffix="_new") for old, new in combinations(placed, 2))
    rows = np.arange(len(pairs))
    shape = (len(pairs), int(starts[-1]))
    first = sparse.coo_array((np.ones(len(rows)), (rows, pairs["place"])), shape=shape)
    other = sparse.coo_array((np.ones(len(rows)), (rows, pairs["place_new"])), shape=shape)
    return (first - other).tocsr()


class _Silent(highspy.Highs):
    """The solver without the line it prints when it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()


def _asked(system: sparse.csr_array, bounds: np.ndarray) -> highspy.Highs:
    """A solver that holds all tables a reader deems possible: system @ x is zero, x in bounds."""
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = system.shape
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = system.indptr, system.indices
    model.a_matrix_.value_ = system.data
    model.row_lower_ = model.row_upper_ = np.zeros(len(system.indptr) - 1)
    model.col_lower_, model.col_upper_ = bounds.T
    model.col_cost_ = np.zeros(len(bounds))
    solver = _Silent()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


def _is_possible(table: np.ndarray, system: sparse.csr_array, bounds: np.ndarray) -> bool:
    """Whether all sums hold in a table and each number can be read so."""
    low, high = bounds.T
    is_read = np.all((table > low - NEAR) & (table < high + NEAR))
    return bool(is_read and np.all(np.abs(system @ table) < NEAR))


def solvable(*prints: Print) -> list[tuple[float, float, float]]:
    """Hidden cells that the prints together give away: (count, lowest, highest feasible).

    A cell is given away when its range is narrower than its class's threshold.
    """
    system = sparse.block_diag([one.sums() for one in prints]).tocsr()
    if len(prints) > 1:
        system = sparse.vstack([system, _unchanged(prints)]).tocsr()
    bounds = np.concatenate([one.bounds() for one in prints])
    needs = np.concatenate([one.needs for one in prints])
    truth = np.concatenate([one.count for one in prints])
    low, high = truth.copy(), truth.copy()
    solver = _asked(system, bounds)
    wanted = np.flatnonzero(needs)
    # A first look with all cells at once settles most: every solution is a possible table.
    aims = [np.sign(needs), -np.sign(needs)]
    numbers = np.arange(len(needs))
    aims += [sign * (numbers == cell) for cell in wanted for sign in (1.0, -1.0)]
    for aim in aims:
        still = (np.abs(aim) > 0) & (high - low < needs - NEAR)
        if not still.any():
            continue
        solver.changeColsCost(len(aim), numbers.astype(np.int32), aim.astype(float))
        solver.run()
        answer = np.array(solver.getSolution().col_value)
        # The solver need not be believed: whatever it answers is held to be a table like any other.
        assert _is_possible(answer, system, bounds)
        low, high = np.minimum(low, answer), np.maximum(high, answer)
    given_away = wanted[(high - low)[wanted] < needs[wanted] - NEAR]
    return [(truth[cell], low[cell], high[cell]) for cell in given_away]
