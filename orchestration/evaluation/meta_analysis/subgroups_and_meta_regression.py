"""Whether effects differ by kind of study: averages of subgroups, and regression on moderators.

Either is an association between studies, never more: nobody randomised the kind of study.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.columns import labels, numbers, table_of
from orchestration.evaluation.core import (
    Design,
    Gives,
    Refusal,
    Result,
    Rows,
    Scale,
    Value,
    require_variation,
)
from orchestration.evaluation.gates import studies_allow_a_moderator
from orchestration.evaluation.meta_analysis.common_effect_and_mantel_haenszel import pooled
from orchestration.evaluation.meta_analysis.effects import (
    EffectKeys,
    Effects,
    Z,
    effects_of,
    pooled_result,
    studies_agree,
)
from orchestration.evaluation.meta_analysis.random_effects import (
    Estimator,
    Matrix,
    Weighted,
    knapp_hartung,
    tau_squared,
    weighted,
)
from orchestration.evaluation.wording import CAUTION, plain


class SubgroupKeys(EffectKeys):
    """`subgroup` is the column that sorts studies; without it every row is a subgroup by itself.

    `studies` is the number of studies behind rows that are subgroups, as published.
    """

    subgroup: str | None = None
    studies: int | None = None


def subgroups(keys: SubgroupKeys, table: pl.DataFrame | None) -> Result:
    """Common-effect average of all studies, of each subgroup, and the Q between subgroups.

    `table` (one row per study). Studies are seldom randomised to subgroups, so a difference between
    subgroups is an association even among trials. Returns a Result with a row per subgroup in its
    tables. Raises Refusal with fewer than two subgroups, and for a subgroup without events.
    """
    table = table_of(table)
    groups, inner = _groups(keys, table)
    overall = pooled(groups)
    values: dict[str, Value] = {
        **{name: overall[name] for name in ("estimate", "se", "ci_lo", "ci_hi", "p")},
        "Q_between": overall["Q"],
        "Q_df": overall["Q_df"],
        "p_Q": overall["p_Q"],
        "k": groups.count,
    }
    return pooled_result(
        keys,
        "subgroups",
        "inverse-variance common-effect averages, Q between subgroups (Cochran 1954)",
        overall,
        values,
        tables={"subgroups": inner},
        gates=(
            studies_allow_a_moderator(keys.studies or table.height),
            studies_agree(overall["Q"], overall["Q_df"], overall["p_Q"], "subgroups"),
        ),
        notes=("Studies were not randomised to subgroups: differences are associations.",),
    )


def _groups(keys: SubgroupKeys, table: pl.DataFrame) -> tuple[Effects, Rows]:
    if keys.subgroup is None:
        effects = effects_of(keys, table)
        return effects, _rows(effects)
    names = np.array(labels(table, keys.subgroup))
    averages = []
    for name in sorted(set(names)):
        within = effects_of(keys, table.filter(pl.Series(names == name)))
        if within.count == 0:
            raise Refusal(f"subgroup {name!r} has no study with an event: leave it out")
        figures = pooled(within) if within.count > 1 else _alone(within)
        averages.append((name, figures["estimate"], figures["se"] ** 2))
    each, effect, variance = zip(*averages, strict=True)
    effects = Effects(each, np.array(effect), np.array(variance))
    return effects, _rows(effects)


def _rows(effects: Effects) -> Rows:
    """Name, estimate and standard error of every subgroup."""
    return [
        {"subgroup": name, "estimate": float(effect), "se": float(variance) ** 0.5}
        for name, effect, variance in zip(
            effects.labels, effects.effect, effects.variance, strict=True
        )
    ]


def _alone(effects: Effects) -> dict[str, float]:
    return {"estimate": float(effects.effect[0]), "se": float(effects.variance[0]) ** 0.5}


SUBGROUPS = Design(
    name="subgroups",
    keys=SubgroupKeys,
    run=subgroups,
    about="Pools effects within subgroups and tests whether the subgroups differ.",
    example="""\
design: subgroups
title: Force in ten shift trials, by how the protocol was kept
question: Do the three published subgroups differ?
keys:
  measure: standardised_difference
  outcome: Use of force
  is_randomised: true
  studies: 10
  label: compliance
  from_effects: {effect: d, standard_error: se}
inline:
  compliance: [high, in neither arm, in control only]
  d: [-0.346, 0.009, 0.392]
  se: [0.137, 0.070, 0.130]
