"""Poisson regression on unit and period effects, for many choices of cells at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers

#: Cells worked on at one time: keeps memory flat however many draws there are.
AT_ONCE = 3_000_000
STEPS = 60
CLOSE = 1e-9


@dataclass(frozen=True)
class Fit:
    """Expected counts (draws by units by periods), and which draws came to rest."""

    expected: Numbers
    is_converged: NDArray[np.bool_]


def fit(counts: Numbers, exposure: Numbers, cells: NDArray[np.bool_], covariates: Numbers) -> Fit:
    """Fit E[count] = exposure * exp(unit + period + covariates) on chosen cells; predict them all.

    `counts` and `exposure` are units by periods, `cells` draws by units by periods, `covariates`
    any number by units by periods. Maximum likelihood by Newton's method on the units and
    covariates, with the periods solved for in every step (they have a closed form). A unit or
    period without an event in its chosen cells is expected to have none. A draw whose cells do not
    tell of a covariate counts as one that did not come to rest.
    """
    size = max(1, AT_ONCE // cells[0].size)
    parts = [
        _fit(counts, exposure, cells[start : start + size], covariates)
        for start in range(0, len(cells), size)
    ]
    return Fit(
        np.concatenate([part.expected for part in parts]),
        np.concatenate([part.is_converged for part in parts]),
    )


def _fit(counts: Numbers, exposure: Numbers, cells: NDArray[np.bool_], covariates: Numbers) -> Fit:
    open_counts = counts * cells
    by_unit, by_period = open_counts.sum(2), open_counts.sum(1)
    units = by_unit.shape[1]
    state = np.zeros((len(cells), units + len(covariates)))
    held = (exposure * cells).sum(2)
    state[:, :units] = np.log(np.where(by_unit > 0, by_unit, 1) / np.where(held > 0, held, 1))
    wanted = _wanted(open_counts, by_unit, covariates)
    is_converged: NDArray[np.bool_] = np.zeros(len(cells), dtype=bool)
    is_told = np.ones(len(cells), dtype=bool)
    for _ in range(STEPS):
        rate = _rate(state, exposure, by_unit > 0, covariates)
        expected, _ = _with_periods(rate, cells, by_period)
        score = wanted - _score(expected * cells, covariates)
        is_converged = np.asarray((np.abs(score) <= CLOSE * (1 + np.abs(wanted))).all(1))
        if is_converged.all():
            break
        information = _information(expected * cells, covariates)
        is_told, information = _told_apart(information, units)
        step = _solve(information, score)
        state += np.where(is_converged[:, None], 0, np.clip(step, -2, 2))
    return Fit(expected, is_converged & is_told)


def _told_apart(information: Numbers, units: int) -> tuple[NDArray[np.bool_], Numbers]:
    """Which draws hold cells that tell of every covariate, and a matrix that can be solved."""
    place = np.arange(units, information.shape[1])
    largest = information[:, :units, :units].max(axis=(1, 2))
    is_silent = information[:, place, place] <= CLOSE * (1 + largest[:, None])
    information[:, place, place] += np.where(is_silent, 1, 0)
    return ~np.any(is_silent, axis=1), information


def _solve(information: Numbers, score: Numbers) -> Numbers:
    """Newton's steps; covariates that repeat each other in some draw share theirs."""
    try:
        solved = np.asarray(np.linalg.solve(information, score[..., None]), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(information, hermitian=True)
        solved = np.asarray(inverse @ score[..., None], dtype=np.float64)
    step: Numbers = solved[..., 0]
    return step


def _rate(state: Numbers, exposure: Numbers, is_level: NDArray[np.bool_], x: Numbers) -> Numbers:
    units = is_level.shape[1]
    level = np.where(is_level, np.exp(state[:, :units]), 0)
    rate = level[:, :, None] * exposure
    return rate * np.exp(np.einsum("dk,kut->dut", state[:, units:], x)) if len(x) else rate


def _with_periods(
    rate: Numbers, cells: NDArray[np.bool_], by_period: Numbers
) -> tuple[Numbers, Numbers]:
    held = (rate * cells).sum(1)
    period = np.divide(by_period, held, out=np.zeros_like(held), where=held > 0)
    return rate * period[:, None, :], period


def _wanted(open_counts: Numbers, by_unit: Numbers, x: Numbers) -> Numbers:
    return np.concatenate([by_unit, np.einsum("dut,kut->dk", open_counts, x)], axis=1)


def _score(mean: Numbers, x: Numbers) -> Numbers:
    return np.concatenate([mean.sum(2), np.einsum("dut,kut->dk", mean, x)], axis=1)


def _information(mean: Numbers, x: Numbers) -> Numbers:
    """Fisher information of units and covariates, the periods swept out."""
    by_period = mean.sum(1)
    share = np.divide(
        mean,
        by_period[:, None, :],
        out=np.zeros_like(mean),
        where=by_period[:, None, :] > 0,
    )
    draws, units = mean.shape[:2]
    whole = np.zeros((draws, units + len(x), units + len(x)))
    place = np.arange(units)
    whole[:, :units, :units] = -mean @ share.transpose(0, 2, 1)
    whole[:, place, place] += mean.sum(2)
    # Levels are fixed up to a factor that the periods take up: any value for it will do. A unit
    # without events or cells has no level at all.
    typical = mean.sum((1, 2)) / units**2
    whole[:, :units, :units] += typical[:, None, None]
    whole[:, place, place] += np.where(mean.sum(2) > 0, 0, 1)
    if len(x):
        middle = np.einsum("dut,kut->dkt", share, x)
        away = x[None] - middle[:, :, None, :]
        across = np.einsum("dut,dkut->duk", mean, away)
        whole[:, :units, units:] = across
        whole[:, units:, :units] = across.transpose(0, 2, 1)
        whole[:, units:, units:] = np.einsum("dut,kut,dlut->dkl", mean, x, away)
    return whole
