"""Contrasts from totals, proportions and permutations: identities and refusals."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import (
    contrasts,
    permutation_and_multiple_tests,
    proportion_designs,
)

some = st.integers(1, 500)


@given(some, some, some, some)
def test_a_relative_ratio_is_the_quotient_of_two_ratios(a: int, b: int, c: int, d: int) -> None:
    both = contrasts.relative_rate_ratio((a, b), (c, d))
    one = contrasts.log_rate_ratio((b, a), (1, 1))
    other = contrasts.log_rate_ratio((d, c), (1, 1))
    assert both.log_ratio == pytest.approx(one.log_ratio - other.log_ratio)
    assert both.standard_error**2 == pytest.approx(one.standard_error**2 + other.standard_error**2)


def test_under_dispersion_does_not_narrow_an_interval() -> None:
    narrow = contrasts.log_rate_ratio((20, 30), (1, 1), dispersion=0.5)
    assert narrow == contrasts.log_rate_ratio((20, 30), (1, 1))


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_stays_within_zero_and_one_and_holds_the_share(hits: int, more: int) -> None:
    low, high = proportion_designs.wilson((hits, hits + more))
    assert 0 <= low <= hits / (hits + more) <= high <= 1


def test_newcombe_s_published_difference_is_found() -> None:
    # Newcombe (1998b), Table II, row a: 56/70 - 48/80 is 0.2, from 0.0524 to 0.3339.
    assert proportion_designs.difference((56, 70), (48, 80)) == pytest.approx(
        (0.2, 0.0524, 0.3339), abs=5e-5
    )


@given(st.lists(st.integers(-20, 20), min_size=3, max_size=9))
def test_flipping_every_sign_leaves_the_p_value(values: list[int]) -> None:
    there = permutation_and_multiple_tests.sign_flip_test(np.array(values, dtype=float))
    back = permutation_and_multiple_tests.sign_flip_test(-np.array(values[::-1], dtype=float))
    assert (there.as_extreme, there.arrangements) == (back.as_extreme, 2 ** len(values))
    assert there.is_exact


def test_two_groups_are_compared_over_all_their_arrangements() -> None:
    found = permutation_and_multiple_tests.two_group_test(
        np.array([2.0, 3, 1]), np.array([6.0, 4, 5])
    )
    assert (found.as_extreme, found.arrangements) == (2, 20)


def test_drawn_arrangements_count_the_one_found() -> None:
    found = permutation_and_multiple_tests.sign_flip_test(np.arange(1.0, 31), seed=3, draws=999)
    assert not found.is_exact
    assert found.p_value == (found.as_extreme + 1) / 1000


def test_holm_is_never_below_the_raw_p_and_above_one() -> None:
    raw = [0.01, 0.04, 0.03, 0.9]
    adjusted = permutation_and_multiple_tests.adjust(raw)
    assert all(1 >= new >= old for old, new in zip(raw, adjusted, strict=True))
    assert adjusted == pytest.approx([0.04, 0.09, 0.09, 0.9])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (lambda: contrasts.percent_fall(0, 3), "above zero"),
        (lambda: contrasts.log_rate_ratio((0, 3), (1, 1)), "above zero in both groups"),
        (lambda: contrasts.relative_rate_ratio((0, 3), (1, 1)), "needs events"),
        (lambda: contrasts.log_odds_ratio(((0, 0), (1, 2))), "units in both rows"),
        (lambda: proportion_designs.wilson((4, 3)), "no proportion"),
        (lambda: proportion_designs.fisher(((0, 0), (1, 2))), "units in both rows"),
        (
            lambda: permutation_and_multiple_tests.sign_flip_test(np.array([1.0])),
            "two pairs or more",
        ),
        (
            lambda: permutation_and_multiple_tests.two_group_test(np.array([]), np.array([1.0])),
            "one arm only",
        ),
        (lambda: permutation_and_multiple_tests.adjust([1.2]), "between 0 and 1"),
    ],
)
def test_what_has_no_answer_is_refused_with_the_reason(
    bad: Callable[[], object], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        bad()
