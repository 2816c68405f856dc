"""Differences of means agree with the textbook's matrices and with the published trial."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.rates.contrasts import (
    DETECTABLE,
    difference_between_arms,
    difference_over_time,
)

people = st.lists(
    st.tuples(st.integers(0, 40), st.booleans(), st.sampled_from([0.25, 0.5, 0.6])),
    min_size=6,
    max_size=40,
).filter(lambda drawn: 2 <= sum(is_treated for _, is_treated, _ in drawn) <= len(drawn) - 2)


def by_matrices(outcome: Numbers, treated: Numbers, weight: Numbers) -> tuple[float, float]:
    """Weighted least squares on a constant and the arm, HC2 errors, as a textbook writes them."""
    design = np.column_stack([np.ones(len(outcome)), treated]) * np.sqrt(weight)[:, None]
    target = outcome * np.sqrt(weight)
    bread = np.linalg.inv(design.T @ design)
    fitted = bread @ design.T @ target
    residual = target - design @ fitted
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = (design * (residual**2 / (1 - leverage))[:, None]).T @ design
    return float(fitted[1]), float(np.sqrt((bread @ meat @ bread)[1, 1]))


@settings(deadline=None)
@given(people)
def test_the_difference_and_its_error_equal_weighted_least_squares_with_hc2(
    drawn: list[tuple[int, bool, float]],
) -> None:
    outcome = np.array([float(count) for count, _, _ in drawn])
    treated = np.array([is_treated for _, is_treated, _ in drawn])
    chance = np.array([each for _, _, each in drawn])
    found = difference_between_arms(outcome, treated, chance)
    weight = np.where(treated, 1 / chance, 1 / (1 - chance))
    expected = by_matrices(outcome, treated.astype(float), weight)
    assert (found.estimate, found.standard_error) == pytest.approx(expected, abs=1e-8)
    assert found.low <= found.estimate <= found.high


@settings(deadline=None)
@given(people)
def test_with_even_chances_the_error_is_that_of_two_separate_samples(
    drawn: list[tuple[int, bool, float]],
) -> None:
    outcome = np.array([float(count) for count, _, _ in drawn])
    treated = np.array([is_treated for _, is_treated, _ in drawn])
    found = difference_between_arms(outcome, treated, np.full(len(drawn), 0.5))
    sides = outcome[treated], outcome[~treated]
    welch = np.sqrt(sum(side.var(ddof=1) / len(side) for side in sides))
    assert found.estimate == pytest.approx(sides[0].mean() - sides[1].mean(), abs=1e-9)
    assert found.standard_error == pytest.approx(welch, abs=1e-9)


def test_changing_sides_changes_nothing_but_the_sign() -> None:
    outcome = np.array([1.0, 4.0, 2.0, 8.0, 0.0])
    treated = np.array([True, False, True, False, False])
    there = difference_between_arms(outcome, treated, np.full(5, 0.4))
    back = difference_between_arms(outcome, ~treated, np.full(5, 0.6))
    assert (back.estimate, back.low, back.high) == pytest.approx(
        (-there.estimate, -there.high, -there.low)
    )


def test_a_change_over_time_is_that_of_the_same_people() -> None:
    change = difference_over_time(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 5.0, 7.0]))
    assert change.estimate == 1.5
    assert change.standard_error == pytest.approx(np.std([1, 0, 2, 3], ddof=1) / 2)
    assert change.smallest_detectable == pytest.approx(DETECTABLE * change.standard_error)


def test_people_who_all_behave_alike_have_no_p_value() -> None:
    same = difference_between_arms(
        np.ones(4), np.array([True, True, False, False]), np.full(4, 0.5)
    )
    assert (same.estimate, same.standard_error, same.p_value) == (0.0, 0.0, None)


@pytest.mark.parametrize(
    ("treated", "chance", "message"),
    [
        ([True, False, False], 0.5, "two people"),
        ([True, True, False, False], 1.0, "between 0 and 1"),
        ([True, True, False], 0.5, "two people"),
    ],
)
def test_a_trial_that_cannot_be_judged_is_refused(
    treated: list[bool], chance: float, message: str
) -> None:
    count = len(treated)
    with pytest.raises(ValueError, match=message):
        difference_between_arms(
            np.arange(count, dtype=float), np.array(treated), np.full(count, chance)
        )


def test_tables_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry per person"):
        difference_between_arms(np.zeros(3), np.array([True, False]), np.full(3, 0.5))
    with pytest.raises(ValueError, match="one entry per person"):
        difference_over_time(np.zeros(3), np.zeros(2))
