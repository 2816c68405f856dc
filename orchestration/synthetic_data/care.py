"""What happens to footage: uploaded, tagged, reviewed, kept, and deleted rightly or wrongly."""

from dataclasses import dataclass

import numpy as np

from orchestration.synthetic_data.officers import Shifts
from orchestration.synthetic_data.recordings import Recordings
from orchestration.synthetic_data.requests import NEVER, Requests
from orchestration.synthetic_data.state import SECONDS_A_DAY, GeneratorState, Integers, Truths

DAY, HOUR = SECONDS_A_DAY, 3600
# Docked after the shift, usually within the hour; late ones wait one to three days more.
DOCKED_MEAN, DOCKED_MOST, LATE_DAYS = HOUR, 8 * HOUR, (1, 3)
# Tagged within two days, or well between a week and a month, or well after a month: so what is
# untagged after 7 and after 31 days does not depend on the hour from which days are counted.
TAGGED_MEAN, TAGGED_MOST, WEEK_DAYS, MONTH_DAYS = 12 * HOUR, 2 * DAY, (10, 25), (36, 90)
REVIEWED_DAYS = (1, 20)
DELETED_HOURS = (1, 5)
KEPT_FOR_EVER, KEPT_LONGER_DAYS, BY_HAND_DAYS = 0.5, (5, 60), (5, 25)
COMPLAINT_KEEPS = 0.9
REASONS = ("retention_expired", "manual", "error")
EXPIRED, BY_HAND, IN_ERROR = range(len(REASONS))


@dataclass(frozen=True)
class Care:
    """One entry per recording; seconds from the first midnight, NEVER for what did not happen."""

    uploaded: Integers
    tagged: Integers
    reviewed: Integers
    evidential: Truths
    retain_until: Integers
    deleted: Integers
    reason: Integers


def make_care(
    state: GeneratorState,
    worked: Shifts,
    recordings: Recordings,
    in_case: Truths,
    complained: Integers,
    requests: Requests,
) -> Care:
    """Everything that has happened to every recording by the end of the data.

    `in_case` says which are evidence in a case, `complained` the second at which a complaint about
    the encounter was first logged, NEVER where there was none.
    """
    rng = state.random("care")
    uploaded = _uploaded(state, rng, worked, recordings)
    tagged, evidential = _tagged(state, rng, uploaded, in_case)
    retain = recordings.begins // DAY + state.parameters.care.retention_days
    deleted, reason = _deleted(state, rng, uploaded, retain, evidential)
    held = first_held(requests, len(recordings))
    keeps = (complained < deleted) & (rng.random(len(recordings)) < COMPLAINT_KEEPS)
    kept = (reason == EXPIRED) & ((held < deleted) | keeps)
    deleted = np.where(kept | (deleted >= state.end), NEVER, deleted)
    reviewed = _reviewed(state, rng, uploaded)
    end = np.minimum(deleted, state.end)
    evidential &= tagged < state.end
    return Care(
        uploaded=np.where(uploaded < state.end, uploaded, NEVER),
        tagged=np.where(tagged < end, tagged, NEVER),
        reviewed=np.where(reviewed < end, reviewed, NEVER),
        evidential=evidential,
        retain_until=np.where(evidential, NEVER, retain),
        deleted=deleted,
        reason=np.where(deleted < NEVER, reason, -1),
    )


def first_held(requests: Requests, recordings: int) -> Integers:
    """Of each recording, the second at which a request first put a hold on it, else NEVER."""
    held = np.full(recordings, NEVER)
    np.minimum.at(held, requests.recording, requests.held)
    return held


def _reviewed(state: GeneratorState, rng: np.random.Generator, uploaded: Integers) -> Integers:
    """The second at which a supervisor looked at it; NEVER for most."""
    days = rng.integers(REVIEWED_DAYS[0] * DAY, REVIEWED_DAYS[1] * DAY, uploaded.size)
    looked = rng.random(uploaded.size) < state.parameters.care.reviewed
    return np.where(looked, uploaded + days, NEVER)


def _uploaded(
    state: GeneratorState, rng: np.random.Generator, worked: Shifts, recordings: Recordings
) -> Integers:
    count = len(recordings)
    docked = np.maximum(worked.ends[recordings.shift], recordings.stopped)
    docked = docked + np.minimum(rng.exponential(DOCKED_MEAN, count), DOCKED_MOST).astype(np.int64)
    late = rng.random(count) < state.parameters.care.uploaded_late
    waited = rng.integers(LATE_DAYS[0] * DAY, LATE_DAYS[1] * DAY, count)
    uploaded: Integers = docked + np.where(late, waited, 0)
    return uploaded


def _tagged(
    state: GeneratorState, rng: np.random.Generator, uploaded: Integers, in_case: Truths
) -> tuple[Integers, Truths]:
    """The second at which each was tagged (NEVER if it was not), and whether as evidence."""
    parameters, count = state.parameters.care, uploaded.size
    soon = np.minimum(rng.exponential(TAGGED_MEAN, count), TAGGED_MOST).astype(np.int64)
    after_week = rng.integers(WEEK_DAYS[0] * DAY, WEEK_DAYS[1] * DAY, count)
    after_month = rng.integers(MONTH_DAYS[0] * DAY, MONTH_DAYS[1] * DAY, count)
    shares = (
        parameters.never_tagged,
        parameters.tagged_after_a_month,
        parameters.tagged_after_a_week,
    )
    at = np.where(in_case, 1.0, rng.random(count))
    never, month, week = (at < limit for limit in np.cumsum(shares))
    tagged = uploaded + np.select([month, week], [after_month, after_week], soon)
    usual = ~week & ~in_case
    share = (parameters.evidential * count - in_case.sum()) / max(int(usual.sum()), 1)
    evidential = in_case | (usual & (rng.random(count) < share))
    return np.where(never, NEVER, tagged), evidential


def _deleted(
    state: GeneratorState,
    rng: np.random.Generator,
    uploaded: Integers,
    retain: Integers,
    evidential: Truths,
) -> tuple[Integers, Integers]:
    """When each would be deleted if nobody held it, NEVER if it would not be, and why."""
    parameters, count = state.parameters.care, uploaded.size
    on_day = retain * DAY + rng.integers(DELETED_HOURS[0] * HOUR, DELETED_HOURS[1] * HOUR, count)
    longer = on_day + rng.integers(*KEPT_LONGER_DAYS, count) * DAY
    by_hand = uploaded + rng.integers(BY_HAND_DAYS[0] * DAY, BY_HAND_DAYS[1] * DAY, count)
    at, ever = rng.random(count), rng.random(count)
    limits = np.cumsum(
        [parameters.deleted_in_error, parameters.deleted_by_hand, parameters.kept_past_rule]
    )
    error = at < limits[0]
    hand = ~error & (at < limits[1]) & ~evidential
    past = ~error & ~hand & (at < limits[2])
    late = np.where(ever < KEPT_FOR_EVER, NEVER, longer)
    deleted = np.select([error | hand, evidential, past], [by_hand, NEVER, late], on_day)
    return deleted, np.select([error, hand], [IN_ERROR, BY_HAND], EXPIRED)
