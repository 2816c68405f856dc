"""A repeated allocation keeps its blocks, and its test is right when nothing happens."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from orchestration.evaluation.trials.randomisation import (
    Allocation,
    allocations,
    column_order,
    randomisation_test,
    studentised,
)


def allocation(seed: int, blocks: int = 12, size: int = 6) -> Allocation:
    """Blocks of which a third is treated."""
    rng = np.random.default_rng(seed)
    treated = np.concatenate([rng.permutation(np.arange(size) < size // 3) for _ in range(blocks)])
    return Allocation(treated, np.repeat(np.arange(blocks), size), np.full(blocks * size, 1 / 3))


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(3, 7))
@settings(deadline=None, max_examples=25)
def test_every_block_keeps_its_number_of_treated_units(seed: int, blocks: int, size: int) -> None:
    drawn = allocation(seed, blocks, size)
    order = column_order(drawn)
    for batch in allocations(drawn, 20, seed):
        for code in range(blocks):
            inside = drawn.block[order] == code
            assert (batch[:, inside].sum(axis=1) == drawn.treated[drawn.block == code].sum()).all()


def test_blocks_of_different_size_are_drawn_together() -> None:
    sizes = [2, 5, 5, 3]
    block = np.repeat(np.arange(4), sizes)
    treated = np.concatenate([np.arange(size) < size // 2 for size in sizes])
    drawn = Allocation(treated, block, np.full(15, 0.4))
    order = column_order(drawn)
    (batch,) = allocations(drawn, 500, 1)
    assert sorted(order) == list(range(15))
    assert batch.sum(axis=1) == pytest.approx(np.full(500, treated.sum()))
    shares = np.array([treated[block == code].mean() for code in block[order]])
    assert batch.mean(axis=0) == pytest.approx(shares, abs=0.09)


def test_units_drawn_one_by_one_follow_their_chance() -> None:
    chance = np.array([0.1, 0.5, 0.9] * 4)
    drawn = Allocation(
        np.arange(12) % 2 == 0, np.zeros(12, dtype=np.int64), chance, is_blocked=False
    )
    means = np.concatenate(list(allocations(drawn, 4000, 3))).mean(axis=0)
    assert means == pytest.approx(chance, abs=0.04)


def test_the_statistic_is_welch_s_t_with_even_chances_and_exposure() -> None:
    rng = np.random.default_rng(1)
    outcome, treated = rng.normal(size=30), np.arange(30) < 15
    found = studentised(treated[None, :].astype(float), outcome, np.ones(30), np.full(30, 0.5))
    welch = stats.ttest_ind(outcome[treated], outcome[~treated], equal_var=False).statistic
    assert found[0] == pytest.approx(welch * np.sqrt(15 / 14), rel=1e-9)


def test_outcomes_all_alike_are_never_extreme() -> None:
    drawn = randomisation_test(allocation(1), np.ones(72), np.ones(72), draws=99, seed=1)
    assert (drawn.statistic, drawn.p_value) == (0, 1)


def test_p_values_are_even_when_nothing_happens() -> None:
    rng = np.random.default_rng(4)
    p_values = [
        randomisation_test(
            allocation(seed), rng.poisson(0.4, 72).astype(float), np.ones(72), draws=199, seed=seed
        ).p_value
        for seed in range(120)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(np.array(p_values) <= 0.05) <= 0.12
