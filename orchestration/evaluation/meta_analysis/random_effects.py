"""The average over studies that differ: restricted likelihood, Hartung-Knapp, prediction.

How far the studies differ by more than chance, tau squared and what follows from it, comes first;
meta-regression reads it too.
"""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import field_validator
from scipy import optimize, stats

from orchestration.evaluation.columns import Numbers, table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Value
from orchestration.evaluation.gates import studies_allow_a_prediction, studies_may_be_pooled
from orchestration.evaluation.meta_analysis.common_effect_and_mantel_haenszel import pooled
from orchestration.evaluation.meta_analysis.effects import (
    EffectKeys,
    Effects,
    Z,
    effects_of,
    pooled_result,
)

Matrix = NDArray[np.float64]
Estimator = Literal["REML", "DL"]
GRID = 100
ENOUGH = 1e-12
#: With so few studies the Hartung-Knapp factor may fall below 1 by chance: it is floored at 1.
FEW = 5


@dataclass(frozen=True)
class Weighted:
    """A weighted least-squares fit of k effects on p columns at one value of tau squared.

    `coefficients` (p,), `covariance` (p, p), `projection` (k, k).
    """

    coefficients: Numbers
    covariance: Matrix
    projection: Matrix
    #: The residual sum of squares in units of the weights: Q where tau squared is zero.
    residual: float
    freedom: int


def weighted(effect: Numbers, variance: Numbers, design: Matrix, tau2: float) -> Weighted:
    """Fit effects on the columns of a design with weights 1 / (variance + tau2).

    `effect` (k,), `variance` (k,), `design` (k, p). Returns a Weighted.
    """
    weight = 1 / (variance + tau2)
    inner = design.T @ (design * weight[:, None])
    covariance = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    projection = np.diag(weight) - np.outer(weight, weight) * (design @ covariance @ design.T)
    return Weighted(
        coefficients=covariance @ design.T @ (weight * effect),
        covariance=covariance,
        projection=projection,
        residual=float(effect @ projection @ effect),
        freedom=len(effect) - design.shape[1],
    )


def tau_squared(effect: Numbers, variance: Numbers, design: Matrix, how: Estimator) -> float:
    """The variance between studies, zero or more.

    `effect` (k,), `variance` (k,), `design` (k, p). DL: DerSimonian and Laird (1986, Controlled
    Clinical Trials 7:177), by moments. REML: the maximum of the restricted likelihood (Viechtbauer
    2005, Journal of Educational and Behavioral Statistics 30:261). Fisher scoring may oscillate
    between two values with few studies, so the likelihood is evaluated on a grid and the root of
    its slope taken around the highest point. Returns tau squared.
    """
    if how == "DL":
        at_zero = weighted(effect, variance, design, 0.0)
        trace = float(np.trace(at_zero.projection))
        return float(max(0.0, (at_zero.residual - at_zero.freedom) / trace))

    def slope(tau2: float) -> float:
        p = weighted(effect, variance, design, tau2).projection
        return float(effect @ p @ p @ effect - np.trace(p))

    top = _beyond(effect, variance, design)
    grid = np.append(0.0, np.geomspace(top * 1e-10, top, GRID))
    best = int(np.argmax(_likelihood(effect, variance, design, grid)))
    low, high = grid[max(0, best - 1)], grid[min(GRID, best + 1)]
    # Near zero neighbouring points of the grid differ by less than rounding error, so their
    # likelihoods cannot be compared: the slope shows on which side the highest one lies.
    if slope(low) <= 0:
        return float(low)
    if slope(high) >= 0:
        return float(high)
    return float(optimize.brentq(slope, low, high, xtol=ENOUGH * top))


def _beyond(effect: Numbers, variance: Numbers, design: Matrix) -> float:
    """A value above which the restricted likelihood only falls.

    The slope is at most S / tau2^2 - (k - p) / (tau2 + the largest variance), where S is the
    unweighted sum of squared residuals.
    """
    residual = effect - design @ np.linalg.lstsq(design, effect, rcond=None)[0]
    squares, freedom = float(residual @ residual), len(effect) - design.shape[1]
    # Effects that are equal to the last digit leave only rounding error to search in.
    squares = max(squares, 1e-12 * float(variance.min()))
    root = sqrt(squares**2 + 4 * freedom * squares * float(variance.max()))
    found: float = (squares + root) / (2 * freedom)
    return found


