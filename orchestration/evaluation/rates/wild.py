"""The wild cluster bootstrap: a p-value of one coefficient where clusters are few."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.columns import Numbers
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.rates.clustered import fit, members

#: Up to this many clusters every pattern of signs is enumerated; beyond it they are sampled.
ENUMERATED = 14
#: Below this many clusters, two signs give too few patterns: six weights do (Webb 2023).
WEBB_BELOW = 12
DRAWS = 9_999
WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))


def wild_p_value(
    design: Numbers,
    outcome: Numbers,
    groups: NDArray[np.int64],
    column: int,
    *,
    seed: int,
    six_weights: bool | None = None,
) -> float:
    """Wild cluster bootstrap: two-sided p-value of a coefficient by CR1 t statistics.

    `design` (n, k), `outcome` (n,), `groups` (n,) with cluster codes. Cameron, Gelbach and Miller
    (2008, Review of Economics and Statistics 90:414), with the null imposed. The residuals of a
    whole cluster are multiplied by one sign: every pattern for 14 clusters or fewer, 9,999 sampled
    ones beyond. With `six_weights` (by default below 12 clusters) the weights are Webb's six (2023,
    Canadian Journal of Economics), sampled. Ties count as at least as far, without which the test
    would reject too often.

    Returns the p-value. Raises Refusal for collinear columns and for fewer than two clusters.
    """
    clusters = members(groups)
    count = len(clusters)
    if count < 2:  # noqa: PLR2004 - a sign has to differ from another
        raise Refusal("fewer clusters than the method needs: a wild bootstrap needs 2 or more")
    others = np.delete(design, column, axis=1)
    left = fit(others, design[:, column]).residuals
    restricted = fit(others, outcome)
    across, own = np.zeros((count, count)), np.zeros(count)
    for place, rows in enumerate(clusters):
        alone = np.zeros_like(outcome)
        alone[rows] = restricted.residuals[rows]
        alone -= others @ (restricted.bread @ (others.T @ alone))
        across[:, place] = [left[each] @ alone[each] for each in clusters]
        own[place] = left[rows] @ left[rows]
    uses_six = count < WEBB_BELOW if six_weights is None else six_weights
    weights = _weights(count, seed, is_six=uses_six)
    seen = _statistics(np.ones((1, count)), across, own)[0]
    far = _statistics(weights, across, own) >= seen * (1 - 1e-9)
    is_whole = not uses_six and count <= ENUMERATED
    return float(far.mean()) if is_whole else float((1 + far.sum()) / (1 + len(far)))


def _weights(count: int, seed: int, *, is_six: bool) -> Numbers:
    source = np.random.default_rng(seed)
    if is_six:
        return np.asarray(source.choice(np.concatenate([-WEBB, WEBB]), (DRAWS, count)))
    if count <= ENUMERATED:
        return np.array(list(product((-1.0, 1.0), repeat=count)))
    return np.asarray(source.choice(np.array([-1.0, 1.0]), (DRAWS, count)))


def _statistics(weights: Numbers, across: Numbers, own: Numbers) -> Numbers:
    """Distance of t from zero for each row of weights; `across` is clusters by clusters."""
    scores = weights @ across.T
    coefficient = scores.sum(1) / own.sum()
    left = scores - coefficient[:, None] * own
    spread = np.sqrt((left**2).sum(1))
    return np.asarray(
        np.divide(np.abs(coefficient), spread, out=np.full_like(spread, np.inf), where=spread > 0)
    )
