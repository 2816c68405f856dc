"""Which encounter a complaint, a case or a request is about."""

import numpy as np

from orchestration.synthetic_data.encounters import Encounters
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    Floats,
    GeneratorState,
    Integers,
    Truths,
)

NONE = -1


def same_day(
    state: GeneratorState, encounters: Encounters, area: Integers, day: Integers, chance: Floats
) -> Integers:
    """A random encounter of the same area and day, negative where there is none.

    `chance` is one uniform number from zero to one for each.
    """
    key = encounters.area * state.days + encounters.begins // SECONDS_A_DAY
    order = np.argsort(key, kind="stable")
    wanted = area * state.days + day
    first = np.searchsorted(key[order], wanted, side="left")
    count = np.searchsorted(key[order], wanted, side="right") - first
    at = first + (chance * count).astype(np.int64)
    inside = (count > 0) & (day >= 0) & (day < state.days)
    found: Integers = np.where(inside, order[np.minimum(at, order.size - 1)], NONE)
    return found


def next_of_kind(
    state: GeneratorState,
    encounters: Encounters,
    kind: int,
    area: Integers,
    day: Integers,
    within: int,
) -> Integers:
    """The next encounter of a kind in the same area within some days, for one asker each."""
    of_kind = np.flatnonzero(encounters.kind == kind)
    span = state.days + within + 1
    key = encounters.area[of_kind] * span + encounters.begins[of_kind] // SECONDS_A_DAY
    order = np.argsort(key, kind="stable")
    wanted = area * span + day
    at = np.searchsorted(key[order], wanted, side="left")
    inside = at < order.size
    found = np.where(inside, of_kind[order[np.minimum(at, order.size - 1)]], NONE)
    near = inside & (key[order[np.minimum(at, order.size - 1)]] - wanted <= within)
    near &= (day >= 0) & (day < state.days) & (encounters.area[found] == area)
    return np.where(near & _is_first(found), found, NONE)


def _is_first(values: Integers) -> Truths:
    _, first = np.unique(values, return_index=True)
    firsts = np.zeros(values.size, dtype=bool)
    firsts[first] = True
    return firsts
