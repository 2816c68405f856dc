"""Averages under one common effect: by inverse variance, and Mantel-Haenszel over strata.

Both give the estimate if all studies measured the same effect. Mantel-Haenszel works from counts,
so that every site counts, those without events too.
"""

from math import sqrt

import numpy as np
import polars as pl
from pydantic import model_validator
from scipy import stats

from orchestration.evaluation.columns import (
    Numbers,
    counts,
    labels,
    numbers,
    row_as_given,
    table_of,
)
from orchestration.evaluation.core import Design, Gate, Gives, Keys, Refusal, Result, Scale
from orchestration.evaluation.gates import rate_may_be_shown, studies_may_be_pooled
from orchestration.evaluation.meta_analysis.effects import (
    FOUR_TRIALS,
    EffectKeys,
    Effects,
    FromCounts,
    FromRates,
    Z,
    effects_of,
    pooled_result,
    studies_agree,
)
from orchestration.evaluation.wording import basis_of, describe_interval


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


class StrataKeys(Keys):
    """Events in two arms per stratum, with exposure (`from_rates`) or people (`from_counts`)."""

    outcome: str
    from_rates: FromRates | None = None
    from_counts: FromCounts | None = None
    label: str | None = None
    is_randomised: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> "StrataKeys":
        if (self.from_rates is None) == (self.from_counts is None):
            raise ValueError("give one of from_rates and from_counts")
        return self


def mantel_haenszel(keys: StrataKeys, table: pl.DataFrame | None) -> Result:
    """Mantel-Haenszel ratio and difference over strata, each with its interval.

    `table` (one row per stratum). Rates: Greenland and Robins (1985, Biometrics 41:55) for the
    variances of the rate ratio and of the rate difference. Counts: the same authors for the risk
    ratio and the risk difference, Robins, Breslow and Greenland (1986, Biometrics 42:311) for the
    odds ratio. Strata without events do not enter the ratio and stay in the difference. Returns a
    Result on the log scale. Raises Refusal without any event, with events in one arm only, and for
    an arm without exposure.
    """
    table = table_of(table)
    a, x, c, y = _cells(keys, table)
    if min(a.sum(), c.sum()) == 0:
        raise Refusal("no event in one arm of all strata: a ratio has no value, and no interval")
    values = _rates(a, x, c, y) if keys.from_rates else _counts(a, x, c, y)
    names = labels(table, keys.label) if keys.label else [str(n) for n in range(1, len(a) + 1)]
    empty = sorted(name for name, events in zip(names, a + c, strict=True) if events == 0)
    gates = (studies_may_be_pooled(len(a)), rate_may_be_shown(float((a + c).sum())))
    return _result(keys, values | {"strata": len(a)}, gates, empty)


def _result(
    keys: StrataKeys, values: dict[str, float], gates: tuple[Gate, ...], empty: list[str]
) -> Result:
    ratio, error = values["log_ratio"], values["se"]
    interval = ratio - Z * error, ratio + Z * error
    kind = "rate_ratio" if keys.from_rates else "risk_ratio"
    basis = basis_of(is_randomised=keys.is_randomised)
    ends = {
        f"{kind}_lo": float(np.exp(interval[0])),
        f"{kind}_hi": float(np.exp(interval[1])),
    }
    return Result(
        design="mantel_haenszel",
        measure=f"log_{kind}",
        scale=Scale.LOG_RATIO,
        method="Mantel-Haenszel, variances of Greenland and Robins (1985)",
        values={**values, kind: float(np.exp(ratio)), **ends},
        estimate=ratio,
        standard_error=error,
        interval_low=interval[0],
        interval_high=interval[1],
        p_value=float(2 * stats.norm.sf(abs(ratio) / error)),
        gates=gates,
        is_randomised=keys.is_randomised,
        summary=describe_interval(keys.outcome, interval, Scale.LOG_RATIO, basis),
        notes=tuple(f"{name} had no event: in the difference, not in the ratio" for name in empty),
    )


