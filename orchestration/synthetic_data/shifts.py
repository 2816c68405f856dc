"""Synthetic shifts: a roster of six days on and four off, in three tours."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.officers import Officers
from orchestration.synthetic_data.state import SECONDS_A_DAY, GeneratorState, Integers, numbered

# About 140 hours a month: a day in seven is lost to courts, courses and leave.
DAYS_ON, CYCLE, ABSTRACTION = 6, 10, 0.15
TOURS = np.array([7, 15, 22])
TOUR_SECONDS = 9 * 3600
OVERTIME_SHARE, OVERTIME_MINUTES = 0.1, (15, 150)
# A shift is cut into slots; what an officer does in one never touches what fills the next.
SLOT_SECONDS = 90 * 60
SLOTS = TOUR_SECONDS // SLOT_SECONDS


@dataclass(frozen=True)
class Shifts:
    """One entry per worked shift, in order of beginning; seconds count from the first midnight."""

    officer: Integers
    area: Integers
    day: Integers
    begins: Integers
    ends: Integers

    def __len__(self) -> int:
        """How many shifts there are."""
        return self.officer.size

    def slot_begins(self, key: Integers) -> Integers:
        """When a slot begins; its key is shift number times slots plus the slot's number."""
        seconds: Integers = self.begins[key // SLOTS] + key % SLOTS * SLOT_SECONDS
        return seconds


def make_shifts(state: GeneratorState, officers: Officers) -> Shifts:
    """Every worked shift of every officer."""
    rng = state.random("shifts")
    day = np.arange(state.days)
    offset = rng.integers(0, CYCLE, len(officers))
    rostered = (day + offset[:, None]) % CYCLE < DAYS_ON
    rostered &= rng.random(rostered.shape, dtype=np.float32) >= ABSTRACTION
    rostered &= day < officers.last_day[:, None]
    officer, on_day = np.nonzero(rostered)
    begins = on_day * SECONDS_A_DAY + TOURS[(on_day + offset[officer]) // 2 % 3] * 3600
    inside = np.flatnonzero(begins + TOUR_SECONDS <= state.end)
    order = inside[np.argsort(begins[inside], kind="stable")]
    officer, on_day, begins = officer[order], on_day[order], begins[order]
    longer = rng.random(officer.size, dtype=np.float32) < OVERTIME_SHARE
    overtime = np.where(longer, rng.integers(*OVERTIME_MINUTES, officer.size), 0)
    ends = begins + TOUR_SECONDS + overtime * 60
    return Shifts(officer, officers.area[officer], on_day, begins, ends)


def shift_rows(
    state: GeneratorState, officers: Officers, worked: Shifts, part: slice
) -> pl.DataFrame:
    """The roster as worked; `part` is a run of shifts."""
    officer = worked.officer[part]
    return pl.DataFrame(
        {
            "shift_id": numbered("S", np.arange(len(worked))[part] + 1, 8),
            "staff_id": officers.number.gather(officer),
            "published_area": state.named(worked.area[part]),
            "shift_from": state.times(worked.begins[part]),
            "shift_to": state.times(worked.ends[part]),
        }
    )
