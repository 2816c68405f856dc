"""Synthetic officers of the camera teams, the shifts they worked and what they recorded."""

import numpy as np
import polars as pl

from orchestration.synthesis.world import SECONDS_A_DAY, Integers, World, numbered

OFFICERS_PER_AREA = 18
ROLES = ("response", "neighbourhood", "taser", "firearms")
ROLE_SHARES = (0.6, 0.25, 0.1, 0.05)
CATEGORIES = (
    "stop_and_search", "arrest", "use_of_force", "domestic_abuse", "traffic", "patrol", "other",
)  # fmt: skip
CATEGORY_SHARES = (0.24, 0.18, 0.07, 0.16, 0.12, 0.15, 0.08)
TOURS = np.array([7, 15, 22])
# About 140 hours a month: six days on, four off; a day in seven lost to courts, courses and leave.
DAYS_ON, CYCLE = 6, 10
ABSTRACTION = 0.15
# Recordings per worked shift once used to the camera; 0.3 in London's trial of 2014-15, where
# recording was a choice, and more where it is mandatory.
RECORDINGS_PER_SHIFT = 0.4
OFFICER_SPREAD = 0.7
# Length of a recording: lognormal, mean 15 minutes, sd of the log 0.9.
MEAN_SECONDS, LENGTH_SPREAD, LONGEST = 900, 0.9, 6 * 3600
BUFFER_SECONDS = 30
EVIDENTIAL_SHARE = 0.28
RETENTION_DAYS = 31


def officers(world: World) -> pl.DataFrame:
    """One row per officer; `area` and `last_day` are numbers for the other records."""
    draw = world.random("officers")
    count = OFFICERS_PER_AREA * len(world.areas)
    area = np.repeat(np.arange(len(world.areas)), OFFICERS_PER_AREA)
    leaves = draw.random(count) < 0.04
    last_day = np.where(leaves, draw.integers(30, max(31, world.days), count), world.days)
    numbers = draw.permutation(np.arange(100_000, 100_000 + 7 * count, 7))
    return pl.DataFrame(
        {
            "officer_number": numbered("SYN", numbers, 6),
            "officer_name": numbered("Synthetic Officer ", np.arange(count), 5),
            "borough": world.named(area),
            "role": pl.Series(draw.choice(ROLES, count, p=ROLE_SHARES)),
            "posted_from": world.dates(-draw.integers(30, 4000, count)),
            "posted_to": world.dates(last_day, leaves),
            "area": area,
            "last_day": last_day,
        }
    )


def shifts(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """One row per worked shift; `officer`, `day`, `begins`, `ends` are numbers for recordings."""
    draw = world.random("shifts")
    day = np.arange(world.days)
    offset = draw.integers(0, CYCLE, len(people))
    rostered = (day + offset[:, None]) % CYCLE < DAYS_ON
    present = draw.random(rostered.shape) >= ABSTRACTION
    serving = day < people["last_day"].to_numpy()[:, None]
    officer, on_day = np.nonzero(rostered & present & serving)
    begins = on_day * SECONDS_A_DAY + TOURS[(on_day + offset[officer]) // 2 % 3] * 3600
    overtime = np.where(draw.random(len(officer)) < 0.1, draw.integers(15, 150, len(officer)), 0)
    ends = begins + 9 * 3600 + overtime * 60
    order = np.lexsort((officer, begins))
    officer, on_day, begins, ends = officer[order], on_day[order], begins[order], ends[order]
    return pl.DataFrame(
        {
            "shift_id": numbered("S", np.arange(1, len(order) + 1), 7),
            "officer_number": people["officer_number"].gather(officer),
            "borough": people["borough"].gather(officer),
            "starts_at": world.times(begins),
            "ends_at": world.times(ends),
            "officer": officer,
            "day": on_day,
            "begins": begins,
            "ends": ends,
        }
    )


def recordings(world: World, people: pl.DataFrame, worked: pl.DataFrame) -> pl.DataFrame:
    """One row per recording, in order of time; officers take months to learn its use."""
    draw = world.random("recordings")
    habits = np.exp(draw.normal(0, OFFICER_SPREAD, len(people)))
    officer = worked["officer"].to_numpy()
    camera_day = world.camera_days[people["area"].to_numpy()[officer]]
    months = (worked["day"].to_numpy() - camera_day) / 30.4
    learned = 1 - 0.5 * np.exp(-np.maximum(months, 0) / 3)
    expected = np.where(months >= 0, RECORDINGS_PER_SHIFT * habits[officer] * learned, 0.0)
    shift = np.repeat(np.arange(len(worked)), draw.poisson(expected))
    begins, ends = worked["begins"].to_numpy()[shift], worked["ends"].to_numpy()[shift]
    pressed = begins + (draw.random(len(shift)) * (ends - begins)).astype(np.int64)
    by_time = np.argsort(pressed, kind="stable")
    return _described(world, people, officer[shift][by_time], pressed[by_time], ends[by_time])


def _described(
    world: World, people: pl.DataFrame, officer: Integers, pressed: Integers, shift_ends: Integers
) -> pl.DataFrame:
    draw = world.random("recording details")
    count = len(officer)
    typical = np.log(MEAN_SECONDS) - LENGTH_SPREAD**2 / 2
    seconds = np.minimum(draw.lognormal(typical, LENGTH_SPREAD, count), LONGEST).astype(np.int64)
    evidential = draw.random(count) < EVIDENTIAL_SHARE
    uploaded = np.maximum(shift_ends, pressed + seconds) + draw.exponential(7200, count).astype(int)
    return pl.DataFrame(
        {
            "recording_id": numbered("R", np.arange(1, count + 1), 8),
            "camera_id": numbered("CAM", officer, 5),
            "officer_number": people["officer_number"].gather(officer),
            "recorded_from": world.times(pressed - BUFFER_SECONDS),
            "triggered_from": world.times(pressed),
            "recorded_to": world.times(pressed + seconds),
            "duration_seconds": seconds,
            "uploaded_at": world.times(uploaded),
            "recording_category": pl.Series(draw.choice(CATEGORIES, count, p=CATEGORY_SHARES)),
            "is_evidential": evidential,
            "is_announced": draw.random(count) < 0.9,
            "retain_until_date": world.dates(
                pressed // SECONDS_A_DAY + RETENTION_DAYS, np.logical_not(evidential)
            ),
        }
    )
