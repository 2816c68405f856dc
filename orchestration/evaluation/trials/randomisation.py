"""Randomisation: by blocks from a stored seed, and the inference that follows from it alone.

With the seed anybody can repeat an allocation; the randomisation test repeats it many times.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers

#: Entries of a batch of draws: 8 MB of doubles, which stay near the processor.
BATCH = 1_000_000
#: Sums behind a rate and its error: exposure, events, their squares and product.
SUMS = 5
#: Statistics this close count as ties, which keeps the test valid.
TIE = 1e-9


def randomise_blocks(units: pl.DataFrame, chance: Numbers, seed: int) -> NDArray[np.bool_]:
    """Allocate units to treatment: in every block the number that its chance says, from `seed`.

    `units` (one row per unit: `unit` and `block`, text) in any order, `chance` (n,) of treatment.
    Every block has a generator of its own, seeded by the seed and the block's name, over units
    sorted by name: blocks may be added without changing the others. Where chance times size is not
    a whole number, the remaining unit is randomised too. Returns whether a unit is treated (n,), in
    the order of the rows.
    """
    treated = np.zeros(units.height, dtype=np.bool_)
    placed = units.with_row_index("place").sort("block", "unit")
    for (block,), members in placed.partition_by(
        "block", as_dict=True, maintain_order=True
    ).items():
        rng = np.random.default_rng(_seed_of_block(seed, str(block)))
        places = members["place"].to_numpy()
        wanted = float(chance[places].sum())
        whole = floor(wanted + 1e-9)
        count = whole + int(rng.random() < wanted - whole)
        treated[rng.permutation(places)[:count]] = True
    return treated


def _seed_of_block(seed: int, block: str) -> list[int]:
    digest = hashlib.sha256(f"{seed}|{block}".encode()).digest()
    return [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]


@dataclass(frozen=True)
class Allocation:
    """How n units were allocated: arm, block (codes from 0) and chance of treatment.

    `treated` (n,), `block` (n,) and `chance` (n,). `is_blocked` says that each block has a fixed
    number of treated units; else every unit was randomised by itself with its own chance.
    """

    treated: NDArray[np.bool_]
    block: NDArray[np.int64]
    chance: Numbers
    is_blocked: bool = True


@dataclass(frozen=True)
class RandomisationTest:
    """The statistic observed, and the share of allocations at least as far from zero."""

    statistic: float
    p_value: float
    draws: int


def allocations(allocation: Allocation, draws: int, seed: int) -> Iterator[Numbers]:
    """Repeat the allocation `draws` times.

    Yields batches (rows, n) of 0 and 1, with one row per allocation and one column per unit in the
    order of `column_order`.
    """
    rng = np.random.default_rng(seed)
    units = len(allocation.treated)
    groups = _blocks_of_one_size(allocation.block) if allocation.is_blocked else []
    for begin in range(0, draws, size := max(1, BATCH // units)):
        rows = min(size, draws - begin)
        if not allocation.is_blocked:
            yield (rng.random((rows, units)) < allocation.chance).astype(np.float64)
            continue
        parts = []
        for places in groups:
            arms = np.broadcast_to(allocation.treated[places], (rows, *places.shape))
            labels = arms.astype(np.uint8, order="C")
            rng.permuted(labels, axis=-1, out=labels)
            parts.append(labels.reshape(rows, -1))
        yield np.concatenate(parts, axis=1).astype(np.float64)


def column_order(allocation: Allocation) -> NDArray[np.int64]:
    """The order of the columns of `allocations`.

    Returns the places of the units (n,).
    """
    if not allocation.is_blocked:
        return np.arange(len(allocation.treated))
    return np.concatenate([places.ravel() for places in _blocks_of_one_size(allocation.block)])


def studentised(assigned: Numbers, outcome: Numbers, exposure: Numbers, chance: Numbers) -> Numbers:
    """Difference of weighted rates over its standard error, for many allocations.

    `assigned` (rows, n) holds 0 and 1, `outcome` (n,), `exposure` (n,), `chance` (n,) of treatment.
    Units are weighted by one over the chance of their arm. The error is that of two ratios of sums
    (linearised); it allows for any variance of the outcome. Returns the statistics (rows,), 0 where
    there is no spread.
    """
    columns = [
        _weighted_sums(weight, outcome, exposure) for weight in (1 / chance, 1 / (1 - chance))
    ]
    treated = assigned @ np.hstack(columns)
    rate_1, spread_1 = _rate(treated[:, :SUMS])
    rate_0, spread_0 = _rate(columns[1].sum(axis=0) - treated[:, SUMS:])
    error = np.sqrt(spread_1 + spread_0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, (rate_1 - rate_0) / error, 0.0)


def _weighted_sums(weight: Numbers, outcome: Numbers, exposure: Numbers) -> Numbers:
    base, events = weight * exposure, weight * outcome
    return np.column_stack([base, events, events**2, events * base, base**2])


def _rate(sums: Numbers) -> tuple[Numbers, Numbers]:
    size, count, squares, cross, bases = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = count / size
        spread = (squares - 2 * rate * cross + rate**2 * bases) / size**2
    return rate, np.maximum(spread, 0.0)


def randomisation_test(
    allocation: Allocation, outcome: Numbers, exposure: Numbers, *, draws: int, seed: int
) -> RandomisationTest:
    """Two-sided test of the sharp null that no unit's outcome depends on its arm.

    `outcome` (n,), `exposure` (n,). Fisher (1935, The Design of Experiments). The allocation
    observed counts among the `draws` ones, so that p is never 0 and the test is valid. Returns a
    RandomisationTest.
    """
    order = column_order(allocation)
    values = outcome[order], exposure[order], allocation.chance[order]
    found = allocation.treated[order][None, :].astype(np.float64)
    here = float(studentised(found, *values)[0])
    least = abs(here) * (1 - TIE)
    beyond = sum(
        int((np.abs(studentised(batch, *values)) >= least).sum())
        for batch in allocations(allocation, draws, seed)
    )
    return RandomisationTest(here, (beyond + 1) / (draws + 1), draws)


def _blocks_of_one_size(block: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Places of units, one matrix per size of block: a row is a block."""
    order = np.argsort(block, kind="stable")
    starts = np.flatnonzero(np.diff(block[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    return [order[starts[sizes == size][:, None] + np.arange(size)] for size in np.unique(sizes)]
