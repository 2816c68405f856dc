"""Block randomisation from a stored seed, so that anybody can repeat an allocation."""

import hashlib
from math import floor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers


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
        rng = np.random.default_rng(_seed(seed, str(block)))
        places = members["place"].to_numpy()
        wanted = float(chance[places].sum())
        whole = floor(wanted + 1e-9)
        count = whole + int(rng.random() < wanted - whole)
        treated[rng.permutation(places)[:count]] = True
    return treated


def _seed(seed: int, block: str) -> list[int]:
    digest = hashlib.sha256(f"{seed}|{block}".encode()).digest()
    return [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
