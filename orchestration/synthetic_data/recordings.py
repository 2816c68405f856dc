"""Synthetic recordings: of encounters whose officers switched on, and of everything between.

Their labels say category, whether they were announced, and what they refer to.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.synthetic_data.encounters import AFTER_SLOT, KINDS, Encounters
from orchestration.synthetic_data.officers import SLOTS, Officers, Shifts
from orchestration.synthetic_data.state import (
    MONTH_DAYS,
    SECONDS_A_DAY,
    Floats,
    GeneratorState,
    Integers,
    Truths,
    sampled,
    season,
)

NO_ENCOUNTER = -1
# With fewer recordings, chance may want more recordings of encounters than there are recordings.
FEWEST = 500
BUFFER_SECONDS = 30
# A camera is late, or off early, by at least three minutes or not at all: so no tolerance between
# zero and three minutes changes what was planted.
LEAST_GAP, MEAN_GAP, LEAST_FILMED = 180, 150, 60
EARLY_TRIGGER, LATE_STOP = 90, 240
SECOND_LATER, SECOND_EARLIER = 120, 60
LENGTH_SPREAD, LENGTH_BOUNDS, WITHIN = 0.9, (20, 4200), 600
HABIT_SPREAD = 0.7


@dataclass(frozen=True)
class Recordings:
    """One entry per recording in order of its trigger; seconds count from the first midnight."""

    officer: Integers
    shift: Integers
    encounter: Integers
    kind: Integers
    triggered: Integers
    stopped: Integers

    def __len__(self) -> int:
        """How many recordings there are."""
        return self.officer.size

    @property
    def begins(self) -> Integers:
        """Where the footage begins: the camera keeps what it saw just before its trigger."""
        seconds: Integers = self.triggered - BUFFER_SECONDS
        return seconds

    @property
    def seconds(self) -> Integers:
        """Length of the footage."""
        length: Integers = self.stopped - self.begins
        return length


def equipped(officers: Officers, officer: Integers, day: Integers) -> Truths:
    """Whether an officer had a camera on a day."""
    had: Truths = day >= officers.issued[officer]
    return had


def make_recordings(
    state: GeneratorState, officers: Officers, worked: Shifts, encounters: Encounters, count: int
) -> Recordings:
    """Exactly `count` recordings.

    Raises ValueError when so many do not fit into the shifts, or they are too few for a preset.
    """
    if count < FEWEST:
        raise ValueError(f"{count} recordings are too few: ask for {FEWEST} or more")
    filmed, triggered, stopped = _of_encounters(state, officers, encounters)
    needed = count - filmed.size
    slot = _free_slots(state, officers, worked, encounters.slot, needed)
    rng = state.random("other recordings")
    began = worked.slot_begins(slot) + AFTER_SLOT + rng.integers(0, WITHIN, needed)
    spent = int((stopped - triggered).sum()) + count * BUFFER_SECONDS
    length = _lengths(rng, needed, count * state.parameters.care.mean_minutes * 60 - spent)
    triggered = np.concatenate([triggered, began])
    stopped = np.concatenate([stopped, began + length])
    none = np.full(needed, NO_ENCOUNTER)
    slots = np.concatenate([encounters.slot[filmed], slot])
    order = np.argsort(triggered, kind="stable")
    return Recordings(
        officer=worked.officer[slots[order] // SLOTS],
        shift=slots[order] // SLOTS,
        encounter=np.concatenate([encounters.attended[filmed], none])[order],
        kind=np.concatenate([encounters.kind[encounters.attended[filmed]], none])[order],
        triggered=triggered[order],
        stopped=stopped[order],
    )


def learned(state: GeneratorState, days_with_camera: Integers) -> Floats:
    """How far an officer still is from steady use, on the logit scale; it falls to zero."""
    use = state.parameters.use
    months = np.maximum(days_with_camera, 0) / MONTH_DAYS
    distance: Floats = -use.learning * np.exp(-months / use.learning_months)
    return distance


def _of_encounters(
    state: GeneratorState, officers: Officers, encounters: Encounters
) -> tuple[Integers, Integers, Integers]:
    """Attendances that were recorded, with the seconds at which the camera went on and off."""
    rng = state.random("activation")
    use = state.parameters.use
    officer, number = encounters.officer, encounters.attended
    day = encounters.begins[number] // SECONDS_A_DAY
    shares = np.array([use.activation[kind] for kind in KINDS])
    steady = np.log(shares / (1 - shares))[encounters.kind[number]]
    habit = rng.normal(0, use.officer_sd, len(officers))[officer]
    logit = steady + habit + learned(state, day - officers.issued[officer])
    on = rng.random(officer.size) < 1 / (1 + np.exp(-logit))
    filmed = np.flatnonzero(on & equipped(officers, officer, day))
    triggered, stopped = _first_cameras(state, rng, encounters)
    return filmed, *_all_cameras(rng, number[filmed], triggered, stopped)


def _first_cameras(
    state: GeneratorState, rng: np.random.Generator, encounters: Encounters
) -> tuple[Integers, Integers]:
    """Trigger and stop of the first camera at every encounter, as if each were recorded."""
    use, count = state.parameters.use, len(encounters)
    length = encounters.ends - encounters.begins
    gaps = LEAST_GAP + rng.exponential(MEAN_GAP, (2, count)).astype(np.int64)
    late = np.where(rng.random(count) < use.started_late, gaps[0], 0)
    late = np.where(late <= length - LEAST_FILMED, late, 0)
    early = np.where(rng.random(count) < use.stopped_early, gaps[1], 0)
    early = np.where(early <= length - late - LEAST_FILMED, early, 0)
    before = rng.integers(0, EARLY_TRIGGER + 1, count)
    after = rng.integers(0, LATE_STOP + 1, count)
    return (
        np.where(late > 0, encounters.begins + late, encounters.begins - before),
        np.where(early > 0, encounters.ends - early, encounters.ends + after),
    )


def _all_cameras(
    rng: np.random.Generator, number: Integers, triggered: Integers, stopped: Integers
) -> tuple[Integers, Integers]:
    """Further cameras start after the first and stop before it, so that it covers the most."""
    further = np.diff(number, prepend=-1) == 0
    on, off = triggered[number], stopped[number]
    quarter = (off - on) // 4
    later = rng.random(number.size) * np.minimum(quarter, SECOND_LATER)
    earlier = rng.random(number.size) * np.minimum(quarter, SECOND_EARLIER)
    return (
        on + np.where(further, later, 0).astype(np.int64),
        off - np.where(further, earlier, 0).astype(np.int64),
    )


def _free_slots(
    state: GeneratorState, officers: Officers, worked: Shifts, taken: Integers, needed: int
) -> Integers:
    """Slots of officers with cameras that nothing else fills, by each officer's habit."""
    rng = state.random("slots")
    habit = np.exp(rng.normal(0, HABIT_SPREAD, len(officers)))
    since = worked.day - officers.issued[worked.officer]
    weight = habit[worked.officer] * np.exp(learned(state, since) / 2)
    weight *= season(worked.day, state.parameters.complaints.season)
    weight[since < 0] = 0
    total = np.cumsum(weight)
    free = np.empty(0, dtype=np.int64)
    for tries in (1.3, 3.0, 9.0):
        at = np.sort(rng.random(int(needed * tries) + 100)) * total[-1]
        shift = np.searchsorted(total, at, side="right")
        sampled = np.unique(shift * SLOTS + rng.integers(0, SLOTS, shift.size))
        free = np.setdiff1d(sampled, taken, assume_unique=True)
        if free.size >= needed:
            return np.sort(free[rng.permutation(free.size)[:needed]])
    raise ValueError(
        f"{needed} recordings do not fit into {len(worked)} shifts: raise the officers"
    )


