"""Exact and drawn permutation tests of small data: paired sign flips and two groups."""

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.frame import Refusal

#: Arrangements that are counted one by one; above it they are drawn.
COUNTED = 2_000_000


@dataclass(frozen=True)
class Permuted:
    """How many arrangements are at least as extreme as the one found, of how many looked at."""

    statistic: float
    as_extreme: int
    arrangements: int
    is_exact: bool

    @property
    def p_value(self) -> float:
        """The share as extreme; among drawn arrangements the one found counts too."""
        if self.is_exact:
            return self.as_extreme / self.arrangements
        return (self.as_extreme + 1) / (self.arrangements + 1)


def sign_flips(differences: NDArray[np.float64], seed: int = 1, draws: int = 9_999) -> Permuted:
    """Test that paired differences are symmetric about zero (Fisher 1935, section 21).

    Two-sided on the absolute sum: all 2**n signs when they can be counted, else `draws` of them.
    """
    if len(differences) < 2:  # noqa: PLR2004 - one pair has no arrangement but its mirror
        raise Refusal("a paired test needs two pairs or more")
    return _permute((differences,), 2 ** len(differences), "samples", seed, draws)


def two_groups(
    first: NDArray[np.float64], second: NDArray[np.float64], seed: int = 1, draws: int = 9_999
) -> Permuted:
    """Test that labels of two groups are exchangeable, two-sided on the difference of means."""
    if min(len(first), len(second)) == 0:
        raise Refusal("one arm only: both groups need units")
    ways = comb(len(first) + len(second), len(first))
    return _permute((first, second), ways, "independent", seed, draws)


def _permute(
    data: tuple[NDArray[np.float64], ...], ways: int, kind: str, seed: int, draws: int
) -> Permuted:
    is_exact = ways <= COUNTED
    options: dict[str, Any] = {"rng": np.random.default_rng(seed)} if not is_exact else {}
    statistic = _sum if kind == "samples" else _gap
    found = stats.permutation_test(
        tuple(np.sort(each) for each in data),
        statistic,
        permutation_type=kind,
        n_resamples=np.inf if is_exact else draws,
        vectorized=True,
        batch=1 << 16,
        **options,
    )
    drawn = np.abs(np.asarray(found.null_distribution))
    here = abs(float(found.statistic))
    return Permuted(
        float(found.statistic),
        int((drawn >= here * (1 - 1e-12)).sum()),
        drawn.size,
        is_exact,
    )


def _sum(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(values.sum(axis=axis))


def _gap(
    first: NDArray[np.float64], second: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    return np.asarray(first.mean(axis=axis) - second.mean(axis=axis))
