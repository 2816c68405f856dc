"""One program asked with many costs and limits answers as if each were asked alone."""

import numpy as np
import pytest
from scipy import sparse

from orchestration.disclosure.ranges import Program

FIRST, SECOND, THIRD = np.eye(3)


def three_that_make_ten() -> Program:
    """Three numbers of 0 to 8 whose sum is 10."""
    every = sparse.csr_array(np.ones((1, 3)))
    return Program(every, np.array([10.0]), np.zeros(3), np.full(3, 8.0))


def test_each_cost_finds_its_own_end_of_the_same_program() -> None:
    program = three_that_make_ten()
    for costs, end in [(FIRST, 0), (-SECOND, 8), (-FIRST - SECOND, 10), (FIRST + SECOND, 2)]:
        solution = program.minimise(costs)
        assert solution is not None
        assert np.abs(costs) @ solution == pytest.approx(end)
        assert solution.sum() == pytest.approx(10)


def test_limits_can_be_changed_and_put_back() -> None:
    program = three_that_make_ten()
    program.limit(np.array([1, 2]), np.array([0.0, 0.0]), np.array([3.0, 3.0]))
    assert program.minimise(FIRST) == pytest.approx([4, 3, 3])
    program.limit(np.array([1, 2]), np.array([0.0, 0.0]), np.array([8.0, 8.0]))
    solution = program.minimise(FIRST)
    assert solution is not None
    assert solution[0] == pytest.approx(0)


def test_limits_that_leave_nothing_answer_nothing_and_others_may_follow() -> None:
    program = three_that_make_ten()
    assert program.minimise(FIRST) is not None
    program.limit(np.array([0, 1]), np.zeros(2), np.zeros(2))
    assert program.minimise(FIRST) is None
    program.limit(np.array([0]), np.array([2.0]), np.array([2.0]))
    assert program.minimise(THIRD) == pytest.approx([2, 0, 8])


def test_numbers_that_stand_in_no_sum_are_held_by_their_limits_alone() -> None:
    program = Program(sparse.csr_array((0, 2)), np.zeros(0), np.zeros(2), np.ones(2))
    assert program.minimise(np.array([-1.0, 1.0])) == pytest.approx([1, 0])


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    three_that_make_ten().minimise(FIRST)
    assert capfd.readouterr() == ("", "")
