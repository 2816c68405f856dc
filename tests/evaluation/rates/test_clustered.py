"""Errors by cluster: one row a cluster is HC, order does not matter, one cluster is refused."""

import numpy as np
import pytest
import statsmodels.api as sm

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates import clustered

RNG = np.random.default_rng(8)
DESIGN = np.column_stack([np.ones(40), RNG.normal(size=40)])
OUTCOME = RNG.normal(size=40)


@pytest.mark.parametrize(("ours", "theirs"), [("CR0", "HC0"), ("CR2", "HC2"), ("CR3", "HC3")])
def test_with_one_row_a_cluster_the_errors_are_those_of_white(ours: str, theirs: str) -> None:
    found = clustered.covariance(clustered.fit(DESIGN, OUTCOME), np.arange(40), ours)
    expected = sm.OLS(OUTCOME, DESIGN).fit(cov_type=theirs).cov_params()
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_order_of_rows_and_the_names_of_clusters_do_not_matter() -> None:
    groups = np.repeat(np.arange(8), 5)
    mixed = RNG.permutation(40)
    there = clustered.fit(DESIGN, OUTCOME)
    back = clustered.fit(DESIGN[mixed], OUTCOME[mixed])
    renamed = 7 - groups[mixed]
    assert clustered.covariance(back, renamed, "CR2") == pytest.approx(
        clustered.covariance(there, groups, "CR2")
    )
    assert clustered.freedom(back, renamed, 1) == pytest.approx(clustered.freedom(there, groups, 1))


def test_what_cannot_be_clustered_is_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="fewer clusters than the method needs"):
        clustered.covariance(clustered.fit(DESIGN, OUTCOME), np.zeros(40, dtype=np.int64), "CR2")
    with pytest.raises(Refusal, match="perfectly collinear"):
        clustered.fit(np.column_stack([DESIGN, DESIGN[:, 1]]), OUTCOME)
