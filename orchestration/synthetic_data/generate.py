"""Everything of one synthetic programme, made in order: each part from earlier ones."""

from dataclasses import dataclass

import numpy as np

from orchestration.synthetic_data.care import NEVER, Care, Requests, make_care, make_requests
from orchestration.synthetic_data.complaints import (
    NO,
    UNKNOWN,
    YES,
    Complaints,
    make_allegations,
    make_complaints,
)
from orchestration.synthetic_data.courts import Cases, Crimes, make_cases, make_crimes
from orchestration.synthetic_data.encounters import REASONS, Encounters, make_encounters
from orchestration.synthetic_data.officers import (
    Devices,
    Officers,
    Shifts,
    make_devices,
    make_officers,
    make_shifts,
)
from orchestration.synthetic_data.people import make_assaults
from orchestration.synthetic_data.presets import Setting
from orchestration.synthetic_data.recordings import (
    Labels,
    Recordings,
    equipped,
    make_labels,
    make_recordings,
)
from orchestration.synthetic_data.rollout import Payments, Rollout, make_payments, make_rollout
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    Truths,
    make_state,
)


@dataclass(frozen=True)
class Made:
    """The parts of a synthetic programme; arrays of one part refer to others by position.

    `filmed` and `could_film` are of each encounter: whether there is footage, and whether anybody
    there had a camera. `reason` is the written reason for none, negative without one. `case` is of
    each recording, negative without one. `available` answers each complaint's question for footage.
    """

    state: GeneratorState
    setting: Setting
    rollout: Rollout
    officers: Officers
    shifts: Shifts
    devices: Devices
    encounters: Encounters
    recordings: Recordings
    filmed: Truths
    could_film: Truths
    reason: Integers
    cases: Cases
    case: Integers
    crimes: Crimes
    complaints: Complaints
    allegations: tuple[Integers, Integers]
    requests: Requests
    care: Care
    available: Integers
    payments: Payments
    labels: Labels
    assaults: tuple[Integers, Integers, Truths]


def make(setting: Setting, recordings: int, seed: int) -> Made:
    """Generate a whole programme with exactly this many recordings.

    Raises ValueError where the recordings, the plan and the window do not fit together.
    """
    state = make_state(setting, seed)
    rollout = make_rollout(state, setting)
    officers = make_officers(state, rollout, recordings)
    shifts = make_shifts(state, officers)
    encounters = make_encounters(state, shifts, recordings)
    footage = make_recordings(state, officers, shifts, encounters, recordings)
    filmed = _any(len(encounters), footage.encounter[footage.encounter >= 0])
    could_film = _could_film(officers, encounters)
    cases = make_cases(state, rollout, encounters, filmed)
    case = _case_of(encounters, footage, cases)
    complaints = make_complaints(state, rollout, encounters)
    requests = make_requests(state, officers.area[footage.officer], footage)
    complained = _complained(encounters, footage, complaints)
    care = make_care(state, shifts, footage, case >= 0, complained, requests)
    return Made(
        state=state, setting=setting, rollout=rollout, officers=officers, shifts=shifts,
        devices=make_devices(state, rollout, officers), encounters=encounters, recordings=footage,
        filmed=filmed, could_film=could_film, reason=_reasons(state, could_film & ~filmed),
        cases=cases, case=case, crimes=make_crimes(state, cases), complaints=complaints,
        allegations=make_allegations(state, complaints), requests=requests, care=care,
        available=_available(complaints, footage, care, len(encounters)),
        payments=make_payments(state, rollout), labels=make_labels(state, footage, case),
        assaults=make_assaults(state),
    )  # fmt: skip


def _any(count: int, numbers: Integers) -> Truths:
    """Which of `count` things are named at least once."""
    named = np.zeros(count, dtype=bool)
    named[numbers] = True
    return named


def _could_film(officers: Officers, encounters: Encounters) -> Truths:
    day = encounters.begins[encounters.attended] // SECONDS_A_DAY
    had = equipped(officers, encounters.officer, day)
    return _any(len(encounters), encounters.attended[had])


def _reasons(state: GeneratorState, unfilmed: Truths) -> Integers:
    """Number of the written reason, for some of those that should have been filmed."""
    rng = state.random("reasons")
    written = unfilmed & (rng.random(unfilmed.size) < state.parameters.use.reason_written)
    return np.where(written, rng.integers(0, len(REASONS), unfilmed.size), -1)


def _case_of(encounters: Encounters, footage: Recordings, cases: Cases) -> Integers:
    """The case in which a recording is evidence, negative without one."""
    of_encounter = np.full(len(encounters) + 1, -1)
    used = np.flatnonzero(cases.used)
    of_encounter[cases.encounter[used]] = used
    case: Integers = of_encounter[footage.encounter]
    return case


def _complained(encounters: Encounters, footage: Recordings, complaints: Complaints) -> Integers:
    """For each recording, the second of the first complaint about its encounter."""
    first = np.full(len(encounters) + 1, NEVER)
    about = complaints.encounter >= 0
    at = complaints.logged[about] * SECONDS_A_DAY
    np.minimum.at(first, complaints.encounter[about], at)
    first[-1] = NEVER
    seconds: Integers = first[footage.encounter]
    return seconds


def _available(
    complaints: Complaints, footage: Recordings, care: Care, encounters: int
) -> Integers:
    """Whether footage of the encounter is still held on the day after a complaint is logged."""
    last = np.full(encounters + 1, -1)
    np.maximum.at(last, footage.encounter, care.deleted)
    last[-1] = -1
    held = last[complaints.encounter] >= (complaints.logged + 1) * SECONDS_A_DAY
    answer: Integers = np.where(complaints.encounter < 0, UNKNOWN, np.where(held, YES, NO))
    return answer
