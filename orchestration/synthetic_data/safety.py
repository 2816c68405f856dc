"""Synthetic reports of force and assaults on officers, area by area."""

from datetime import date

import numpy as np
import polars as pl

from orchestration.synthetic_data.state import GeneratorState, Integers, Truths, numbered, season

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
