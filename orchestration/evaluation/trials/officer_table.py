"""What a study of an officer trial says, and its table in one order with the lot that drew it."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from orchestration.evaluation.columns import Numbers, labels, numbers
from orchestration.evaluation.frame import Keys, Refusal
from orchestration.evaluation.trials.draws import Lot


class OfficerKeys(Keys):
    """`outcomes` are columns in the unit of the estimate; the first is the primary one.

    `family` are those whose p-values are adjusted together (all, where it is not given).
    """

    outcomes: tuple[str, ...] = Field(min_length=1)
    arm: str = "arm"
    treated: str = "1"
    control: str = "0"
    officer: str | None = None
    block: str | None = None
    chance: str | None = None
    probability: float | None = Field(default=None, gt=0, lt=1)
    covariates: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    unit: str = ""
    draws: int = Field(default=1_999, ge=99, le=99_999)
    seed: int = 1


def sorted_officers(keys: OfficerKeys, table: pl.DataFrame) -> pl.DataFrame:
    """Rows in an order of their own; one row per officer where officers are named."""
    if keys.officer is not None:
        names = labels(table, keys.officer)
        if len(set(names)) < len(names):
            double = next(name for name in sorted(names) if names.count(name) > 1)
            raise Refusal(f"officer {double!r} stands in the table twice: one row per officer")
    for name in (keys.arm, *keys.outcomes):
        _ = labels(table, name)
    return table.sort(
        [each for each in (keys.officer, keys.block, keys.arm) if each] + table.columns
    )


def lot_of(keys: OfficerKeys, table: pl.DataFrame) -> Lot:
    """The lot that drew the officers, from arms, blocks and chances of the table."""
    arms = labels(table, keys.arm)
    strange = sorted(set(arms) - {keys.treated, keys.control})
    if strange:
        raise Refusal(f"column {keys.arm!r} holds {strange[0]!r}: name the arms of the study")
    treated = np.array([arm == keys.treated for arm in arms])
    if min(int(treated.sum()), int((~treated).sum())) < 2:  # noqa: PLR2004 - a variance needs two
        raise Refusal("one arm only, or one officer in an arm: each arm needs two or more")
    names = labels(table, keys.block) if keys.block else ["all"] * len(arms)
    codes = {name: code for code, name in enumerate(sorted(set(names)))}
    block = np.array([codes[name] for name in names], dtype=np.int64)
    chance = _chance(keys, table, treated, block)
    if not ((chance > 0) & (chance < 1)).all():
        raise Refusal("every chance of treatment must lie between 0 and 1")
    return Lot(treated, block, chance)


def _chance(
    keys: OfficerKeys, table: pl.DataFrame, treated: NDArray[np.bool_], block: NDArray[np.int64]
) -> Numbers:
    if keys.chance is not None:
        return numbers(table, keys.chance)
    if keys.probability is not None:
        return np.full(len(treated), keys.probability)
    shares = np.bincount(block, treated) / np.bincount(block)
    if (np.abs(shares - shares[0]) > 1e-9).any():
        raise Refusal(
            "blocks have different shares of treated officers: allocation probabilities are "
            "unequal and not stated; name their column as `chance`, or give `probability`"
        )
    return np.asarray(shares[block])
