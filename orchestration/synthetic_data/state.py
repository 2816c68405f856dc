"""What all synthetic records of a programme share: areas, their headcounts, and the calendar."""

from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.programmes.programme import Programme
from orchestration.synthetic_data.presets import Parameters, Setting

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

SECONDS_A_DAY = 86_400
MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class GeneratorState:
    """Areas by name and id, with one entry per area in every array; days count from `first_day`."""

    seed: int
    first_day: date
    days: int
    whole: str
    areas: tuple[str, ...]
    area_ids: tuple[str, ...]
    headcounts: Integers
    parameters: Parameters
    budget_pence: int
    funders: dict[str, float]

    @property
    def end(self) -> int:
        """The second at which the data end."""
        return self.days * SECONDS_A_DAY

    def random(self, entity: str) -> np.random.Generator:
        """A random stream for each kind of record, so that one kind can change alone."""
        return np.random.default_rng([self.seed, crc32(entity.encode())])

    def day_of(self, day: date) -> int:
        """Days from the first day to a date; negative before it."""
        return (day - self.first_day).days

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

    def months(self) -> pl.Series:
        """The first day of every month of the window."""
        last = pl.select(pl.lit(self.first_day).dt.offset_by(f"{self.days - 1}d")).item()
        return pl.date_range(self.first_day.replace(day=1), last, "1mo", eager=True)

    def month_of(self, day_numbers: Integers) -> Integers:
        """Months from the first month of the window."""
        days = np.datetime64(self.first_day, "D") + day_numbers.astype("timedelta64[D]")
        first = np.datetime64(self.first_day, "M")
        months: Integers = (days.astype("datetime64[M]") - first).astype(np.int64)
        return months


def _blanked(
    moments: npt.NDArray[np.datetime64], known: Truths | None
) -> npt.NDArray[np.datetime64]:
    nothing = np.array("NaT", dtype=moments.dtype)
    return moments if known is None else np.where(known, moments, nothing)


def make_state(setting: Setting, seed: int) -> GeneratorState:
    """The state of a setting, with random headcounts; the window includes both its days."""
    programme, parameters = setting.programme, setting.preset.parameters
    leaves = _leaves(programme)
    # The name of the stream is part of every seed: another would give other data.
    rng = np.random.default_rng([seed, crc32(b"world")])
    return GeneratorState(
        seed=seed,
        first_day=programme.data_from,
        days=(programme.data_to - programme.data_from).days + 1,
        whole=next(area.name for area in programme.areas if area.parent is None),
        areas=tuple(name for _, name in leaves),
        area_ids=tuple(area_id for area_id, _ in leaves),
        headcounts=rng.integers(*parameters.headcounts, len(leaves)),
        parameters=parameters,
        budget_pence=round(sum(budget.amount_gbp for budget in programme.budgets) * 100),
        funders=programme.budgets[0].shares or {programme.name: 100.0},
    )


def _leaves(programme: Programme) -> list[tuple[str, str]]:
    """Id and name of the areas without parts, remainders apart."""
    parents = {area.parent for area in programme.areas}
    leaves = [
        (area.id, area.name)
        for area in programme.areas
        if area.kind != "remainder" and area.id not in parents
    ]
    if not leaves:
        raise ValueError(f"{programme.programme}: a synthetic programme needs at least one area")
    return leaves


def numbered(prefix: str, numbers: Integers, digits: int) -> pl.Series:
    """References such as R00000042."""
    return prefix + pl.Series(numbers).cast(pl.String).str.zfill(digits)


def chosen(names: list[str] | tuple[str, ...], numbers: Integers) -> pl.Series:
    """Words by number; empty where the number is negative."""
    known = pl.Series(numbers >= 0)
    words = pl.Series(names, dtype=pl.String).gather(np.maximum(numbers, 0))
    return pl.select(pl.when(known).then(words)).to_series()


def sampled(rng: np.random.Generator, shares: dict[str, float], count: int) -> Integers:
    """Positions of `shares`, sampled with these weights, which need not add up to one."""
    weights = np.cumsum(list(shares.values()))
    found: Integers = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
    return found


def season(day_numbers: Integers, height: float) -> Floats:
    """Busier in summer, quieter in winter: a factor around one, by day."""
    around_one: Floats = 1 + height * np.sin(2 * np.pi * (day_numbers - 100) / 365.25)
    return around_one
