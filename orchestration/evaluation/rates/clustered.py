"""Least squares with errors that allow for clusters, as the R package clubSandwich defines them.

Bell and McCaffrey (2002), Pustejovsky and Tipton (2018, JBES 36:672): CR2 corrects the residuals of
each cluster by (I - H)^(-1/2), CR3 by (I - H)^(-1); CR2 goes with Satterthwaite's degrees of
freedom. CR1 scales by G/(G-1), CR1S by G(N-1)/((G-1)(N-k)).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from orchestration.evaluation.core import Refusal

Matrix = NDArray[np.float64]
KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")


@dataclass(frozen=True)
class Fit:
    """Least squares on `design` (already multiplied by the roots of any weights)."""

    design: Matrix
    coefficients: Matrix
    residuals: Matrix
    bread: Matrix


def fit(design: Matrix, outcome: Matrix) -> Fit:
    """Ordinary least squares; raises Refusal where columns repeat each other."""
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise Refusal(
            "covariates are perfectly collinear: one is a combination of the others; drop it"
        )
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    coefficients = bread @ design.T @ outcome
    return Fit(design, coefficients, outcome - design @ coefficients, bread)


def members(groups: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Row numbers of each cluster, in the order of its code."""
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)


def covariance(found: Fit, groups: NDArray[np.int64], kind: str) -> Matrix:
    """Covariance of the coefficients, k by k; raises Refusal with fewer than two clusters."""
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


def freedom(found: Fit, groups: NDArray[np.int64], column: int) -> float:
    """Satterthwaite's degrees of freedom of a coefficient with CR2 errors.

    With independent errors of even variance the CR2 variance is a quadratic form; its freedom is
    2 * mean**2 / variance = trace(P)**2 / sum(P**2), P over pairs of clusters.
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
    """Two-sided, from Student's t."""
    return float(2 * stats.t.sf(abs(estimate) / error, degrees))


def _adjustment(found: Fit, rows: NDArray[np.int64], kind: str) -> Matrix:
    identity = np.eye(len(rows))
    if kind not in {"CR2", "CR3"}:
        return identity
    part = found.design[rows]
    values, vectors = np.linalg.eigh(identity - part @ found.bread @ part.T)
    kept = values > 1e-10
    power = np.zeros_like(values)
    power[kept] = values[kept] ** (-0.5 if kind == "CR2" else -1.0)
    return np.asarray((vectors * power) @ vectors.T)
