"""The wild cluster bootstrap: a known p-value, its level, and what does not change it."""

import numpy as np
import pytest
from statsmodels.datasets import grunfeld

from orchestration.evaluation.core import Refusal
from orchestration.evaluation.staged_adoption.few_clusters import wild_p_value

FIRMS = np.repeat(np.arange(10), 8)


def drawn(seed: int, groups: np.ndarray = FIRMS) -> tuple[np.ndarray, np.ndarray]:
    """A regressor and an outcome that both persist within clusters, and nothing between them."""
    draw = np.random.default_rng(seed)
    count = int(groups.max()) + 1
    x, y = (draw.normal(size=count)[groups] + draw.normal(size=len(groups)) for _ in range(2))
    return np.column_stack([np.ones(len(groups)), x]), y


def test_ten_firms_give_the_p_value_known_for_them() -> None:
    # statistics.md 2.3: .0234 by enumeration with ties counted (24 of 1,024 patterns).
    table = grunfeld.load_pandas().data
    ten = table[table["firm"] != "American Steel"]
    firm = np.unique(ten["firm"], return_inverse=True)[1]
    design = np.column_stack([np.ones(len(ten)), ten["value"], ten["capital"]])
    found = wild_p_value(design, ten["invest"].to_numpy(), firm, 2, seed=1, six_weights=False)
    assert found == pytest.approx(24 / 1024, abs=1e-12)


def test_it_refuses_a_true_null_about_as_often_as_it_says() -> None:
    p_values = np.array([wild_p_value(*drawn(seed), FIRMS, 1, seed=1) for seed in range(200)])
    # 99.9 % of such shares of 200 at a level of .05 lie within these.
    assert 0.005 <= (p_values <= 0.05).mean() <= 0.11


@pytest.mark.parametrize("clusters", [9, 13, 16])
def test_the_order_of_rows_changes_nothing(clusters: int) -> None:
    groups = np.repeat(np.arange(clusters), 5)
    design, outcome = drawn(3, groups)
    mixed = np.random.default_rng(4).permutation(len(groups))
    assert wild_p_value(design[mixed], outcome[mixed], groups[mixed], 1, seed=2) == wild_p_value(
        design, outcome, groups, 1, seed=2
    )


def test_one_cluster_is_refused() -> None:
    with pytest.raises(Refusal, match="2 or more"):
        wild_p_value(*drawn(1), np.zeros(80, dtype=np.int64), 1, seed=1)
