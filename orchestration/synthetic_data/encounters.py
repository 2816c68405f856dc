"""Synthetic encounters and the officers who attended them, filmed or not.

Complaints, cases and requests are each about one of them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.officers import SLOTS, Officers, Shifts
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    Floats,
    GeneratorState,
    Integers,
    Truths,
    numbered,
    sampled,
    season,
)

KINDS = (
    "stop_and_search", "use_of_force", "arrest", "domestic_abuse", "traffic_stop", "other",
)  # fmt: skip
STOP, FORCE, ARREST, ABUSE, TRAFFIC, OTHER = range(len(KINDS))
REASONS = (
    "equipment_failure", "sensitive_location", "covert", "victim_wishes", "no_time", "other",
)  # fmt: skip
# Seconds into the slot, and length: lognormal with a mean near 14 minutes, all of it inside the
# slot.
AFTER_SLOT, WITHIN = 300, 900
LENGTH_MEDIAN, LENGTH_SPREAD, LENGTH_BOUNDS = 620, 0.75, (120, 3000)
MOST_OTHERS = 4
# More are drawn than needed: some are dropped for the season, some because their slot is taken.
SPARE = 1.4


@dataclass(frozen=True)
class Encounters:
    """One entry per encounter in order of time; attendances by encounter, who leads first."""

    area: Integers
    kind: Integers
    begins: Integers
    ends: Integers
    attended: Integers
    officer: Integers
    slot: Integers
    leads: Truths

    def __len__(self) -> int:
        """How many encounters there are."""
        return self.area.size

    @property
    def leader(self) -> Integers:
        """The officer who leads each encounter."""
        officers: Integers = self.officer[self.leads]
        return officers


def make_encounters(state: GeneratorState, worked: Shifts, recordings: int) -> Encounters:
    """Encounters of officers on shift, with colleagues from the same tour and area."""
    rng = state.random("encounters")
    lead_slot = _leads(state, worked, rng, recordings)
    starts = worked.slot_begins(lead_slot) + AFTER_SLOT + rng.integers(0, WITHIN, lead_slot.size)
    order = np.argsort(starts, kind="stable")
    lead_slot, starts = lead_slot[order], starts[order]
    length = rng.lognormal(np.log(LENGTH_MEDIAN), LENGTH_SPREAD, starts.size)
    numbers, slots = _with_others(state, worked, rng, lead_slot)
    return Encounters(
        area=worked.area[lead_slot // SLOTS],
        kind=sampled(
            rng, {kind: state.parameters.use.encounter_shares[kind] for kind in KINDS}, starts.size
        ),
        begins=starts,
        ends=starts + np.clip(length, *LENGTH_BOUNDS).astype(np.int64),
        attended=numbers,
        officer=worked.officer[slots // SLOTS],
        slot=slots,
        leads=np.diff(numbers, prepend=-1) > 0,
    )


def _leads(
    state: GeneratorState, worked: Shifts, rng: np.random.Generator, recordings: int
) -> Integers:
    """Slots that an encounter fills, each once, more of them in summer."""
    height = state.parameters.complaints.season
    wanted = int(recordings * state.parameters.use.encounters_per_recording)
    tries = int(wanted * SPARE * (1 + height))
    shift = rng.integers(0, len(worked), tries)
    busy = rng.random(tries) * (1 + height) < season(worked.day[shift], height)
    slots = np.unique(shift[busy] * SLOTS + rng.integers(0, SLOTS, tries)[busy])
    return slots[rng.permutation(slots.size)[:wanted]]


def _with_others(
    state: GeneratorState, worked: Shifts, rng: np.random.Generator, lead_slot: Integers
) -> tuple[Integers, Integers]:
    """Encounter and slot of every attendance; colleagues whose slot is taken do not attend."""
    others = np.minimum(
        rng.poisson(state.parameters.use.others_attending, lead_slot.size), MOST_OTHERS
    )
    numbers = np.repeat(np.arange(lead_slot.size), others)
    tour = (worked.day * len(state.areas) + worked.area) * 24 + worked.begins // 3600 % 24
    members = np.argsort(tour, kind="stable")
    tours, first, size = np.unique(tour[members], return_index=True, return_counts=True)
    mine = np.searchsorted(tours, tour[lead_slot[numbers] // SLOTS])
    colleague = members[first[mine] + (rng.random(numbers.size) * size[mine]).astype(np.int64)]
    slots = np.concatenate([lead_slot, colleague * SLOTS + lead_slot[numbers] % SLOTS])
    numbers = np.concatenate([np.arange(lead_slot.size), numbers])
    _, kept = np.unique(slots, return_index=True)
    kept = kept[np.lexsort((kept, numbers[kept]))]
    return numbers[kept], slots[kept]


def references(numbers: Integers) -> pl.Series:
    """The references of encounters by number; empty where it is negative."""
    known = pl.Series(numbers >= 0)
    return pl.select(pl.when(known).then(numbered("E", numbers + 1, 8))).to_series()


def encounter_rows(
    state: GeneratorState, encounters: Encounters, reason: Integers, part: slice
) -> pl.DataFrame:
    """The register of encounters; `reason` is the number of the written reason or negative."""
    off = pl.Series(REASONS).gather(np.maximum(reason[part], 0))
    return pl.DataFrame(
        {
            "encounter_id": references(np.arange(len(encounters))[part]),
            "encounter_kind": pl.Series(KINDS).gather(encounters.kind[part]),
            "encounter_from": state.times(encounters.begins[part]),
            "encounter_to": state.times(encounters.ends[part]),
            "published_area": state.named(encounters.area[part]),
            "camera_off_reason": pl.select(
                pl.when(pl.Series(reason[part] >= 0)).then(off)
            ).to_series(),
        }
    )


def attendance_rows(officers: Officers, encounters: Encounters, part: slice) -> pl.DataFrame:
    """Who attended what; `part` is a run of attendances."""
    return pl.DataFrame(
        {
            "encounter_id": references(encounters.attended[part]),
            "staff_id": officers.number.gather(encounters.officer[part]),
        }
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
