"""Drift as large as before: the library's sets, an interval that holds the truth, a breakdown."""

from math import log

import numpy as np
import pytest
from diff_diff import HonestDiD
from diff_diff.results import MultiPeriodDiDResults, PeriodEffect

from orchestration.evaluation.staged_adoption.event_study import before
from orchestration.evaluation.staged_adoption.poisson_imputation import covariates_of
from orchestration.evaluation.staged_adoption.sensitivity import (
    MOST_MULTIPLE,
    Path,
    path_of,
    relative_magnitudes_in_words,
    relative_magnitudes_rows,
    relative_magnitudes_values,
)
from orchestration.evaluation.wording import BANNED
from tests.simulations.panels import simulate
from tests.simulations.scenarios import SCENARIOS

#: Three blocks before the date, the last of them measured from, and two after it.
COVARIANCE = np.diag([0.02, 0.02, 0.01, 0.02, 0.03]) ** 2 + 0.005**2
WEIGHTS = np.array([0.6, 0.4])


def path(log_ratios: list[float], freedom: float = 1e9) -> Path:
    return Path(np.array(log_ratios), COVARIANCE, 3, WEIGHTS, freedom)


def library_s(given: Path) -> MultiPeriodDiDResults:
    """The same path as the library holds it: coefficients against the last block before."""
    turned = np.delete(np.eye(5) - np.eye(5)[2], 2, axis=0)
    effects, covariance = turned @ given.log_ratios, turned @ given.covariance @ turned.T
    periods = [-3, -2, 0, 1]
    return MultiPeriodDiDResults(
        period_effects={
            period: PeriodEffect(period, effect, error, 0.0, 1.0, (0.0, 0.0))
            for period, effect, error in zip(
                periods, effects, np.sqrt(np.diag(covariance)), strict=True
            )
        },
        avg_att=0.0,
        avg_se=1.0,
        avg_t_stat=0.0,
        avg_p_value=1.0,
        avg_conf_int=(0.0, 0.0),
        n_obs=1,
        n_treated=1,
        n_control=1,
        pre_periods=periods[:2],
        post_periods=periods[2:],
        vcov=covariance,
        interaction_indices={period: place for place, period in enumerate(periods)},
    )


@pytest.mark.parametrize("multiple", [0.0, 0.5, 1.0, 2.0])
def test_the_identified_set_is_the_library_s_and_the_interval_no_narrower(multiple: float) -> None:
    given = path([0.02, -0.01, 0.01, -0.30, -0.35])
    ours = given.under(multiple)
    theirs = HonestDiD("relative_magnitude", l_vec=WEIGHTS).fit(library_s(given), M=multiple)
    assert (ours.set_low, ours.set_high) == pytest.approx((theirs.lb, theirs.ub), abs=1e-7)
    assert ours.low <= theirs.ci_lb + 1e-7
    assert ours.high >= theirs.ci_ub - 1e-7
    if multiple == 0:
        assert (ours.low, ours.high) == pytest.approx((theirs.ci_lb, theirs.ci_ub), abs=1e-7)


def test_the_interval_holds_the_truth_where_drift_is_as_large_as_it_may_be() -> None:
    # Moves of .03 and -.03 before; after the date the drift goes on by .03 a block; zero is true.
    truth = np.array([0.0, 0.03, 0.0, 0.03, 0.06])
    draws = np.random.default_rng(5).multivariate_normal(truth, COVARIANCE, 600)
    held = [path(list(draw)).under(1) for draw in draws]
    assert np.mean([each.low <= 0 <= each.high for each in held]) >= 0.94


def test_the_breakdown_is_where_the_interval_first_holds_zero() -> None:
    given = path([0.02, -0.01, 0.01, -0.30, -0.35])
    found = given.breakdown()
    assert found is not None
    assert given.under(found).high == pytest.approx(0, abs=1e-6)
    assert given.under(found - 0.01).high < 0 < given.under(found + 0.01).high


def test_a_finding_that_is_none_breaks_down_at_once_and_one_beyond_all_drift_never() -> None:
    nothing, far = path([0.02, -0.01, 0.01, 0.0, 0.01]), path([0.0, 0.0, 0.0, -90.0, -90.0])
    assert nothing.breakdown() == 0
    assert "Even without such drift" in relative_magnitudes_in_words(nothing)
    assert far.breakdown() is None
    assert f"up to {MOST_MULTIPLE:g} times" in relative_magnitudes_in_words(far)
    assert (
        BANNED.findall(relative_magnitudes_in_words(far) + relative_magnitudes_in_words(nothing))
        == []
    )


def test_a_simulated_roll_out_has_a_path_from_its_own_past() -> None:
    panel = simulate(SCENARIOS["J"], 1).panel
    ahead = before(panel, covariates_of(panel, ()), 12)
    found = path_of(ahead)
    assert found is not None
    assert found.before == 4
    assert found.weights.sum() == pytest.approx(1)
    assert found.estimate == pytest.approx(log(0.85), abs=0.2)
    values = relative_magnitudes_values(found)
    rows = {row["multiple"]: row for row in relative_magnitudes_rows(found)}
    assert (values["drift_twice_lo"], values["drift_twice_hi"]) == (rows[2]["low"], rows[2]["high"])
    assert rows[2]["low"] < rows[1]["low"] < rows[0]["low"]


def test_too_short_a_past_has_no_path_and_empty_figures() -> None:
    panel = simulate(SCENARIOS["J"], 1).panel
    assert path_of(before(panel, covariates_of(panel, ()), 5)) is None
    assert set(relative_magnitudes_values(None).values()) == {None}
    assert relative_magnitudes_rows(None) == []
    assert "Too few periods" in relative_magnitudes_in_words(None)
