"""The Poisson fit for many choices of cells at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.evaluation.staged_adoption.poisson_imputation import fit


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 1))
def test_expected_counts_are_those_of_statsmodels(seed: int, covariates: int) -> None:
    import statsmodels.api as sm

    draw = np.random.default_rng(seed)
    units, periods = 5, 7
    counts = draw.poisson(12.0, (units, periods)).astype(float) + 1
    exposure = draw.uniform(50, 150, (units, periods))
    cells = np.arange(periods) < draw.integers(3, periods + 1, units)[:, None]
    cells[0] = True
    x = draw.normal(size=(covariates, units, periods))
    found = fit(counts, exposure, cells[None], x)
    design = np.hstack(
        [
            np.kron(np.eye(units), np.ones((periods, 1))),
            np.kron(np.ones((units, 1)), np.eye(periods))[:, 1:],
            x.reshape(covariates, units * periods).T,
        ]
    )
    inside = cells.ravel()
    model = sm.GLM(
        counts.ravel()[inside],
        design[inside],
        family=sm.families.Poisson(),
        offset=np.log(exposure.ravel()[inside]),
    ).fit(tol=1e-13)
    expected = np.exp(design @ model.params) * exposure.ravel()
    assert found.is_converged.all()
    assert found.expected[0].ravel() == pytest.approx(expected, rel=1e-6)


def test_a_unit_without_events_is_expected_to_have_none() -> None:
    counts = np.array([[3.0, 4, 5], [0, 0, 9], [2, 2, 2]])
    cells = np.array([[True, True, True], [True, True, False], [True, True, True]])
    found = fit(counts, np.ones((3, 3)), cells[None], np.zeros((0, 3, 3)))
    assert found.is_converged.all()
    assert found.expected[0][1].tolist() == [0, 0, 0]
    assert found.expected[0][[0, 2]].sum() == pytest.approx(18)
