"""Periods around the date: whose cells count, and against which past."""

from dataclasses import replace

import numpy as np
import pytest

from orchestration.evaluation.columns import NEVER
from orchestration.evaluation.staged_adoption.event_study import before
from orchestration.evaluation.staged_adoption.panel import Panel
from orchestration.evaluation.staged_adoption.poisson_imputation import covariates_of
from tests.simulations.panels import simulate
from tests.simulations.scenarios import SCENARIOS

DRAWN = simulate(SCENARIOS["J"], 2).panel


def around(panel: Panel) -> np.ndarray:
    return before(panel, covariates_of(panel, ()), 3).sums


def test_a_unit_left_alone_before_its_date_tells_nothing_there() -> None:
    # Everybody is treated in period 25 but the last unit, which is alone until period 28.
    first = np.where(np.arange(len(DRAWN.units)) < len(DRAWN.units) - 1, 25, 28)
    alone = around(replace(DRAWN, first=first))
    assert list(alone[:3, 2]) == [len(DRAWN.units) - 1] * 3
    assert np.log(alone[:3, 0] / alone[:3, 1]) == pytest.approx(np.zeros(3), abs=0.15)


def test_only_units_with_a_past_before_their_leads_count_on_either_side() -> None:
    first = np.where(np.arange(len(DRAWN.units)) < 5, [3, 3, 10, 10, 10] + [NEVER] * 27, NEVER)
    found = around(replace(DRAWN, first=first))
    assert list(found[:6, 2]) == [3] * 6


def test_an_exact_panel_is_expected_exactly_before_and_after() -> None:
    periods = np.arange(DRAWN.counts.shape[1])
    exact = DRAWN.exposure * (1 + 0.02 * periods) * np.arange(1, len(DRAWN.units) + 1)[:, None]
    found = around(replace(DRAWN, counts=np.where(DRAWN.treated, exact * 0.8, exact)))
    ratios = found[:, 0] / found[:, 1]
    assert ratios == pytest.approx(np.where(np.arange(len(ratios)) < 3, 1, 0.8), abs=1e-6)
