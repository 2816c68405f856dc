"""Synthetic criminal cases from charge to plea and disposal."""

import numpy as np
import polars as pl

from orchestration.synthesis.world import Integers, Truths, Words, World, numbered

CHARGES_PER_AREA_DAY = 0.8
WARM_UP_DAYS = 540
OFFENCES = ("violence", "theft", "drugs", "public_order", "criminal_damage", "motoring", "other")
OFFENCE_SHARES = (0.27, 0.2, 0.12, 0.13, 0.06, 0.14, 0.08)
# Pleas: at the first hearing, later but before trial, on the day of trial, never.
FIRST_HEARING, BEFORE_TRIAL, DAY_OF_TRIAL, NONE = range(4)
STAGES = ("first_hearing", "before_trial", "day_of_trial", "none")
STAGE_SHARES = np.array([0.4, 0.18, 0.08, 0.34])
# More pleas at the first hearing once an area has cameras: written in, not found.
EARLY_PLEAS_AFTER_CAMERAS = 0.03
CONVICTED_AT_TRIAL = 0.55
TO_TRIAL_MEDIAN, TO_TRIAL_SPREAD = 170, 0.5


def criminal_cases(world: World) -> pl.DataFrame:
    """One row per defendant and case charged or ended in the window."""
    draw = world.random("cases")
    counts = draw.poisson(CHARGES_PER_AREA_DAY, (WARM_UP_DAYS + world.days, len(world.areas)))
    position, area = np.nonzero(counts)
    repeats = counts[position, area]
    charged = np.repeat(position, repeats) - WARM_UP_DAYS
    area = np.repeat(area, repeats)
    heard = charged + draw.integers(14, 43, area.size)
    stage = _stages(world, area, heard)
    trial = heard + draw.lognormal(np.log(TO_TRIAL_MEDIAN), TO_TRIAL_SPREAD, area.size)
    pleaded = np.select(
        [stage == FIRST_HEARING, stage == BEFORE_TRIAL, stage == DAY_OF_TRIAL],
        [heard, heard + (trial - heard) * draw.uniform(0.2, 0.8, area.size), trial],
        heard,
    ).astype(np.int64)
    ended = np.where(stage == NONE, trial, pleaded + 21).astype(np.int64)
    kept = (ended >= 0) & (charged < world.days)
    return _described(
        world, area[kept], charged[kept], heard[kept], pleaded[kept], ended[kept], stage[kept]
    )


def _stages(world: World, area: Integers, heard: Integers) -> Integers:
    """Stage of the guilty plea by number; 3 where there was none."""
    with_cameras = heard >= world.camera_days[area]
    shift = np.where(with_cameras, EARLY_PLEAS_AFTER_CAMERAS, 0.0)
    early = STAGE_SHARES[0] + shift
    later = early + STAGE_SHARES[1]
    last = later + STAGE_SHARES[2]
    drawn = world.random("pleas").random(area.size)
    bounds = np.stack([early, later, last])
    stages: Integers = (drawn >= bounds).sum(axis=0)
    return stages


def _described(
    world: World,
    area: Integers,
    charged: Integers,
    heard: Integers,
    pleaded: Integers,
    ended: Integers,
    stage: Integers,
) -> pl.DataFrame:
    draw = world.random("case details")
    count = area.size
    is_heard, has_pleaded, is_ended = (day < world.days for day in (heard, pleaded, ended))
    pleaded_guilty = has_pleaded & (stage < NONE)
    convicted = (stage < NONE) | (draw.random(count) < CONVICTED_AT_TRIAL)
    return pl.DataFrame(
        {
            "case_id": numbered("CR", np.arange(1, count + 1), 7),
            "defendant_reference": numbered("SYND", draw.integers(0, 2 * count, count), 7),
            "borough": world.named(area),
            "charge_group": pl.Series(draw.choice(OFFENCES, count, p=OFFENCE_SHARES)),
            "is_domestic_abuse": draw.random(count) < 0.15,
            "charge_date": world.dates(charged),
            "first_hearing_date": world.dates(heard, is_heard),
            "plea_date": world.dates(pleaded, has_pleaded),
            "plea": _where(has_pleaded, np.where(stage < NONE, "guilty", "not_guilty")),
            "plea_stage": _where(pleaded_guilty, np.array(STAGES)[stage]),
            "disposal_date": world.dates(ended, is_ended),
            "outcome": _where(is_ended, np.where(convicted, "convicted", "unsuccessful")),
        }
    )


def _where(known: Truths, words: Words) -> pl.Series:
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(words))).to_series()
