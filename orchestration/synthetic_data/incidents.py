"""Incidents that might be complained about, by area and day, and how many of them are."""

from datetime import date

import numpy as np

from orchestration.synthetic_data.rollout import Rollout
from orchestration.synthetic_data.state import MONTH_DAYS, Floats, GeneratorState, season

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