def _cells(keys: StrataKeys, table: pl.DataFrame) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Events and exposure (or people) of the two arms; people are events and others together."""
    given = [str(name) for name in vars(keys.from_rates or keys.from_counts).values()]
    a, c = counts(table, given[0]), counts(table, given[2])
    if keys.from_rates:
        return a, numbers(table, given[1], above=0), c, numbers(table, given[3], above=0)
    x, y = a + counts(table, given[1]), c + counts(table, given[3])
    for people, name in ((x, given[1]), (y, given[3])):
        if not (people > 0).all():
            row = row_as_given(table, int(np.argmin(people > 0)))
            raise Refusal(f"column {name!r}, row {row}: nobody is at risk in this arm")
    return a, x, c, y


def _rates(a: Numbers, x: Numbers, c: Numbers, y: Numbers) -> dict[str, float]:
    total = x + y
    r, s = _sum(a * y / total), _sum(c * x / total)
    weight = x * y / total
    difference = _sum(weight * (a / x - c / y)) / _sum(weight)
    spread = _sum(weight**2 * (a / x**2 + c / y**2)) / _sum(weight) ** 2
    return {
        "log_ratio": float(np.log(r / s)),
        "se": sqrt(_sum((a + c) * x * y / total**2) / (r * s)),
        "rate_difference": difference,
        "se_rate_difference": sqrt(spread),
    }


def _counts(a: Numbers, n: Numbers, c: Numbers, m: Numbers) -> dict[str, float]:
    total = n + m
    r, s = _sum(a * m / total), _sum(c * n / total)
    within = _sum((n * m * (a + c) - a * c * total) / total**2)
    weight = n * m / total
    difference = _sum(weight * (a / n - c / m)) / _sum(weight)
    spread = _sum(a * (n - a) * m**3 + c * (m - c) * n**3, over=n * m * total**2)
    return {
        "log_ratio": float(np.log(r / s)),
        "se": sqrt(within / (r * s)),
        "risk_difference": difference,
        "se_risk_difference": sqrt(spread) / _sum(weight),
        **_odds(a, n - a, c, m - c),
    }


def _odds(a: Numbers, b: Numbers, c: Numbers, d: Numbers) -> dict[str, float]:
    """The odds ratio; where either product is zero it has no value and is left out."""
    total = a + b + c + d
    good, bad = a * d / total, b * c / total
    if not (_sum(good) and _sum(bad)):
        return {}
    p, q = (a + d) / total, (b + c) / total
    variance = (
        _sum(p * good) / (2 * _sum(good) ** 2)
        + _sum(p * bad + q * good) / (2 * _sum(good) * _sum(bad))
        + _sum(q * bad) / (2 * _sum(bad) ** 2)
    )
    odds = _sum(good) / _sum(bad)
    return {
        "odds_ratio": odds,
        "log_odds_ratio": float(np.log(odds)),
        "se_log_odds_ratio": sqrt(variance),
    }


def _sum(terms: Numbers, over: Numbers | float = 1.0) -> float:
    """A sum that does not depend on the order of the strata: of terms sorted by size."""
    return float(np.sort(terms / over).sum())


MANTEL_HAENSZEL = Design(
    name="mantel_haenszel",
    keys=StrataKeys,
    run=mantel_haenszel,
    about="Averages a ratio and a difference over sites; sites without events stay in the latter.",
    example="""\
design: mantel_haenszel
title: Complaints in four shift trials
question: What is the rate ratio over the sites, the one without complaints kept apart?
keys:
"""
    + FOUR_TRIALS,
    gives=Gives(
        values=("log_ratio", "se", "strata"),
        sometimes=(
            "rate_difference",
            "se_rate_difference",
            "rate_ratio",
            "rate_ratio_lo",
            "rate_ratio_hi",
            "risk_difference",
            "se_risk_difference",
            "risk_ratio",
            "risk_ratio_lo",
            "risk_ratio_hi",
            "odds_ratio",
            "log_odds_ratio",
            "se_log_odds_ratio",
        ),
    ),
)
