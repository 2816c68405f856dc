"""The common-effect average: what one would see if all studies measured one and the same thing."""

from math import sqrt

import polars as pl
from scipy import stats

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.frame import Design, Gate, Refusal, Result
from orchestration.evaluation.synthesis.effects import (
    SCALES,
    EffectKeys,
    Effects,
    Z,
    effects_of,
)
from orchestration.evaluation.telling import basis_of, tell

ENOUGH_STUDIES = 3


def common_effect(keys: EffectKeys, table: pl.DataFrame | None) -> Result:
    """Inverse-variance average, z interval, and Cochran's Q.

    For replication: it takes every study for a measure of the same effect, and its interval is too
    narrow wherever they differ. Raises Refusal with fewer than two studies.
    """
    effects = effects_of(keys, table_of(table))
    figures = pooled(effects)
    interval = figures["ci_lo"], figures["ci_hi"]
    basis = basis_of(is_randomised=keys.is_randomised)
    return Result(
        design="common_effect",
        measure=keys.measure,
        method="inverse-variance common-effect average (Cochran 1954)",
        values={**figures, "k": effects.count},
        estimate=figures["estimate"],
        standard_error=figures["se"],
        interval_low=interval[0],
        interval_high=interval[1],
        p_value=figures["p"],
        gates=(enough_studies(effects),),
        is_randomised=keys.is_randomised,
        words=tell(keys.outcome, interval, SCALES[keys.measure], basis, unit=keys.unit),
        notes=("Shown for replication: where studies differ, this interval is too narrow.",),
    )


def pooled(effects: Effects) -> dict[str, float]:
    """Average, error, z interval, p, Q with its p; raises Refusal with fewer than two studies."""
    if effects.count < 2:  # noqa: PLR2004 - one study is no synthesis
        raise Refusal(f"{effects.count} studies with an effect: pooling needs two or more")
    weight = 1 / effects.variance
    estimate = float((weight * effects.effect).sum() / weight.sum())
    error = sqrt(1 / weight.sum())
    q = float((weight * (effects.effect - estimate) ** 2).sum())
    freedom = effects.count - 1
    return {
        "estimate": estimate,
        "se": error,
        "ci_lo": estimate - Z * error,
        "ci_hi": estimate + Z * error,
        "p": float(2 * stats.norm.sf(abs(estimate) / error)),
        "Q": q,
        f"p_Q_df{freedom}": float(stats.chi2.sf(q, freedom)),
    }


def enough_studies(effects: Effects) -> Gate:
    """An average is shown from three studies on."""
    return Gate(
        "three studies or more",
        passed=effects.count >= ENOUGH_STUDIES,
        reason=f"{effects.count} studies have an effect; an average is shown from "
        f"{ENOUGH_STUDIES} on",
    )


COMMON_EFFECT = Design(
    name="common_effect",
    keys=EffectKeys,
    run=common_effect,
    about="Pools effects as if all studies measured one and the same; for replication.",
    example="""\
design: common_effect
title: Complaints in four shift trials
question: What is the common-effect average of the four rate ratios?
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
  site: [east, north, south, west]
  treated: [12, 30, 9, 0]
  treated_hours: [40000, 90000, 35000, 5000]
  control: [20, 33, 11, 0]
  control_hours: [41000, 88000, 36000, 5200]
""",
)