def _likelihood(effect: Numbers, variance: Numbers, design: Matrix, grid: Numbers) -> Numbers:
    """The restricted log-likelihood at every value of the grid, up to a constant."""
    weight = 1 / (variance + grid[:, None])
    inner = np.einsum("ki,gk,kj->gij", design, weight, design)
    right = np.einsum("ki,gk,k->gi", design, weight, effect)
    fitted = np.einsum("ki,gi->gk", design, np.linalg.solve(inner, right[..., None])[..., 0])
    squares = (weight * (effect - fitted) ** 2).sum(axis=1)
    found = np.log(weight).sum(axis=1) - np.linalg.slogdet(inner)[1] - squares
    return np.asarray(found / 2, dtype=np.float64)


def profile_interval(effect: Numbers, variance: Numbers, design: Matrix) -> tuple[float, float]:
    """95% interval of tau squared by the Q-profile method.

    `effect` (k,), `variance` (k,), `design` (k, p). Viechtbauer (2007, Statistics in Medicine
    26:37). Returns (lower, upper).
    """
    freedom = len(effect) - design.shape[1]

    def bound(share: float) -> float:
        wanted = float(stats.chi2.ppf(share, freedom))

        def over(tau2: float) -> float:
            return weighted(effect, variance, design, tau2).residual - wanted

        if over(0.0) <= 0:
            return 0.0
        top = float(variance.max())
        while over(top) > 0:
            top *= 2
        return float(optimize.brentq(over, 0.0, top, xtol=1e-12))

    return bound(0.975), bound(0.025)


def typical_variance(effect: Numbers, variance: Numbers, design: Matrix) -> float:
    """The variance within a typical study, for I squared.

    `effect` (k,), `variance` (k,), `design` (k, p). Higgins and Thompson (2002, Statistics in
    Medicine 21:1539). Returns the variance.
    """
    at_zero = weighted(effect, variance, design, 0.0)
    return at_zero.freedom / float(np.trace(at_zero.projection))


def knapp_hartung(fit: Weighted, *, guarded: bool) -> float:
    """The factor on standard errors; `guarded` keeps it from falling below 1.

    Hartung and Knapp (2001, Statistics in Medicine 20:3875). Returns the factor. Raises Refusal
    without degrees of freedom.
    """
    if fit.freedom < 1:
        raise Refusal("more studies than coefficients are needed")
    factor = fit.residual / fit.freedom
    return sqrt(max(1.0, factor) if guarded else factor)


class RandomKeys(EffectKeys):
    """`interval: z` and `tau2: DL` are for replication; the others are ours."""

    tau2: Estimator = "REML"
    interval: Literal["hartung_knapp", "z"] = "hartung_knapp"

    @field_validator("tau2", mode="before")
    @classmethod
    def _in_capitals(cls, said: object) -> object:
        return said.upper() if isinstance(said, str) else said


def random_effects(keys: RandomKeys, table: pl.DataFrame | None) -> Result:
    """Random-effects average with its prediction interval, tau squared, I squared and Q.

    `table` (one row per study). Each study left out in turn is listed under `leave_one_out` of the
    diagnostics. Returns a Result on the scale of the measure. Raises Refusal with fewer than two
    studies.
    """
    effects = effects_of(keys, table_of(table))
    figures = random_effects_estimate(effects, keys)
    prediction = replace(studies_allow_a_prediction(effects.count), is_advice=True)
    gates = (studies_may_be_pooled(effects.count), prediction)
    values: dict[str, Value] = {**figures, **_spread(effects, keys), "k": effects.count}
    found = pooled_result(
        keys,
        "random_effects",
        f"random effects, tau squared by {keys.tau2}, interval by {_named(keys, effects)}",
        figures,
        values | _prediction(figures, effects, keys),
        gates=gates,
        notes=_notes(effects, keys),
    )
    found.diagnostics["leave_one_out"] = _leave_one_out(effects, keys)
    return found


def random_effects_estimate(effects: Effects, keys: RandomKeys) -> dict[str, float]:
    """Random-effects average of k effects.

    Returns estimate, se, ci_lo, ci_hi, p and tau2 by name. Raises Refusal with fewer than two
    studies.
    """
    if effects.count < 2:  # noqa: PLR2004 - one study cannot be pooled
        raise Refusal(f"{effects.count} studies with an effect: pooling needs two or more")
    one = np.ones((effects.count, 1))
    tau2 = tau_squared(effects.effect, effects.variance, one, keys.tau2)
    fit = weighted(effects.effect, effects.variance, one, tau2)
    error = float(np.sqrt(fit.covariance[0, 0]))
    if keys.interval == "hartung_knapp":
        # Effects that are equal to the last digit would give an interval of zero width.
        guarded = effects.count <= FEW or fit.residual < ENOUGH
        error *= knapp_hartung(fit, guarded=guarded)
    estimate = float(fit.coefficients[0])
    reach = _reach(keys, effects) * error
    return {
        "estimate": estimate,
        "se": error,
        "ci_lo": estimate - reach,
        "ci_hi": estimate + reach,
        "p": 2 * _tail(keys, effects, abs(estimate) / error),
        "tau2": tau2,
    }


