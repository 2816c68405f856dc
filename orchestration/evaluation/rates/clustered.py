"""Least squares with errors that allow for clusters, as the R package clubSandwich defines them.

Bell and McCaffrey (2002), Pustejovsky and Tipton (2018, JBES 36:672): CR2 corrects the residuals of
each cluster by (I - H)^(-1/2), CR3 by (I - H)^(-1); CR2 goes with Satterthwaite's degrees of
freedom. CR1 scales by G/(G-1), CR1S by G(N-1)/((G-1)(N-k)).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.core import Refusal, require_variation

Matrix = NDArray[np.float64]
KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")


@dataclass(frozen=True)
class LeastSquares:
    """Least squares on a design whose rows are already multiplied by the roots of any weights.

    `design` (n, k), `coefficients` (k,), `residuals` (n,) and `bread` (k, k), the inverse of
    design'design.
    """

    design: Matrix
    coefficients: Matrix
    residuals: Matrix
    bread: Matrix


def fit(design: Matrix, outcome: Matrix) -> LeastSquares:
    """Ordinary least squares.

    `design` (n, k), `outcome` (n,). Returns a LeastSquares. Raises Refusal where columns are
    collinear.
    """
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal(
            "covariates are perfectly collinear: one is a combination of the others; drop it"
        )
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    coefficients = bread @ design.T @ outcome
    return LeastSquares(design, coefficients, outcome - design @ coefficients, bread)


def members(groups: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Row numbers of each cluster, in the order of its code.

    `groups` (n,) holds cluster codes. Returns a list with one array (rows of the cluster,) per
    cluster.
    """
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


def covariance(found: LeastSquares, groups: NDArray[np.int64], kind: str) -> Matrix:
    """Cluster-robust covariance of the coefficients.

    `groups` (n,) holds cluster codes; `kind` is one of KINDS. CR2 corrects the residuals of a
    cluster by (I - H)^(-1/2), CR3 by (I - H)^(-1) (Bell and McCaffrey 2002, Survey Methodology
    28:169). Returns the covariance (k, k). Raises Refusal with fewer than two clusters.
    """
    clusters = members(groups)
    if len(clusters) < 2:  # noqa: PLR2004 - a variance between clusters needs two
        raise Refusal("fewer clusters than the method needs: clustered errors need 2 or more")
    rows, columns = found.design.shape
    count = len(clusters)
    scores = np.array(
        [
            found.design[each].T @ _adjustment(found, each, kind) @ found.residuals[each]
            for each in clusters
        ]
    )
    scale = {
        "CR1": count / (count - 1),
        "CR1S": count * (rows - 1) / ((count - 1) * (rows - columns)),
    }.get(kind, 1.0)
    return np.asarray(scale * found.bread @ scores.T @ scores @ found.bread)


def freedom(found: LeastSquares, groups: NDArray[np.int64], column: int) -> float:
    """Satterthwaite's degrees of freedom of a coefficient with CR2 errors.

    `groups` (n,) holds cluster codes. With independent errors of equal variance the CR2 variance is
    a quadratic form; its degrees of freedom are 2 * mean**2 / variance = trace(P)**2 / sum(P**2), P
    over pairs of clusters (Pustejovsky and Tipton 2018, Journal of Business and Economic Statistics
    36:672). Returns the degrees of freedom.
    """
    hat = found.bread @ found.design.T
    vectors = []
    for each in members(groups):
        pull = _adjustment(found, each, "CR2") @ found.design[each] @ found.bread[:, column]
        spread = -(found.design @ (hat[:, each] @ pull))
        spread[each] += pull
        vectors.append(spread)
    stacked = np.array(vectors)
    products = stacked @ stacked.T
    return float(np.trace(products) ** 2 / (products**2).sum())


def p_value(estimate: float, error: float, degrees: float) -> float:
    """Two-sided p-value from Student's t.

    Returns the p-value of `estimate` against zero. Raises Refusal where nothing varies.
    """
    return float(2 * stats.t.sf(abs(estimate) / require_variation(error), degrees))


def _adjustment(found: LeastSquares, rows: NDArray[np.int64], kind: str) -> Matrix:
    identity = np.eye(len(rows))
    if kind not in {"CR2", "CR3"}:
        return identity
    part = found.design[rows]
    values, vectors = np.linalg.eigh(identity - part @ found.bread @ part.T)
    kept = values > 1e-10
    power = np.zeros_like(values)
    power[kept] = values[kept] ** (-0.5 if kind == "CR2" else -1.0)
    return np.asarray((vectors * power) @ vectors.T)
