"""What happens to footage: uploaded, tagged, reviewed, requested, kept, deleted rightly or wrongly.

Requests are made by its subject, to be met within a month, or by anyone, within 20 working days.
"""

import csv
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration import paths
from orchestration.synthetic_data.encounters import references
from orchestration.synthetic_data.officers import Shifts
from orchestration.synthetic_data.recordings import Recordings
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    Truths,
    chosen,
    numbered,
    sampled,
)

KINDS = ("subject_access", "freedom_of_information")
SUBJECT, FREEDOM = range(len(KINDS))
OUTCOMES = {
    "granted": 0.45, "partly_granted": 0.2, "refused": 0.15, "not_held": 0.15, "withdrawn": 0.05,
}  # fmt: skip
WORKING_DAYS = 20
OF_ENGLAND, OF_ANYWHERE = ("true",), ("true", "false")
# Asked within two months of the footage; a hold follows within ten days, if at all.
ASKED_WITHIN, HELD_WITHIN_DAYS, HELD, NAMES_RECORDING = 60, 10, 0.8, 0.5
OPEN = -1
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Requests:
    """One entry per request in order of receipt; days from the first day, seconds for holds."""

    kind: Integers
    area: Integers
    recording: Integers
    received: Integers
    due: Integers
    closed: Integers
    held: Integers
    outcome: Integers

    @property
    def counted(self) -> Truths:
        """Requests that a clock runs for: all but those withdrawn by the end of the data."""
        counted: Truths = self.outcome != list(OUTCOMES).index("withdrawn")
        return counted

    def __len__(self) -> int:
        """How many requests there are."""
        return self.kind.size


def make_requests(state: GeneratorState, area_of: Integers, recordings: Recordings) -> Requests:
    """Requests about recordings; `area_of` is the area of each recording."""
    rng = state.random("requests")
    parameters = state.parameters.requests
    count = int(rng.poisson(parameters.per_area_month * len(state.areas) * state.days / 30.4))
    recording = rng.integers(0, len(recordings), count)
    filmed = recordings.triggered[recording] // SECONDS_A_DAY
    received = filmed + 1 + rng.integers(0, ASKED_WITHIN, count)
    inside = np.flatnonzero(received < state.days)
    order = inside[np.argsort(received[inside], kind="stable")]
    recording, received, count = recording[order], received[order], order.size
    kind = np.where(rng.random(count) < parameters.subject_access, SUBJECT, FREEDOM)
    due = np.where(kind == SUBJECT, _month_later(state, received), _working(state, received))
    late = rng.random(count) < parameters.late
    spent = rng.random(count)
    in_time = received + 1 + (spent * (due - received)).astype(np.int64)
    held = received * SECONDS_A_DAY + 9 * 3600
    held += (rng.random(count) * HELD_WITHIN_DAYS * SECONDS_A_DAY).astype(np.int64)
    holds = (rng.random(count) < HELD) & (held < state.end)
    closed = np.where(late, due + 1 + (spent * 90).astype(np.int64), np.minimum(in_time, due))
    outcome = np.where(closed < state.days, sampled(rng, OUTCOMES, count), OPEN)
    return Requests(
        kind=kind,
        area=area_of[recording],
        recording=recording,
        received=received,
        due=due,
        closed=closed,
        held=np.where(holds, held, NEVER),
        outcome=outcome,
    )


def _month_later(state: GeneratorState, day: Integers) -> Integers:
    """The same day of the next month, or its last day, or the next working day in England."""
    dates = state.dates(day).dt.offset_by("1mo").to_numpy().astype("datetime64[D]")
    return _days(state, np.busday_offset(dates, 0, roll="forward", holidays=_holidays(OF_ENGLAND)))


def _working(state: GeneratorState, day: Integers) -> Integers:
    """Twenty working days later, with the bank holidays of the whole United Kingdom left out."""
    dates = np.datetime64(state.first_day, "D") + day.astype("timedelta64[D]")
    return _days(
        state,
        np.busday_offset(dates, WORKING_DAYS, roll="backward", holidays=_holidays(OF_ANYWHERE)),
    )


def _holidays(kinds: tuple[str, ...]) -> "list[np.datetime64]":
    """Bank holidays of the project's seed that are, or are not, of England and Wales."""
    with (paths.SEEDS / "bank_holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        np.datetime64(row["bank_holiday_date"])
        for row in rows
        if row["is_in_england_and_wales"] in kinds
    ]


def _days(
    state: GeneratorState, dates: "np.ndarray[tuple[int], np.dtype[np.datetime64]]"
) -> Integers:
    days: Integers = (dates - np.datetime64(state.first_day, "D")).astype(np.int64)
    return days


def request_rows(
    state: GeneratorState, recordings: Recordings, requests: Requests, deleted: Integers
) -> pl.DataFrame:
    """The register of requests at the end of the data; `deleted` is of each recording."""
    count = len(requests)
    closed = requests.closed < state.days
    gone = deleted[requests.recording] < requests.received * SECONDS_A_DAY
    gone &= (requests.outcome != OPEN) & requests.counted
    outcome = np.where(gone, list(OUTCOMES).index("not_held"), requests.outcome)
    holds = requests.held < NEVER
    filmed = recordings.triggered[requests.recording] // SECONDS_A_DAY
    return pl.DataFrame(
        {
            "request_id": numbered("Q", np.arange(1, count + 1), 6),
            "request_kind": chosen(KINDS, requests.kind),
            "published_area": state.named(requests.area),
            "received_date": state.dates(requests.received),
            "due_date": state.dates(requests.due),
            "closed_date": state.dates(requests.closed, closed),
            "request_outcome": chosen(tuple(OUTCOMES), outcome),
            "footage_date": state.dates(filmed),
            "hold_placed_at": state.times(np.where(holds, requests.held, 0), holds),
            "recording_id": pl.select(
                pl.when(pl.Series(named(state, requests))).then(recording_ids(requests.recording))
            ).to_series(),
            "encounter_id": references(recordings.encounter[requests.recording]),
        }
    )


def named(state: GeneratorState, requests: Requests) -> Truths:
    """Which requests name their recording: some at once, all on which a hold was put."""
    said = state.random("request rows").random(len(requests)) < NAMES_RECORDING
    names: Truths = said | (requests.held < NEVER)
    return names


def recording_ids(number: Integers) -> pl.Series:
    """Identifiers of recordings."""
    return numbered("R", number + 1, 8)


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
