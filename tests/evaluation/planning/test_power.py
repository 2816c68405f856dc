"""Power and sizes: published figures, formula against simulation, and refusals by reason."""

from collections.abc import Callable

import pytest

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.planning import power_by_formula
from orchestration.evaluation.planning.power_by_simulation import (
    ShiftPlan,
    TeamPlan,
    simulate_shifts,
    simulate_teams,
)
from orchestration.evaluation.rates import exact_rates


@pytest.mark.parametrize(
    ("expected", "fall"), [(10, 93), (25, 67), (50, 50), (100, 37), (200, 27), (400, 19)]
)
def test_what_an_exact_comparison_can_find_at_all(expected: float, fall: int) -> None:
    found = exact_rates.smallest_fall(expected)
    assert found is not None
    assert 100 * found == pytest.approx(fall, abs=0.6)


def test_with_hardly_any_events_not_even_their_absence_is_found() -> None:
    assert exact_rates.smallest_fall(4) is None


@pytest.mark.parametrize(("ratio", "share"), [(0.0, 0.5), (0.5, 0.5), (0.8, 0.4), (1.6, 0.5)])
def test_the_events_needed_give_the_power_wanted(ratio: float, share: float) -> None:
    events = exact_rates.events_for(ratio, share)
    assert exact_rates.exact_power(events, ratio, share) == pytest.approx(0.8, abs=2e-3)


def test_the_exact_test_keeps_its_level() -> None:
    for share in (0.3, 0.5):
        # Counts are whole: the level is kept, and not by never rejecting.
        assert 0.03 < exact_rates.exact_power(60, 1.0, share) <= 0.05


def test_power_grows_with_events_and_with_the_distance_from_one() -> None:
    powers = [exact_rates.exact_power(events, 0.6) for events in (20, 50, 100)]
    assert powers == sorted(powers)
    assert exact_rates.exact_power(50, 0.4) > exact_rates.exact_power(50, 0.7)


@pytest.mark.parametrize(("variation", "power"), [(0.3, 0.57), (0.5, 0.33)])
def test_teams_of_london_s_trial_have_the_power_that_was_simulated(
    variation: float, power: float
) -> None:
    # Ten boroughs of five teams, ten events a team, a fall of a quarter (statistics.md 1.5).
    found = simulate_teams(TeamPlan(10, 5, 2, 10, 0.75, variation), 400, seed=3)
    assert found.power == pytest.approx(power, abs=3 * found.error)
    assert found.mean_log_ratio == pytest.approx(-0.288, abs=0.03)


def test_formula_and_simulation_of_teams_agree() -> None:
    plan = TeamPlan(strata=1, teams=60, treated=30, events_a_team=20, ratio=0.75, variation=0.3)
    known = power_by_formula.clusters_power(30, 0.75, 20, 0.3)
    assert simulate_teams(plan, 500, seed=1).power == pytest.approx(known, abs=0.09)


def test_carry_over_shrinks_the_contrast_and_the_power() -> None:
    # A halving of which half, nine tenths, is carried into control shifts: 0.71 and 0.93.
    plans = [ShiftPlan(40, 14, 0.3, 0.5, carry_over=share) for share in (0, 0.5, 0.9)]
    found = [simulate_shifts(plan, 150, seed=2) for plan in plans]
    assert [each.mean_log_ratio for each in found] == pytest.approx(
        [-0.693, -0.347, -0.069], abs=0.06
    )
    assert found[0].power > 0.9 > found[1].power > found[2].power


def test_several_complaints_on_an_incident_do_not_make_the_test_reject_a_true_null() -> None:
    found = simulate_shifts(ShiftPlan(26, 14, 0.2, 1.0, extra=1.0), 400, seed=4)
    assert found.power < 0.08


def test_plans_repeat_with_their_seed() -> None:
    plan = ShiftPlan(10, 14, 0.3, 0.6)
    assert simulate_shifts(plan, 60, 5) == simulate_shifts(plan, 60, 5)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (lambda: exact_rates.exact_power(0, 0.5), "above zero"),
        (lambda: exact_rates.events_for(1.0), "differs from 1"),
        (lambda: exact_rates.events_for(0.99999), "more than 100,000 events"),
        (lambda: power_by_formula.proportions_power(50, (0.5, 0.5)), "two different proportions"),
        (lambda: power_by_formula.design_effect(0.5, 0.1), "clusters hold one or more"),
        (lambda: power_by_formula.clusters_needed(1, 20, 0.3), "other than 1"),
        (lambda: power_by_formula.clusters_power(1, 0.7, 20, 0.3), "two clusters or more"),
        (lambda: power_by_formula.difference_detectable((1, 5), 2), "two people or more"),
        (lambda: power_by_formula.difference_size(0, 2), "other than 0"),
        (lambda: simulate_shifts(ShiftPlan(1, 14, 0.1, 0.5), 50, 1), "two weeks or more"),
        (lambda: simulate_teams(TeamPlan(2, 3, 3, 9, 0.5, 0.2), 50, 1), "teams of both arms"),
        (lambda: simulate_teams(TeamPlan(1, 2, 1, 9, 0.5, 0.2), 50, 1), "fewer clusters"),
    ],
)
def test_a_plan_that_has_no_answer_is_refused_with_the_reason(
    bad: Callable[[], object], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        bad()
