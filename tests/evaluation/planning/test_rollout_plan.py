"""The plan of a staged roll-out: published power, what more units give, dates, refusals."""

from dataclasses import replace
from math import exp, log
from typing import Any

import pytest

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.planning.rollout_power import (
    RolloutPlan,
    RolloutSimulation,
    plan_rollout,
    simulate_rollouts,
    units_needed,
)

MET = RolloutPlan(units=32, periods=48, dates=tuple(range(23, 34)), events=17, ratio=0.85)
SMALL: dict[str, Any] = {
    "units": 10,
    "periods": 16,
    "dates": (8, 10, 12),
    "never": 2,
    "events_a_period": 30,
    "ratio": 0.7,
    "runs": 50,
}


def plan(**other: Any) -> Any:
    return plan_rollout(RolloutSimulation(**(SMALL | other)), None)


def test_a_roll_out_that_does_nothing_is_found_about_as_often_as_the_level_says() -> None:
    found = simulate_rollouts(replace(MET, ratio=1.0), 200, seed=1)
    assert found.power <= 0.05 + 3 * 0.0154


def test_power_and_spread_are_those_of_the_simulations_of_the_method() -> None:
    # statistics.md 2.5: with six boroughs never treated .95 find 15 %; 2.8 spreads are some 10 %.
    found = simulate_rollouts(replace(MET, never=6), 100, seed=1)
    assert found.power >= 0.95 - 3 * 0.022
    assert 2.8 * found.spread == pytest.approx(0.105, abs=0.03)


def test_the_smallest_fall_is_found_as_often_as_it_says() -> None:
    found = simulate_rollouts(replace(MET, never=6), 150, seed=1)
    there = replace(MET, never=6, ratio=exp(-found.smallest(0.8)))
    assert simulate_rollouts(there, 150, seed=2).power == pytest.approx(0.8, abs=0.12)


def test_the_units_needed_find_the_ratio_and_fewer_do_not() -> None:
    start = RolloutPlan(10, 16, (8, 10, 12), 20, 0.8, never=2)
    found = simulate_rollouts(start, 100, seed=1)
    assert found.power < 0.8
    units, power = units_needed(found, 0.8, seed=1)
    assert units is not None
    assert power is not None
    assert units > 10
    assert power >= 0.8
    assert simulate_rollouts(start.of(units * 2 // 3), 100, seed=1).power < 0.8


def test_a_ratio_near_one_needs_more_units_than_are_looked_for() -> None:
    found = plan(ratio=0.99, events_a_period=1)
    assert found.values["units_needed"] is None
    assert "More than 100 units" in found.summary


def test_waves_of_other_numbers_of_units_keep_their_share_and_lie_evenly() -> None:
    assert replace(MET, never=8).of(16).never == 4
    fewer = MET.of(8)
    assert (fewer.dates[0], fewer.dates[-1], len(fewer.dates)) == (23, 33, 8)
    assert len(set(MET.of(33).first.tolist())) == 11


def test_dates_are_given_or_drawn_once_from_the_seed() -> None:
    assert plan().values["dates"] == "8, 10, 12"
    drawn = {"dates": (), "waves": 3, "between": (6, 13)}
    dates = [plan(**drawn, seed=seed, ratio=1.0).values["dates"] for seed in (1, 1, 2)]
    assert dates[0] == dates[1] != dates[2]
    assert all(6 <= int(each) <= 13 for each in str(dates[0]).split(", "))


def test_a_plan_repeats_with_its_seed_and_says_what_it_found() -> None:
    found = plan(ratio=1.0)
    assert found.document() == plan(ratio=1.0).document()
    assert found.values["units_needed"] is None
    fall = float(found.values["smallest_detectable_fall"] or 0)
    assert 1 - exp(-(found.smallest_detectable or 0)) == pytest.approx(fall)
    assert found.values["mean_log_ratio"] == pytest.approx(log(1), abs=0.1)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"units": 7}, "carry no interval"),
        ({"never": 7}, "carry no interval"),
        ({"dates": (1, 5)}, "waves begin in periods 2 to 16"),
        ({"dates": (5, 17)}, "waves begin in periods 2 to 16"),
        ({"dates": (5, 5)}, "all different"),
        ({"dates": (5,), "never": 0}, "all units are treated at once"),
        ({"dates": ()}, "give either `dates`"),
        ({"waves": 2, "between": (3, 9)}, "give either `dates`"),
        ({"dates": (), "waves": 5, "between": (3, 6)}, "do not hold 5 different dates"),
        ({"events_a_period": 0.01}, "most of such roll-outs cannot be estimated"),
    ],
)
def test_a_plan_that_has_no_answer_is_refused_with_the_reason(
    other: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        plan(**other)


def test_a_number_of_units_for_no_change_is_refused() -> None:
    found = simulate_rollouts(RolloutPlan(8, 10, (5, 6), 20, 1.0), 50, seed=1)
    with pytest.raises(Refusal, match="other than 1"):
        units_needed(found, 0.8, seed=1)
