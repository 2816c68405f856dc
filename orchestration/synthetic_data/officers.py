"""Synthetic officers who wear cameras: where they serve, in which team and role, and from when.

Their shifts follow a roster of six days on and four off, in three tours.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.rollout import HAND_OUT_DAYS, ROLE_SHARES, ROLES, Rollout
from orchestration.synthetic_data.state import (
    MONTH_DAYS,
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    numbered,
)

FEWEST_IN_AREA = 4
LEAVES = 0.04
TEAMS = (
    tuple(f"Response team {letter}" for letter in "ABCDE"),
    ("Neighbourhood team 1", "Neighbourhood team 2", "Neighbourhood team 3"),
    ("Taser team",),
    ("Firearms team",),
)
TEAM_NAMES = tuple(name for names in TEAMS for name in names)
TEAM_COUNTS = np.array([len(names) for names in TEAMS])
TEAM_STARTS = np.cumsum(TEAM_COUNTS) - TEAM_COUNTS


@dataclass(frozen=True)
class Officers:
    """One entry per officer; days are counted from the first day of the data."""

    number: pl.Series
    area: Integers
    role: Integers
    team: Integers
    joined: Integers
    last_day: Integers
    line: Integers
    issued: Integers

    def __len__(self) -> int:
        """How many officers there are."""
        return self.area.size


def make_officers(state: GeneratorState, rollout: Rollout, recordings: int) -> Officers:
    """As many officers as are needed to make this many `recordings`."""
    rng = state.random("officers")
    counts = _counts(state, rollout, recordings)
    area = np.repeat(np.arange(counts.size), counts)
    count = area.size
    role = rng.choice(len(ROLES), count, p=ROLE_SHARES)
    line = rollout.line_of[area, role]
    leaves = rng.random(count) < LEAVES
    return Officers(
        number=numbered("SYN", rng.permutation(np.arange(100_000, 100_000 + 7 * count, 7)), 6),
        area=area,
        role=role,
        team=TEAM_STARTS[role] + rng.integers(0, TEAM_COUNTS[role]),
        joined=-rng.integers(30, 4000, count),
        last_day=np.where(leaves, rng.integers(30, max(31, state.days), count), state.days),
        line=line,
        issued=rollout.actual_day[line] + rng.integers(0, HAND_OUT_DAYS, count),
    )


def _counts(state: GeneratorState, rollout: Rollout, recordings: int) -> Integers:
    """Officers by area: enough for the base rate, fewer where there are none, never too few."""
    use = state.parameters.use
    with_camera = state.days - HAND_OUT_DAYS / 2 - rollout.actual_day[rollout.line_of]
    months = np.maximum(with_camera, 0) @ ROLE_SHARES / MONTH_DAYS
    mean_months = float(rollout.area_shares @ months)
    if mean_months <= 0:
        raise ValueError("no camera arrives before the data end: move the plan or the window")
    by_rate = recordings / use.recordings_per_officer_month / mean_months
    least = recordings / use.recordings_per_officer_month_at_most / mean_months
    total = max(min(by_rate, use.officers_at_most), least)
    counts = np.rint(total * rollout.area_shares).astype(np.int64)
    return np.maximum(counts, FEWEST_IN_AREA)


def officer_rows(state: GeneratorState, officers: Officers) -> pl.DataFrame:
    """The roster."""
    stays = officers.last_day >= state.days
    return pl.DataFrame(
        {
            "staff_id": officers.number,
            "officer_name": numbered("Synthetic Officer ", np.arange(len(officers)), 5),
            "published_area": state.named(officers.area),
            "officer_role": pl.Series(ROLES).gather(officers.role),
            "posted_from_date": state.dates(officers.joined),
            "posted_to_date": state.dates(officers.last_day, ~stays),
            "team": pl.Series(TEAM_NAMES).gather(officers.team),
        }
    )


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