def _reach(keys: RandomKeys, effects: Effects) -> float:
    return Z if keys.interval == "z" else float(stats.t.ppf(0.975, effects.count - 1))


def _tail(keys: RandomKeys, effects: Effects, statistic: float) -> float:
    if keys.interval == "z":
        return float(stats.norm.sf(statistic))
    return float(stats.t.sf(statistic, effects.count - 1))


def _spread(effects: Effects, keys: RandomKeys) -> dict[str, Value]:
    one = np.ones((effects.count, 1))
    tau2 = tau_squared(effects.effect, effects.variance, one, keys.tau2)
    low, high = profile_interval(effects.effect, effects.variance, one)
    within = typical_variance(effects.effect, effects.variance, one)
    common = pooled(effects)
    return {
        "tau2_lo": low,
        "tau2_hi": high,
        "I2_percent": 100 * tau2 / (tau2 + within),
        "Q": common["Q"],
        "Q_df": common["Q_df"],
        "p_Q": common["p_Q"],
        "common_effect_estimate": common["estimate"],
    }


def _prediction(figures: dict[str, float], effects: Effects, keys: RandomKeys) -> dict[str, Value]:
    """Where the effect of one more such study would fall; None with fewer than five."""
    names = ("pi_lo", "pi_hi")
    if not studies_allow_a_prediction(effects.count).passed:
        return dict.fromkeys(names)
    spread = float(np.sqrt(figures["tau2"] + figures["se"] ** 2)) * _reach(keys, effects)
    return {names[0]: figures["estimate"] - spread, names[1]: figures["estimate"] + spread}


def _leave_one_out(effects: Effects, keys: RandomKeys) -> dict[str, dict[str, float]]:
    if effects.count < FEW - 2:
        return {}
    return {
        label: random_effects_estimate(effects.without(row), keys)
        for row, label in enumerate(effects.labels)
    }


def _named(keys: RandomKeys, effects: Effects) -> str:
    if keys.interval == "z":
        return "the normal distribution, for replication"
    guard = ", its factor kept from below 1" if effects.count <= FEW else ""
    return f"Hartung and Knapp (2001), t with {effects.count - 1} degrees of freedom{guard}"


def _notes(effects: Effects, keys: RandomKeys) -> tuple[str, ...]:
    notes = [f"{label} had no event in either arm: no ratio" for label in effects.without_events]
    if effects.count <= FEW and keys.tau2 == "REML":
        notes.append(
            f"With {effects.count} studies the spread between them is hardly known: read the "
            "interval tau2_lo to tau2_hi before tau2."
        )
    return tuple(notes)


RANDOM_EFFECTS = Design(
    name="random_effects",
    keys=RandomKeys,
    run=random_effects,
    about="Pools effects of studies that differ; the interval and the prediction interval are "
    "ours, `interval: z` and `tau2: DL` are for replication.",
    example="""\
design: random_effects
title: Complaints in five shift trials
question: What is the average rate ratio, and where would one more trial fall?
keys:
  measure: log_rate_ratio
  outcome: Complaints
  is_randomised: true
  label: site
  from_rates:
    treated_events: treated
    treated_exposure: treated_hours
    control_events: control
    control_exposure: control_hours
inline:
  site: [east, north, south, west, centre, hills]
  treated: [12, 30, 9, 0, 44, 21]
  treated_hours: [40000, 90000, 35000, 5000, 120000, 61000]
  control: [20, 33, 11, 0, 40, 35]
  control_hours: [41000, 88000, 36000, 5200, 118000, 60500]
""",
    gives=Gives(
        values=(
            "estimate",
            "se",
            "ci_lo",
            "ci_hi",
            "p",
            "tau2",
            "tau2_lo",
            "tau2_hi",
            "I2_percent",
            "Q",
            "Q_df",
            "p_Q",
            "common_effect_estimate",
            "k",
            "pi_lo",
            "pi_hi",
        ),
        diagnostics=("leave_one_out",),
    ),
)
