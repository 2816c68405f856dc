"""Synthetic complaints with their reporting lag, and the allegations within them.

They come of incidents that might be complained about, by area and day.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.encounters import NONE, Encounters, references, same_day
from orchestration.synthetic_data.officers import Officers
from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import (
    MONTH_DAYS,
    SECONDS_A_DAY,
    Floats,
    GeneratorState,
    Integers,
    chosen,
    numbered,
    sampled,
    season,
)

WARM_UP_DAYS = 365
# Any expression of dissatisfaction counts from this day on.
REFORM = date(2020, 2, 1)
# The first standstill of the pandemic.
STANDSTILL = (date(2020, 3, 23), date(2020, 6, 22))
RISE_DAYS = 180


def expected(state: GeneratorState, rollout: Rollout) -> Floats:
    """Incidents that would be complained about without any change of reporting; areas by days."""
    parameters = state.parameters.complaints
    day = np.arange(-WARM_UP_DAYS, state.days)
    people = state.headcounts * parameters.per_officer_year / 365 * multipliers(state, rollout)
    rate = people[:, None] * season(day, parameters.season) * _spread(state)
    still = (day >= state.day_of(STANDSTILL[0])) & (day <= state.day_of(STANDSTILL[1]))
    rate *= np.where(still, parameters.standstill_ratio, 1.0)
    rate *= _rise(rollout, day, parameters.rise_before_rollout)
    if parameters.effect.kind in {"constant", "growing"}:
        rate *= change(state, rollout, day)
    return rate


def multipliers(state: GeneratorState, rollout: Rollout) -> Floats:
    """Lasting differences between areas; with `worst_first` the worst get cameras first."""
    parameters = state.parameters.complaints
    rng = state.random("areas")
    factors = np.sort(np.exp(rng.normal(0, parameters.area_sd, len(state.areas))))[::-1]
    turn = np.argsort(np.argsort(rollout.camera_days, kind="stable")) / len(state.areas)
    mixed = parameters.worst_first * turn + (1 - parameters.worst_first) * rng.random(turn.size)
    placed: Floats = factors[np.argsort(np.argsort(mixed, kind="stable"))]
    return placed


def change(
    state: GeneratorState, rollout: Rollout, day: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    """The factor that cameras bring, by area and day; some of it spills over to other areas."""
    effect = state.parameters.complaints.effect
    if effect.kind == "none":
        return np.ones((len(state.areas), day.size))
    since = day - (rollout.camera_days[:, None] - effect.anticipation_days)
    reached = np.where(since >= 0, 1.0, 0.0)
    if effect.kind == "growing":
        reached *= np.minimum(since / MONTH_DAYS / effect.months, 1.0)
    share = (state.headcounts[:, None] * (since >= 0)).sum(axis=0) / state.headcounts.sum()
    carried = np.maximum(reached, effect.spillover * share)
    factor: Floats = effect.ratio**carried
    return factor


def _spread(state: GeneratorState) -> Floats:
    """More variation from month to month than chance alone, by area and day."""
    alpha = state.parameters.complaints.overdispersion
    day = np.arange(-WARM_UP_DAYS, state.days)
    month = ((day + WARM_UP_DAYS) / MONTH_DAYS).astype(np.int64)
    if alpha <= 0:
        return np.ones((len(state.areas), day.size))
    rng = state.random("overdispersion")
    factors: Floats = rng.gamma(1 / alpha, alpha, (len(state.areas), month[-1] + 1))[:, month]
    return factors


def _rise(
    rollout: Rollout, day: np.ndarray[tuple[int], np.dtype[np.int64]], ratio: float
) -> Floats:
    """A temporary rise just before the roll-out in the first third of areas."""
    starts = rollout.camera_days
    early = starts <= np.quantile(starts, 1 / 3)
    before = (day < starts[:, None]) & (day >= starts[:, None] - RISE_DAYS)
    factor: Floats = np.where(early[:, None] & before, ratio, 1.0)
    return factor


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
