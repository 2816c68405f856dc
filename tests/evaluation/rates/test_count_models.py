"""Regressions of counts agree with a saturated table, and refuse what they cannot estimate."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from statsmodels.discrete.discrete_model import NegativeBinomial

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import count_models
from orchestration.evaluation.rates.model_designs import build_model

TWO = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])


def test_a_saturated_poisson_gives_the_ratio_of_rates() -> None:
    outcome = np.array([4.0, 6, 5, 9, 12, 9])
    exposure = np.array([1.0, 2, 2, 1, 2, 2])
    found = count_models.poisson(outcome, TWO, exposure)
    assert found.coefficients[1] == pytest.approx(np.log(30 / 15))
    assert found.errors[1] == pytest.approx(np.sqrt(1 / 15 + 1 / 30))


def test_quasi_poisson_scales_errors_by_the_root_of_the_dispersion() -> None:
    outcome = np.array([1.0, 12, 3, 9, 30, 2])
    plain = count_models.poisson(outcome, TWO)
    quasi = count_models.poisson(outcome, TWO, quasi=True)
    assert quasi.errors == pytest.approx(plain.errors * np.sqrt(plain.dispersion))


def test_the_negative_binomial_maximises_the_same_likelihood_as_the_library() -> None:
    rng = np.random.default_rng(5)
    design = np.column_stack([np.ones(300), rng.normal(size=300)])
    outcome = rng.negative_binomial(2, 0.3, 300).astype(float)
    ours = count_models.negative_binomial(outcome, design)
    theirs = NegativeBinomial(outcome, design).fit(disp=0, method="newton", maxiter=200)
    assert ours.counts.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.theta == pytest.approx(1 / theirs.params[-1], rel=1e-4)


def test_poisson_counts_show_no_overdispersion_and_doubled_counts_do() -> None:
    rng = np.random.default_rng(2)
    outcome = rng.poisson(4.0, 400).astype(float)
    fitted = np.full(400, outcome.mean())
    assert abs(count_models.overdispersion(outcome, fitted).z_linear) < 2.5
    assert count_models.overdispersion(3 * outcome, 3 * fitted).dispersion == pytest.approx(
        3, rel=0.3
    )


@pytest.mark.parametrize(
    ("outcome", "design", "exposure", "reason"),
    [
        ([0, 0, 0, 0, 0, 0], TWO, None, "no events"),
        ([1, 2.5, 3, 1, 2, 3], TWO, None, "whole numbers"),
        ([1, 2, 3, 1, 2, 3], TWO, [1, 1, 0, 1, 1, 1], "row 3 is not above zero"),
        ([3, 2, 4, 0, 0, 0], TWO, None, "separation"),
        ([1, 2, 3, 1, 2, 3], np.eye(6), None, "as many coefficients as rows"),
    ],
)
def test_counts_that_cannot_be_modelled_are_refused_with_the_reason(
    outcome: list[float], design: NDArray[np.float64], exposure: list[float] | None, reason: str
) -> None:
    size = None if exposure is None else np.array(exposure, dtype=float)
    with pytest.raises(Refusal, match=reason):
        count_models.poisson(np.array(outcome, dtype=float), design, size)


def test_counts_no_more_varied_than_poisson_have_no_theta() -> None:
    with pytest.raises(Refusal, match="no more than Poisson"):
        count_models.negative_binomial(np.array([3.0, 4, 3, 4, 3, 4]), TWO)


TABLE = pl.DataFrame({"y": [1, 2, 3, 4], "x": [1, 2, 3, 5], "z": [2, 4, 6, 10], "g": list("abab")})


def test_a_formula_names_its_columns_as_r_does() -> None:
    assert build_model("y ~ g * x", TABLE).names == ("Intercept", "gb", "x", "gb:x")


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("y ~ x + z", "perfectly collinear: z"),
        ("y ~ print(x)", "only columns"),
        ("y ~ x.__class__", "only columns"),
        ("y ~ w", "no column 'w'"),
        ("y", "write `outcome ~ columns`"),
    ],
)
def test_a_formula_is_columns_and_nothing_that_could_run(formula: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        build_model(formula, TABLE)
