"""Complaint-worthy incidents by area and day, and how many of them are complained of."""

from datetime import date

import numpy as np

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import MONTH_DAYS, Floats, World, season

WARM_UP_DAYS = 365
# Any expression of dissatisfaction counts from this day on.
REFORM = date(2020, 2, 1)
# The first standstill of the pandemic.
STANDSTILL = (date(2020, 3, 23), date(2020, 6, 22))
RISE_DAYS = 180


def expected(world: World, rollout: Rollout) -> Floats:
    """Incidents that would be complained of without any change of reporting; areas by days."""
    knobs = world.knobs.complaints
    day = np.arange(-WARM_UP_DAYS, world.days)
    people = world.headcounts * knobs.per_officer_year / 365 * multipliers(world, rollout)
    rate = people[:, None] * season(day, knobs.season) * _spread(world)
    still = (day >= world.day_of(STANDSTILL[0])) & (day <= world.day_of(STANDSTILL[1]))
    rate *= np.where(still, knobs.standstill_ratio, 1.0)
    rate *= _rise(rollout, day, knobs.rise_before_rollout)
    if knobs.effect.kind in {"constant", "growing"}:
        rate *= change(world, rollout, day)
    return rate


def multipliers(world: World, rollout: Rollout) -> Floats:
    """Lasting differences between areas; with `worst_first` the worst get cameras first."""
    knobs = world.knobs.complaints
    draw = world.random("areas")
    factors = np.sort(np.exp(draw.normal(0, knobs.area_sd, len(world.areas))))[::-1]
    turn = np.argsort(np.argsort(rollout.camera_days, kind="stable")) / len(world.areas)
    mixed = knobs.worst_first * turn + (1 - knobs.worst_first) * draw.random(turn.size)
    placed: Floats = factors[np.argsort(np.argsort(mixed, kind="stable"))]
    return placed


def change(
    world: World, rollout: Rollout, day: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    """The factor that cameras bring, by area and day; some of it reaches areas without them."""
    effect = world.knobs.complaints.effect
    if effect.kind == "none":
        return np.ones((len(world.areas), day.size))
    since = day - (rollout.camera_days[:, None] - effect.anticipation_days)
    reached = np.where(since >= 0, 1.0, 0.0)
    if effect.kind == "growing":
        reached *= np.minimum(since / MONTH_DAYS / effect.months, 1.0)
    share = (world.headcounts[:, None] * (since >= 0)).sum(axis=0) / world.headcounts.sum()
    carried = np.maximum(reached, effect.contagion * share)
    factor: Floats = effect.ratio**carried
    return factor


def _spread(world: World) -> Floats:
    """More variation from month to month than chance alone, by area and day."""
    alpha = world.knobs.complaints.overdispersion
    day = np.arange(-WARM_UP_DAYS, world.days)
    month = ((day + WARM_UP_DAYS) / MONTH_DAYS).astype(np.int64)
    if alpha <= 0:
        return np.ones((len(world.areas), day.size))
    draw = world.random("overdispersion")
    factors: Floats = draw.gamma(1 / alpha, alpha, (len(world.areas), month[-1] + 1))[:, month]
    return factors


def _rise(
    rollout: Rollout, day: np.ndarray[tuple[int], np.dtype[np.int64]], ratio: float
) -> Floats:
    """A passing rise just before the roll-out in the first third of areas, which then goes."""
    starts = rollout.camera_days
    early = starts <= np.quantile(starts, 1 / 3)
    before = (day < starts[:, None]) & (day >= starts[:, None] - RISE_DAYS)
    factor: Floats = np.where(early[:, None] & before, ratio, 1.0)
    return factor
