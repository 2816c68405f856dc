"""The average over studies that differ: restricted likelihood, Hartung-Knapp, prediction."""

from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl
from pydantic import field_validator
from scipy import stats

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result, Value
from orchestration.evaluation.gates import studies_allow_a_prediction, studies_may_be_pooled
from orchestration.evaluation.meta_analysis.common_effect import pooled
from orchestration.evaluation.meta_analysis.effects import (
    EffectKeys,
    Effects,
    Z,
    effects_of,
    pooled_result,
)
from orchestration.evaluation.meta_analysis.heterogeneity import (
    ENOUGH,
    Estimator,
    knapp_hartung,
    profile_interval,
    tau_squared,
    typical_variance,
    weighted,
)

#: With so few studies the Hartung-Knapp factor may fall below 1 by chance: it is floored at 1.
FEW = 5


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