""",
    gives=Gives(
        values=("estimate", "se", "ci_lo", "ci_hi", "p", "Q_between", "Q_df", "p_Q", "k"),
        tables={"subgroups": ("subgroup", "estimate", "se")},
    ),
)


class RegressionKeys(EffectKeys):
    """`moderators` are numeric columns, one value per study."""

    moderators: list[str] = Field(min_length=1)
    tau2: Estimator = "REML"


def meta_regression(keys: RegressionKeys, table: pl.DataFrame | None) -> Result:
    """Mixed-effects regression of effects on moderators of the studies.

    `table` (one row per study). Both errors are given: those of the normal distribution
    (`se_slope_z`) and Hartung and Knapp's, which the interval uses. Returns a Result on the scale
    of the slope. Raises Refusal where moderators are collinear, a study has no events, or the
    studies are too few for the coefficients.
    """
    table = table_of(table)
    effects = effects_of(keys, table)
    design = _design_matrix(keys, table, effects)
    tau2 = tau_squared(effects.effect, effects.variance, design, keys.tau2)
    fit = weighted(effects.effect, effects.variance, design, tau2)
    factor = knapp_hartung(fit, guarded=False)
    values = _values(fit, factor) | {"tau2": tau2, "k": effects.count}
    slope, error = values["slope"], require_variation(values["se_slope"])
    gate = studies_allow_a_moderator(effects.count)
    return Result(
        design="meta_regression",
        measure=f"change of {keys.measure} per unit of {keys.moderators[0]}",
        scale=Scale.SLOPE,
        method=f"mixed-effects meta-regression, tau squared by {keys.tau2}, interval by Hartung "
        f"and Knapp (2001), t with {fit.freedom} degrees of freedom",
        values={**values},
        tables={"moderators": _slopes(keys.moderators, fit, factor)},
        estimate=slope,
        standard_error=error,
        interval_low=slope - _t(fit) * error,
        interval_high=slope + _t(fit) * error,
        p_value=float(2 * stats.t.sf(abs(slope) / error, fit.freedom)),
        gates=(gate,),
        is_randomised=False,
        summary=_words(keys, slope, _t(fit) * error, gate.reason if not gate.passed else ""),
    )


def _design_matrix(keys: RegressionKeys, table: pl.DataFrame, effects: Effects) -> Matrix:
    if effects.without_events:
        raise Refusal(f"no event in either arm of {effects.without_events[0]}: leave that row out")
    columns = [numbers(table, name)[list(effects.rows)] for name in keys.moderators]
    design = np.column_stack([np.ones(effects.count), *columns])
    if design.shape[0] <= design.shape[1]:
        raise Refusal(
            f"{effects.count} studies cannot carry {design.shape[1]} coefficients: name fewer"
        )
    scaled = design / np.maximum(np.abs(design).max(axis=0), np.finfo(float).tiny)
    if np.linalg.matrix_rank(scaled) < design.shape[1]:
        raise Refusal(
            "the moderators are constant or one follows from the others: "
            + ", ".join(keys.moderators)
        )
    return design


def _values(fit: Weighted, factor: float) -> dict[str, float]:
    errors = np.sqrt(np.diag(fit.covariance))
    slopes = fit.coefficients[1:]
    explained = float(slopes @ np.linalg.solve(fit.covariance[1:, 1:], slopes))
    return {
        "intercept": float(fit.coefficients[0]),
        "se_intercept_z": float(errors[0]),
        "slope": float(slopes[0]),
        "se_slope": float(errors[1] * factor),
        "se_slope_z": float(errors[1]),
        "ci_lo_slope_z": float(slopes[0] - Z * errors[1]),
        "ci_hi_slope_z": float(slopes[0] + Z * errors[1]),
        "QM": explained,
        "p_QM": float(stats.chi2.sf(explained, len(slopes))),
        "QE_weighted": fit.residual,
    }


def _slopes(moderators: Sequence[str], fit: Weighted, factor: float) -> Rows:
    """Slope of every moderator with both of its errors."""
    errors = np.sqrt(np.diag(fit.covariance))
    return [
        {
            "moderator": name,
            "slope": float(fit.coefficients[place]),
            "se_slope": float(errors[place] * factor),
            "se_slope_z": float(errors[place]),
        }
        for place, name in enumerate(moderators, start=1)
    ]


def _t(fit: Weighted) -> float:
    return float(stats.t.ppf(0.975, fit.freedom))


def _words(keys: RegressionKeys, slope: float, reach: float, too_few: str) -> str:
    of = f"{keys.outcome} by {', '.join(keys.moderators)}"
    if too_few:
        return f"{of}: too few studies for a slope ({too_few}). Plot them, without a line."
    ends = f"{plain(slope - reach)} to {plain(slope + reach)}"
    slope_in_words = (
        f"{ends} per unit"
        if abs(slope) > reach
        else f"we could not tell; anything from {ends} per unit"
    )
    return f"{of}: {slope_in_words}. An association among studies.{CAUTION['descriptive']}"


META_REGRESSION = Design(
    name="meta_regression",
    keys=RegressionKeys,
    run=meta_regression,
    about="Sets effects of studies against numbers known of each study.",
    example="""\
design: meta_regression
title: Force and activation in ten invented trials
question: Do trials that filmed more differ from those that filmed less?
keys:
  measure: log_rate_ratio
  outcome: Use of force
  from_effects: {effect: log_ratio, standard_error: se}
  moderators: [activation]
inline:
  log_ratio: [-0.30, -0.21, -0.10, 0.02, 0.11, 0.15, -0.25, 0.05, -0.02, 0.20]
  se: [0.12, 0.10, 0.15, 0.09, 0.11, 0.20, 0.14, 0.10, 0.13, 0.16]
  activation: [0.95, 0.90, 0.80, 0.60, 0.45, 0.40, 0.92, 0.55, 0.65, 0.30]
""",
    gives=Gives(
        values=(
            "intercept",
            "se_intercept_z",
            "slope",
            "se_slope",
            "se_slope_z",
            "ci_lo_slope_z",
            "ci_hi_slope_z",
            "QM",
            "p_QM",
            "QE_weighted",
            "tau2",
            "k",
        ),
        tables={"moderators": ("moderator", "slope", "se_slope", "se_slope_z")},
    ),
)
