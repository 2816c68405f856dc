"""Synthetic officers, their shifts, and their cameras: which was issued to whom, and when.

Officers have an area, a team and a role, from a day on. Shifts follow a roster of six days on and
four off, in three tours.
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
    chosen,
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


POOL = -1
STATUSES = ("active", "in_repair", "lost", "retired")
ACTIVE, IN_REPAIR, LOST, RETIRED = range(len(STATUSES))
MODELS = ("Synthetic Camera 1", "Synthetic Camera 2")


@dataclass(frozen=True)
class Devices:
    """One entry per issue of a device, in order of its number; a pool camera has no officer.

    `first` and `second` are the devices of each officer, `replaced` the day between them.
    """

    officer: Integers
    area: Integers
    role: Integers
    line: Integers
    issued: Integers
    returned: Integers
    status: Integers
    first: Integers
    second: Integers
    replaced: Integers

    def __len__(self) -> int:
        """How many issues there are."""
        return self.officer.size

    def of(self, officer: Integers, day: Integers) -> Integers:
        """The device that an officer wore on a day."""
        worn: Integers = np.where(
            day < self.replaced[officer], self.first[officer], self.second[officer]
        )
        return worn


def make_devices(state: GeneratorState, rollout: Rollout, officers: Officers) -> Devices:
    """A camera for every officer of the camera team; the rest of the plan goes to the pool."""
    rng = state.random("devices")
    count, never = len(officers), state.days
    replaced = _replaced(state, rng, officers)
    again = np.flatnonzero(replaced < never)
    person = np.concatenate([np.arange(count), again])
    second = np.full(count, POOL)
    second[again] = count + np.arange(again.size)
    area, role, line, issued = _pool(state, rollout, officers)
    left = np.where(officers.last_day < never, RETIRED, ACTIVE)
    broken = np.where(rng.random(count) < state.parameters.rollout.lost, LOST, IN_REPAIR)
    status = np.where(replaced < never, broken, left)
    until = np.minimum(replaced, officers.last_day)
    kept = np.full(area.size, never)
    return Devices(
        officer=np.concatenate([person, np.full(area.size, POOL)]),
        area=np.concatenate([officers.area[person], area]),
        role=np.concatenate([officers.role[person], role]),
        line=np.concatenate([officers.line[person], line]),
        issued=np.concatenate([officers.issued, replaced[again], issued]),
        returned=np.concatenate([until, officers.last_day[again], kept]),
        status=np.concatenate([status, left[again], np.full(area.size, ACTIVE)]),
        first=np.arange(count),
        second=second,
        replaced=replaced,
    )


def _replaced(state: GeneratorState, rng: np.random.Generator, officers: Officers) -> Integers:
    """The day on which each officer's first camera was replaced; the end if it was not."""
    monthly = max(state.parameters.rollout.failures_a_month, 1e-9)
    works = rng.exponential(MONTH_DAYS / monthly, len(officers)).astype(np.int64)
    failed = officers.issued + 7 + works
    return np.where(failed < np.minimum(officers.last_day, state.days), failed, state.days)


def _pool(
    state: GeneratorState, rollout: Rollout, officers: Officers
) -> tuple[Integers, Integers, Integers, Integers]:
    """Area, role, line of the plan and day of issue of the cameras that belong to no officer."""
    rng = state.random("pool")
    wanted = np.rint(rollout.planned_devices * state.parameters.rollout.devices_share).astype(
        np.int64
    )
    left = np.maximum(wanted - np.bincount(officers.line, minlength=wanted.size), 0)
    line = np.repeat(np.arange(left.size), left)
    cell = np.empty(line.size, dtype=np.int64)
    people = state.headcounts[:, None] * ROLE_SHARES
    for number in range(left.size):
        weight = np.cumsum(np.where(rollout.line_of == number, people, 0))
        at = rng.random(left[number]) * weight[-1]
        cell[line == number] = np.searchsorted(weight, at, side="right")
    area, role = np.divmod(cell, len(ROLES))
    opens = np.diff(line, prepend=-1) > 0
    later = np.where(opens, 0, rng.integers(0, HAND_OUT_DAYS, line.size))
    return area, role, line, rollout.actual_day[line] + later


def device_rows(
    state: GeneratorState, rollout: Rollout, officers: Officers, devices: Devices
) -> pl.DataFrame:
    """The register of devices issued by the end of the data."""
    number = np.flatnonzero(devices.issued < state.days)
    officer = devices.officer[number]
    person = officers.number.gather(np.maximum(officer, 0))
    return pl.DataFrame(
        {
            "camera_id": serials(number),
            "device_model": chosen(MODELS, number % len(MODELS)),
            "staff_id": pl.select(pl.when(pl.Series(officer >= 0)).then(person)).to_series(),
            "published_area": state.named(devices.area[number]),
            "officer_role": pl.Series(ROLES).gather(devices.role[number]),
            "rollout_phase": rollout.phase[devices.line[number]],
            "issued_date": state.dates(devices.issued[number]),
            "returned_date": state.dates(
                devices.returned[number], devices.returned[number] < state.days
            ),
            "device_status": pl.Series(STATUSES).gather(devices.status[number]),
        }
    )


def serials(number: Integers) -> pl.Series:
    """Serial numbers of devices."""
    return numbered("CAM", number, 6)
