"""Exact rates and ratios: inverse arms, limits that hold the estimate, refusals by reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import exact_rates

counts = st.integers(0, 400)
exposures = st.floats(0.5, 1e5)


@given(counts, exposures)
def test_limits_of_a_rate_hold_it_and_reach_the_stated_chance(count: int, exposure: float) -> None:
    found = exact_rates.rate(count, exposure)
    assert found.low <= found.value <= found.high
    assert stats.poisson.cdf(count, found.high * exposure) == pytest.approx(0.025, abs=1e-9)
    if count:
        assert stats.poisson.sf(count - 1, found.low * exposure) == pytest.approx(0.025, abs=1e-9)


@given(st.integers(1, 300), st.integers(1, 300), exposures, exposures)
def test_changing_arms_inverts_a_ratio_and_its_limits(a: int, b: int, x: float, y: float) -> None:
    there = exact_rates.rate_ratio((a, b), (x, y))
    back = exact_rates.rate_ratio((b, a), (y, x))
    assert there.value is not None
    assert there.high is not None
    assert there.low <= there.value <= there.high
    assert back.value == pytest.approx(1 / there.value)
    assert back.low == pytest.approx(1 / there.high)
    assert back.p_value == pytest.approx(there.p_value)


def test_a_ratio_without_events_to_compare_with_has_no_upper_limit() -> None:
    found = exact_rates.rate_ratio((5, 0), (10, 10))
    assert (found.value, found.high) == (None, None)
    assert found.low > 0


@given(st.integers(10, 5000))
def test_byar_comes_close_to_exact_for_ten_events_or_more(count: int) -> None:
    near, true = exact_rates.byar_limits(count), exact_rates.count_limits(count)
    assert near == pytest.approx(true, rel=4e-3)


@pytest.mark.parametrize(
    ("events", "exposure", "reason"),
    [
        ((0, 0), (1, 1), "no events"),
        ((3, 4), (0, 1), "must be above zero"),
        ((3, 4), (1, -2), "must be above zero"),
        ((-1, 4), (1, 1), "no count of events"),
    ],
)
def test_a_ratio_that_cannot_be_formed_is_refused_with_its_reason(
    events: tuple[int, int], exposure: tuple[float, float], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        exact_rates.rate_ratio(events, exposure)
