"""The common-effect average: the estimate if all studies measured the same effect."""

from math import sqrt

import polars as pl
from scipy import stats

from orchestration.evaluation.columns import table_of
from orchestration.evaluation.core import Design, Gives, Refusal, Result
from orchestration.evaluation.gates import studies_may_be_pooled
from orchestration.evaluation.meta_analysis.effects import (
    FOUR_TRIALS,
    EffectKeys,
    Effects,
    Z,
    effects_of,
    pooled_result,
    studies_agree,
)


def common_effect(keys: EffectKeys, table: pl.DataFrame | None) -> Result:
    """Inverse-variance average with a z interval, and Cochran's Q.

    `table` (one row per study). For replication: it assumes that every study measures the same
    effect, and its interval is too narrow wherever they differ. Returns a Result on the scale of
    the measure. Raises Refusal with fewer than two studies.
    """
    effects = effects_of(keys, table_of(table))
    figures = pooled(effects)
    return pooled_result(
        keys,
        "common_effect",
        "inverse-variance common-effect average (Cochran 1954)",
        figures,
        {**figures, "k": effects.count},
        gates=(
            studies_may_be_pooled(effects.count),
            studies_agree(figures["Q"], figures["Q_df"], figures["p_Q"]),
        ),
        notes=("Shown for replication: where studies differ, this interval is too narrow.",),
    )


def pooled(effects: Effects) -> dict[str, float]:
    """Inverse-variance average of k effects (Cochran 1954, Biometrics 10:101).

    Returns by name estimate, se, ci_lo and ci_hi (z), p, Q with its degrees of freedom and p.
    Raises Refusal with fewer than two studies.
    """
    if effects.count < 2:  # noqa: PLR2004 - one study cannot be pooled
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
        "Q_df": freedom,
        "p_Q": float(stats.chi2.sf(q, freedom)),
    }


COMMON_EFFECT = Design(
    name="common_effect",
    keys=EffectKeys,
    run=common_effect,
    about="Pools effects as if all studies measured the same effect; for replication.",
    example="""\
design: common_effect
title: Complaints in four shift trials
question: What is the common-effect average of the four rate ratios?
keys:
  measure: log_rate_ratio
"""
    + FOUR_TRIALS,
    gives=Gives(values=("estimate", "se", "ci_lo", "ci_hi", "p", "Q", "Q_df", "p_Q", "k")),
)
