"""Synthetic complaints with their reporting lag, and the allegations within them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.synthetic_data.encounters import Encounters, references
from orchestration.synthetic_data.incidents import REFORM, WARM_UP_DAYS, change, expected
from orchestration.synthetic_data.linked import NONE, same_day
from orchestration.synthetic_data.officers import Officers
from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import (
    SECONDS_A_DAY,
    GeneratorState,
    Integers,
    chosen,
    numbered,
    sampled,
)

CLOSING_SPREAD = 0.7
UNKNOWN_INCIDENT, TIME_KNOWN = 0.05, 0.5
OUTCOMES = {"upheld": 0.1, "not_upheld": 0.5, "resolved_locally": 0.4}
ALLEGATIONS = {
    "use_of_force": 0.12, "incivility": 0.2, "search": 0.1, "arrest_or_custody": 0.13,
    "failure_in_duty": 0.33, "discrimination": 0.05, "other": 0.07,
}  # fmt: skip
# The letters of the old regime and of the new, in the order of the allegations above.
OLD_CODES = ("C", "U", "K", "E", "S", "F", "W")
NEW_CODES = ("B4", "H1", "B1", "B3", "A1", "F", "L")
NO, YES, UNKNOWN = range(3)
ANSWERS = ("no", "yes", "unknown")
VIEWED = {"no": 0.2, "yes": 0.7, "unknown": 0.1}


@dataclass(frozen=True)
class Complaints:
    """One entry per complaint in order of its logging; days count from the first day."""

    area: Integers
    incident: Integers
    logged: Integers
    closed: Integers
    recorded: Integers
    outcome: Integers
    encounter: Integers
    happened: Integers
    officer: Integers
    latent: int

    def __len__(self) -> int:
        """How many complaints there are."""
        return self.area.size


def make_complaints(state: GeneratorState, rollout: Rollout, encounters: Encounters) -> Complaints:
    """Complaints logged in the window; their incidents may lie in the year before it."""
    rng = state.random("complaints")
    parameters = state.parameters.complaints
    area, incident, logged, latent = _reported(state, rollout, rng)
    closed = logged + rng.lognormal(
        np.log(parameters.closing_median_days), CLOSING_SPREAD, area.size
    )
    formal = (logged < state.day_of(REFORM)) | (rng.random(area.size) < parameters.recorded)
    linked = rng.random(area.size) < parameters.with_encounter
    found = same_day(state, encounters, area, incident, rng.random(area.size))
    encounter = np.where(linked, found, NONE)
    known = np.maximum(encounter, 0)
    within = rng.random(area.size)
    length = encounters.ends[known] - encounters.begins[known]
    happened = np.where(
        encounter >= 0,
        encounters.begins[known] + (within * length).astype(np.int64),
        incident * SECONDS_A_DAY + (within * SECONDS_A_DAY).astype(np.int64),
    )
    return Complaints(
        area=area,
        incident=incident,
        logged=logged,
        closed=closed.astype(np.int64),
        recorded=np.where(formal, logged + rng.integers(0, 11, area.size), state.days),
        outcome=sampled(rng, OUTCOMES, area.size),
        encounter=encounter,
        happened=np.where((encounter >= 0) | (rng.random(area.size) < TIME_KNOWN), happened, NONE),
        officer=np.where(encounter >= 0, encounters.leader[known], NONE),
        latent=latent,
    )


def _reported(
    state: GeneratorState, rollout: Rollout, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers, int]:
    """Area, incident day and logging day in order of logging, and how many incidents there were."""
    parameters = state.parameters.complaints
    most = max(1.0, parameters.reform_ratio)
    counts = rng.poisson(expected(state, rollout) * most)
    area, position = np.nonzero(counts)
    repeats = counts[area, position]
    area, position = np.repeat(area, repeats), np.repeat(position, repeats)
    incident = position - WARM_UP_DAYS
    lag = rng.lognormal(np.log(parameters.lag_median_days), parameters.lag_sd, area.size)
    logged = incident + lag.astype(np.int64)
    counted = np.where(logged >= state.day_of(REFORM), parameters.reform_ratio, 1.0) / most
    if parameters.effect.kind == "reporting":
        day = np.arange(-WARM_UP_DAYS, state.days)
        counted *= np.minimum(change(state, rollout, day), 1.0)[area, position]
    kept = (logged >= 0) & (logged < state.days) & (rng.random(area.size) < counted)
    order = np.flatnonzero(kept)[np.lexsort((area[kept], logged[kept]))]
    return area[order], incident[order], logged[order], area.size


def complaint_rows(
    state: GeneratorState, officers: Officers, complaints: Complaints, available: Integers
) -> pl.DataFrame:
    """One row per complaint; `available` is the number of the answer about footage."""
    rng = state.random("complaint rows")
    count = len(complaints)
    is_closed = complaints.closed < state.days
    known = (rng.random(count) >= UNKNOWN_INCIDENT) | (complaints.encounter >= 0)
    viewed = np.where(available == YES, sampled(rng, VIEWED, count), available)
    outcome = np.where(is_closed, complaints.outcome, NONE)
    return pl.DataFrame(
        {
            "complaint_id": complaint_ids(np.arange(count)),
            "complainant_reference": numbered("SYNP", rng.integers(0, 3 * count + 1, count), 7),
            "complainant_name": numbered("Synthetic Complainant ", np.arange(count), 6),
            "published_area": state.named(complaints.area),
            "incident_date": state.dates(complaints.incident, known),
            "complaint_date": state.dates(complaints.logged),
            "closed_date": state.dates(complaints.closed, is_closed),
            "complaint_status": pl.Series(np.where(is_closed, "closed", "open")),
            "complaint_outcome": chosen(tuple(OUTCOMES), outcome),
            "recorded_date": state.dates(complaints.recorded, complaints.recorded < state.days),
            "incident_from": state.times(complaints.happened, complaints.happened != NONE),
            "encounter_id": references(complaints.encounter),
            "staff_id": _people(officers, complaints.officer),
            "footage_available": chosen(ANSWERS, available),
            "footage_viewed": chosen(ANSWERS, viewed),
        }
    )


def make_allegations(state: GeneratorState, complaints: Complaints) -> tuple[Integers, Integers]:
    """Complaint and kind of every allegation, in order of the complaints."""
    rng = state.random("allegations")
    each = 1 + rng.poisson(state.parameters.complaints.extra_allegations, len(complaints))
    complaint = np.repeat(np.arange(len(complaints)), each)
    return complaint, sampled(rng, ALLEGATIONS, complaint.size)


def allegation_rows(
    state: GeneratorState,
    officers: Officers,
    complaints: Complaints,
    complaint: Integers,
    kind: Integers,
) -> pl.DataFrame:
    """One row per allegation, with the letters of the regime it was logged under."""
    first = np.searchsorted(complaint, complaint, side="left")
    logged = complaints.logged[complaint]
    old = pl.Series(logged < state.day_of(REFORM))
    return pl.DataFrame(
        {
            "complaint_id": complaint_ids(complaint),
            "allegation_number": np.arange(complaint.size) - first + 1,
            "complaint_date": state.dates(logged),
            "category_code": pl.Series(tuple(ALLEGATIONS)).gather(kind),
            "published_category_code": pl.select(
                pl.when(old).then(chosen(OLD_CODES, kind)).otherwise(chosen(NEW_CODES, kind))
            ).to_series(),
            "staff_id": _people(officers, complaints.officer[complaint]),
        }
    )


def complaint_ids(number: Integers) -> pl.Series:
    """References of complaints."""
    return numbered("CO", number + 1, 7)


def _people(officers: Officers, number: Integers) -> pl.Series:
    """Officers' numbers; empty where nobody is known."""
    person = officers.number.gather(np.maximum(number, 0))
    return pl.select(pl.when(pl.Series(number >= 0)).then(person)).to_series()
