"""Drawing an allocation again as it was drawn, and the test that follows from it alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers

#: Entries of a batch of draws: 8 MB of doubles, which stay near the processor.
BATCH = 1_000_000
#: Sums behind a rate and its error: exposure, events, their squares and product.
MOMENTS = 5
#: Statistics this close count as ties, which keeps the test valid.
TIE = 1e-9


@dataclass(frozen=True)
class Lot:
    """How units were drawn: arm, block (codes from 0) and chance of treatment, one per unit.

    `is_blocked` says that each block has a fixed number of treated units; else every unit was drawn
    by itself with its own chance.
    """

    treated: NDArray[np.bool_]
    block: NDArray[np.int64]
    chance: Numbers
    is_blocked: bool = True


@dataclass(frozen=True)
class Drawn:
    """The statistic found, and the share of drawn allocations at least as far from zero."""

    statistic: float
    p_value: float
    draws: int


def allocations(lot: Lot, draws: int, seed: int) -> Iterator[Numbers]:
    """Allocations drawn again, as batches of rows of 0 and 1 with one column per unit.

    Columns stand in the order of `order_of_draws`.
    """
    rng = np.random.default_rng(seed)
    units = len(lot.treated)
    groups = _blocks_of_one_size(lot.block) if lot.is_blocked else []
    for begin in range(0, draws, size := max(1, BATCH // units)):
        rows = min(size, draws - begin)
        if not lot.is_blocked:
            yield (rng.random((rows, units)) < lot.chance).astype(np.float64)
            continue
        parts = []
        for places in groups:
            arms = np.broadcast_to(lot.treated[places], (rows, *places.shape))
            labels = arms.astype(np.uint8, order="C")
            rng.permuted(labels, axis=-1, out=labels)
            parts.append(labels.reshape(rows, -1))
        yield np.concatenate(parts, axis=1).astype(np.float64)


def order_of_draws(lot: Lot) -> NDArray[np.int64]:
    """Places of the units in the order of the columns of `allocations`."""
    if not lot.is_blocked:
        return np.arange(len(lot.treated))
    return np.concatenate([places.ravel() for places in _blocks_of_one_size(lot.block)])


def studentised(
    allocation: Numbers, outcome: Numbers, exposure: Numbers, chance: Numbers
) -> Numbers:
    """Difference of weighted rates over its error, one per row of `allocation`.

    Units are weighted by one over the chance of their arm. The error is that of two ratios of
    sums (linearised); it allows for any variance of the outcome. Rows without a spread are 0.
    """
    columns = [_moments(weight, outcome, exposure) for weight in (1 / chance, 1 / (1 - chance))]
    treated = allocation @ np.hstack(columns)
    rate_1, spread_1 = _rate(treated[:, :MOMENTS])
    rate_0, spread_0 = _rate(columns[1].sum(axis=0) - treated[:, MOMENTS:])
    error = np.sqrt(spread_1 + spread_0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, (rate_1 - rate_0) / error, 0.0)


def _moments(weight: Numbers, outcome: Numbers, exposure: Numbers) -> Numbers:
    base, events = weight * exposure, weight * outcome
    return np.column_stack([base, events, events**2, events * base, base**2])


def _rate(sums: Numbers) -> tuple[Numbers, Numbers]:
    size, count, squares, cross, bases = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = count / size
        spread = (squares - 2 * rate * cross + rate**2 * bases) / size**2
    return rate, np.maximum(spread, 0.0)


def randomisation_test(
    lot: Lot, outcome: Numbers, exposure: Numbers, *, draws: int, seed: int
) -> Drawn:
    """Two-sided test of the sharp null that no unit's outcome depends on its arm (Fisher 1935).

    The allocation found counts among the drawn ones, so that p is never 0 and the test is valid.
    """
    order = order_of_draws(lot)
    values = outcome[order], exposure[order], lot.chance[order]
    found = lot.treated[order][None, :].astype(np.float64)
    here = float(studentised(found, *values)[0])
    least = abs(here) * (1 - TIE)
    beyond = sum(
        int((np.abs(studentised(batch, *values)) >= least).sum())
        for batch in allocations(lot, draws, seed)
    )
    return Drawn(here, (beyond + 1) / (draws + 1), draws)


def _blocks_of_one_size(block: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Places of units, one matrix per size of block: a row is a block."""
    order = np.argsort(block, kind="stable")
    starts = np.flatnonzero(np.diff(block[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    return [order[starts[sizes == size][:, None] + np.arange(size)] for size in np.unique(sizes)]
