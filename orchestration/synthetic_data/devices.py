"""Synthetic cameras: which was issued to whom, when, and what became of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.officers import Officers
from orchestration.synthetic_data.rollout import HAND_OUT_DAYS, ROLE_SHARES, ROLES, Rollout
from orchestration.synthetic_data.state import (
    MONTH_DAYS,
    GeneratorState,
    Integers,
    chosen,
    numbered,
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
