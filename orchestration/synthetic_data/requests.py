"""Synthetic requests for footage: by its subject, within a month; by anyone, within 20 days."""

import csv
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration import paths
from orchestration.synthetic_data.encounters import references
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
