"""A table from its reader's point of view: the possible values of each cell, and the sums."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from orchestration.disclosure.cells import SLACK, LinkedCells
from orchestration.disclosure.policy import Policy, primary, rounded, with_rules

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Matrix = Any  # scipy's sparse arrays carry no types


@dataclass(frozen=True)
class AdditiveTable:
    """Arrays over the cells; `sums` has a row per relation, +1 at its whole and -1 at its parts.

    `sums @ counts` is zero. `sensitive` cells are hidden because of their own value; `printed` ones
    are those a reader would see; `known` ones were published before and can no longer be hidden.
    """

    counts: Floats
    threshold: Floats
    round_to: Floats
    shown_as: Floats
    sensitive: Mask
    printed: Mask
    known: Mask
    sums: Matrix

    def limits(self, hidden: Mask) -> tuple[Floats, Floats]:
        """The lowest and highest count that a reader must consider possible for each cell.

        A hidden or unprinted cell is anything from zero to `ceiling`. A shown one is itself, or
        what rounds to it and would have been shown.
        """
        shown = (self.printed & ~hidden) | self.known
        slack = np.where(self.shown_as > SLACK, self._slack(), 0.0)
        low = np.maximum(self.shown_as - slack, np.where(slack > 0, self.threshold, -np.inf))
        return (
            np.where(shown, np.minimum(low, self.counts), 0.0),
            np.where(shown, np.maximum(self.shown_as + slack, self.counts), self.ceiling),
        )

    def _slack(self) -> Floats:
        """How far a rounded count may lie from what is printed: whole counts, so 2 for 5."""
        return np.where(self.round_to > 1, np.floor(self.round_to / 2), 0.0)

    @property
    def ceiling(self) -> float:
        """A count that no reader would think too high: it serves as having no upper limit."""
        return float(10 * (self.counts.max(initial=0) + self.threshold.max(initial=0) + 1))

    def needs(self, hidden: Mask) -> Floats:
        """How wide the range of each cell has to be: its threshold if it is hidden, else 0."""
        protected = (hidden & self.printed & ~self.known) | (self.sensitive & ~self.printed)
        return np.where(protected, self.threshold, 0.0)


def as_table(found: LinkedCells, policy: Policy, known: Mask | None = None) -> AdditiveTable:
    """The arrays of arranged cells, under the policy's classes."""
    cells = with_rules(found.cells, policy).with_columns(
        shown_as=rounded(pl.col("count"), pl.col("round_to"))
    )
    return AdditiveTable(
        counts=cells["count"].to_numpy(),
        threshold=cells["threshold"].to_numpy(),
        round_to=cells["round_to"].to_numpy(),
        shown_as=cells["shown_as"].to_numpy(),
        sensitive=primary(found, policy).to_numpy(),
        printed=cells["is_printed"].to_numpy(),
        known=np.zeros(len(cells), dtype=bool) if known is None else known,
        sums=_matrix(found.links, len(cells)),
    )


def _matrix(links: pl.DataFrame, width: int) -> Matrix:
    wholes = links.unique(["relation", "whole"]).sort("relation")
    rows = np.concatenate([links["relation"].to_numpy(), wholes["relation"].to_numpy()])
    columns = np.concatenate([links["part"].to_numpy(), wholes["whole"].to_numpy()])
    signs = np.concatenate([-np.ones(len(links)), np.ones(len(wholes))])
    height = int(rows.max(initial=-1)) + 1
    return sparse.csr_array((signs, (rows, columns)), shape=(height, width))
