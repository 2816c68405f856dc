"""Synthetic tables by area: workforce with hours, population, surveys, force and assaults."""

from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import (
    Floats,
    GeneratorState,
    Integers,
    Truths,
    numbered,
    season,
)

HOURS_A_MONTH, OTHER_EMPLOYEES = 140, 0.55
WAVE_MONTHS = 3
QUESTIONS = {"good_job_locally": 0.66, "treat_fairly": 0.74, "would_be_reached": 0.7}
ASKED, AREA_SD = (90, 140), 0.04


def workforce_rows(state: GeneratorState) -> pl.DataFrame:
    """Officers of every area on the first of each month, with a slow drift, and their hours."""
    rng = state.random("workforce")
    months = state.months()
    drift = np.cumsum(rng.normal(0, 0.004, (len(state.areas), len(months))), axis=1)
    counted = np.rint(state.headcounts[:, None] * np.exp(drift)).astype(np.int64)
    area, month = np.indices(counted.shape).reshape(2, -1)
    officers = counted.ravel()
    hours = officers * HOURS_A_MONTH + rng.integers(-200, 200, officers.size)
    return pl.DataFrame(
        {
            "published_area": state.named(area),
            "month_start": months.gather(month),
            "officer_headcount": officers,
            "officer_hours": pl.Series(hours).cast(pl.String) + ".00",
            "employee_headcount": np.rint(officers * (1 + OTHER_EMPLOYEES)).astype(np.int64),
        }
    )


def camera_start_rows(state: GeneratorState, rollout: Rollout) -> pl.DataFrame:
    """The day on which the response officers of each area began to wear cameras."""
    return pl.DataFrame(
        {"published_area": state.areas, "cameras_from": state.dates(rollout.camera_days)}
    )


def population_rows(state: GeneratorState) -> pl.DataFrame:
    """Residents of every area on the first of each month."""
    months = state.months()
    area, month = np.indices((len(state.areas), len(months))).reshape(2, -1)
    residents = state.headcounts[area] * state.parameters.residents_per_officer
    grown = np.rint(residents * 1.0007**month).astype(np.int64)
    return pl.DataFrame(
        {
            "published_area": state.named(area),
            "month_start": months.gather(month),
            "resident_count": grown,
        }
    )


def confidence_rows(state: GeneratorState) -> pl.DataFrame:
    """Answers to a quarterly survey by area, and of the whole weighted by the size of its areas.

    Shares of areas are of whole people asked.
    """
    rng = state.random("confidence")
    waves = state.months().gather_every(WAVE_MONTHS)
    shape = (len(state.areas), len(waves), len(QUESTIONS))
    area, wave, question = np.indices(shape).reshape(3, -1)
    level = np.array(list(QUESTIONS.values()))[question]
    level = level + rng.normal(0, AREA_SD, len(state.areas))[area]
    asked = rng.integers(*ASKED, area.size)
    positive = rng.binomial(asked, np.clip(level, 0.05, 0.95)) / asked
    variance = positive * (1 - positive) / asked
    weight = (state.headcounts / state.headcounts.sum())[:, None]
    by_area = (positive, asked, variance)
    shares, people, spread = (values.reshape(shape[0], -1) for values in by_area)
    whole = slice(0, shape[1] * shape[2])
    return pl.concat(
        [
            _answers(state.named(area), waves.gather(wave), question, by_area),
            _answers(
                pl.repeat(state.whole, shape[1] * shape[2], eager=True),
                waves.gather(wave[whole]),
                question[whole],
                ((weight * shares).sum(0), people.sum(0), (weight**2 * spread).sum(0)),
            ),
        ]
    )


def _answers(
    area: pl.Series, wave: pl.Series, question: Integers, answers: tuple[Floats, Integers, Floats]
) -> pl.DataFrame:
    positive, asked, variance = answers
    return pl.DataFrame(
        {
            "published_area": area,
            "wave_date": wave,
            "question_code": pl.Series(tuple(QUESTIONS)).gather(question),
            "positive_share": np.round(positive, 6),
            "respondent_count": asked,
            "standard_error": np.round(np.sqrt(variance), 6),
        }
    )


FORCE_PER_OFFICER_YEAR, ASSAULTS_PER_OFFICER_YEAR = 0.5, 0.18
# Assault with injury on a constable is a class of crime of its own from this day on.
INJURY_FROM = date(2017, 4, 1)
INJURED = 0.28


def _events(
    state: GeneratorState, entity: str, per_officer_year: float
) -> tuple[Integers, Integers]:
    """Area and day of every event, in order of day."""
    day = np.arange(state.days)
    rate = state.headcounts * per_officer_year / 365
    busy = season(day, state.parameters.complaints.season)
    counts = state.random(entity).poisson(rate * busy[:, None])
    on_day, area = np.nonzero(counts)
    repeats = counts[on_day, area]
    return np.repeat(area, repeats), np.repeat(on_day, repeats)


def force_rows(state: GeneratorState) -> pl.DataFrame:
    """One row per report of force used, in order of date."""
    area, day = _events(state, "force reports", FORCE_PER_OFFICER_YEAR)
    return pl.DataFrame(
        {
            "report_id": numbered("F", np.arange(1, area.size + 1), 7),
            "published_area": state.named(area),
            "report_date": state.dates(day),
        }
    )


def make_assaults(state: GeneratorState) -> tuple[Integers, Integers, Truths]:
    """Area, day and whether an officer was injured, of every assault in order of day."""
    area, day = _events(state, "assaults", ASSAULTS_PER_OFFICER_YEAR)
    injured = state.random("injuries").random(area.size) < INJURED
    return area, day, injured & (day >= state.day_of(INJURY_FROM))


def assault_rows(
    state: GeneratorState, area: Integers, day: Integers, injured: Truths
) -> pl.DataFrame:
    """One row per assault on an officer."""
    return pl.DataFrame(
        {
            "assault_id": numbered("A", np.arange(1, area.size + 1), 6),
            "assault_date": state.dates(day),
            "published_area": state.named(area),
            "is_with_injury": injured,
        }
    )
