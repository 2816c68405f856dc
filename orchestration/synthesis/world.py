"""The invented place all synthetic records share: its areas, their size, when cameras came."""

from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

SECONDS_A_DAY = 86_400
HEADCOUNTS = (450, 950)
# Log-scale spread of complaint rates between areas (assumed; a third of the mean either way).
AREA_SPREAD = 0.3
# The roll-out begins after a fifth of the window and takes a sixth of it.
ROLLOUT_BEGINS, ROLLOUT_TAKES = 0.2, 0.17


@dataclass(frozen=True)
class World:
    """Areas by name, with one entry per area in every array; days count from `first_day`."""

    seed: int
    first_day: date
    days: int
    areas: tuple[str, ...]
    headcounts: Integers
    complaint_multipliers: Floats
    camera_days: Integers

    def random(self, entity: str) -> np.random.Generator:
        """A stream of its own per kind of record, so that one kind can change alone."""
        return np.random.default_rng([self.seed, crc32(entity.encode())])

    def named(self, area_numbers: Integers) -> pl.Series:
        """Area numbers as area names."""
        return pl.Series(self.areas, dtype=pl.String).gather(area_numbers)

    def dates(self, day_numbers: Integers, known: Truths | None = None) -> pl.Series:
        """Day numbers as dates; empty where `known` is false."""
        days = np.datetime64(self.first_day, "D") + day_numbers.astype("timedelta64[D]")
        return pl.Series(_blanked(days, known))

    def times(self, seconds: Integers, known: Truths | None = None) -> pl.Series:
        """Seconds since the first midnight as local times; empty where `known` is false."""
        moments = np.datetime64(self.first_day, "s") + seconds.astype("timedelta64[s]")
        return pl.Series(_blanked(moments.astype("datetime64[ms]"), known))


def _blanked(
    moments: npt.NDArray[np.datetime64], known: Truths | None
) -> npt.NDArray[np.datetime64]:
    nothing = np.array("NaT", dtype=moments.dtype)
    return moments if known is None else np.where(known, moments, nothing)


def make_world(areas: tuple[str, ...], first_day: date, last_day: date, seed: int) -> World:
    """Draw the sizes and habits of the areas; both days belong to the window.

    Raises ValueError when there is no area or the window is empty.
    """
    days = (last_day - first_day).days + 1
    if not areas or days < 1:
        raise ValueError("a synthetic programme needs at least one area and one day")
    draw = np.random.default_rng([seed, crc32(b"world")])
    turns = draw.permutation(len(areas)) / len(areas)
    starts = days * (ROLLOUT_BEGINS + ROLLOUT_TAKES * turns)
    return World(
        seed=seed,
        first_day=first_day,
        days=days,
        areas=areas,
        headcounts=draw.integers(*HEADCOUNTS, len(areas)),
        complaint_multipliers=np.exp(draw.normal(0, AREA_SPREAD, len(areas))),
        camera_days=(starts // 7 * 7).astype(np.int64),
    )


def numbered(prefix: str, numbers: Integers, digits: int) -> pl.Series:
    """References such as R00000042."""
    return prefix + pl.Series(numbers).cast(pl.String).str.zfill(digits)


def season(day_numbers: Integers) -> Floats:
    """Busier in summer, quieter in winter: a factor around one, by day."""
    around_one: Floats = 1 + 0.12 * np.sin(2 * np.pi * (day_numbers - 100) / 365.25)
    return around_one