def _lengths(rng: np.random.Generator, count: int, wanted: float) -> Integers:
    """Lognormal lengths that add up to about `wanted` seconds, within what a slot holds."""
    length = rng.lognormal(0, LENGTH_SPREAD, count)
    if count:
        length *= wanted / length.sum()
        length *= wanted / np.clip(length, *LENGTH_BOUNDS).sum()
    return np.clip(length, *LENGTH_BOUNDS).astype(np.int64)


# The first six are in the order of the kinds of encounters.
CATEGORIES = (
    "stop_and_search", "use_of_force", "arrest", "domestic_abuse", "traffic", "other", "patrol",
)  # fmt: skip
ELSEWHERE = {
    "stop_and_search": 0.1, "use_of_force": 0.03, "arrest": 0.1, "domestic_abuse": 0.07,
    "traffic": 0.15, "other": 0.15, "patrol": 0.4,
}  # fmt: skip


@dataclass(frozen=True)
class Labels:
    """One entry per recording; a negative `encounter` or `case` is a reference not written."""

    category: Integers
    announced: Truths
    encounter: Integers
    case: Integers


def make_labels(state: GeneratorState, recordings: Recordings, case: Integers) -> Labels:
    """Categories by kind of encounter, and by chance elsewhere."""
    rng = state.random("labels")
    use, count = state.parameters.use, len(recordings)
    elsewhere = sampled(rng, ELSEWHERE, count)
    written = rng.random(count) < use.referenced
    return Labels(
        category=np.where(recordings.kind == NO_ENCOUNTER, elsewhere, recordings.kind),
        announced=rng.random(count) < use.announced,
        encounter=np.where(written, recordings.encounter, NO_ENCOUNTER),
        case=np.where(rng.random(count) < use.referenced, case, -1),
    )
