"""Synthetic denominators and opinions: workforce with hours, population, survey waves."""

import numpy as np
import polars as pl

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import Floats, Integers, World

HOURS_A_MONTH, OTHER_EMPLOYEES = 140, 0.55
WAVE_MONTHS = 3
QUESTIONS = {"good_job_locally": 0.66, "treat_fairly": 0.74, "would_be_reached": 0.7}
ASKED, AREA_SD = (90, 140), 0.04


def workforce_rows(world: World) -> pl.DataFrame:
    """Officers of every area on the first of each month, with a slow drift, and their hours."""
    draw = world.random("workforce")
    months = world.months()
    drift = np.cumsum(draw.normal(0, 0.004, (len(world.areas), len(months))), axis=1)
    counted = np.rint(world.headcounts[:, None] * np.exp(drift)).astype(np.int64)
    area, month = np.indices(counted.shape).reshape(2, -1)
    officers = counted.ravel()
    hours = officers * HOURS_A_MONTH + draw.integers(-200, 200, officers.size)
    return pl.DataFrame(
        {
            "published_area": world.named(area),
            "month_start": months.gather(month),
            "officer_headcount": officers,
            "officer_hours": pl.Series(hours).cast(pl.String) + ".00",
            "employee_headcount": np.rint(officers * (1 + OTHER_EMPLOYEES)).astype(np.int64),
        }
    )


def camera_start_rows(world: World, rollout: Rollout) -> pl.DataFrame:
    """The day on which the response officers of each area began to wear cameras."""
    return pl.DataFrame(
        {"published_area": world.areas, "cameras_from": world.dates(rollout.camera_days)}
    )


def population_rows(world: World) -> pl.DataFrame:
    """Residents of every area on the first of each month."""
    months = world.months()
    area, month = np.indices((len(world.areas), len(months))).reshape(2, -1)
    residents = world.headcounts[area] * world.knobs.residents_per_officer
    grown = np.rint(residents * 1.0007**month).astype(np.int64)
    return pl.DataFrame(
        {
            "published_area": world.named(area),
            "month_start": months.gather(month),
            "resident_count": grown,
        }
    )


def confidence_rows(world: World) -> pl.DataFrame:
    """Answers to a quarterly survey by area, and of the whole weighted by the size of its areas.

    Shares of areas are of whole people asked.
    """
    draw = world.random("confidence")
    waves = world.months().gather_every(WAVE_MONTHS)
    shape = (len(world.areas), len(waves), len(QUESTIONS))
    area, wave, question = np.indices(shape).reshape(3, -1)
    level = np.array(list(QUESTIONS.values()))[question]
    level = level + draw.normal(0, AREA_SD, len(world.areas))[area]
    asked = draw.integers(*ASKED, area.size)
    positive = draw.binomial(asked, np.clip(level, 0.05, 0.95)) / asked
    variance = positive * (1 - positive) / asked
    weight = (world.headcounts / world.headcounts.sum())[:, None]
    by_area = (positive, asked, variance)
    shares, people, spread = (values.reshape(shape[0], -1) for values in by_area)
    whole = slice(0, shape[1] * shape[2])
    return pl.concat(
        [
            _answers(world.named(area), waves.gather(wave), question, by_area),
            _answers(
                pl.repeat(world.whole, shape[1] * shape[2], eager=True),
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
