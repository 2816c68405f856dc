"""The design of one effect as printed: its interval, and the heterogeneity printed beside it."""

import polars as pl
from pydantic import Field
from scipy import stats

from orchestration.evaluation.difference import DETECTABLE
from orchestration.evaluation.frame import Design, Keys, Refusal, Result, Value
from orchestration.evaluation.telling import Basis, tell


class PublishedKeys(Keys):
    """An effect as printed: with its error, and the heterogeneity printed beside it."""

    estimate: float
    standard_error: float = Field(gt=0)
    measure: str = "standardised mean difference d"
    outcome: str = "The outcome"
    level: float = Field(default=0.95, gt=0, lt=1)
    heterogeneity_q: float | None = Field(default=None, ge=0)
    heterogeneity_df: int | None = Field(default=None, ge=1)
    is_randomised: bool = False


def published_effect(keys: PublishedKeys, _table: pl.DataFrame | None) -> Result:
    """The interval of a printed effect, and the p-value of the printed heterogeneity."""
    if (keys.heterogeneity_q is None) != (keys.heterogeneity_df is None):
        raise Refusal("heterogeneity needs both `heterogeneity_q` and `heterogeneity_df`")
    reach = float(stats.norm.isf((1 - keys.level) / 2)) * keys.standard_error
    low, high = keys.estimate - reach, keys.estimate + reach
    p_effect = float(2 * stats.norm.sf(abs(keys.estimate) / keys.standard_error))
    smallest = DETECTABLE * keys.standard_error
    basis: Basis = "randomised" if keys.is_randomised else "descriptive"
    values: dict[str, Value] = {"estimate": keys.estimate, "p_effect": p_effect}
    values |= {"ci_lo": low, "ci_hi": high}
    if keys.heterogeneity_q is not None and keys.heterogeneity_df is not None:
        values["p"] = float(stats.chi2.sf(keys.heterogeneity_q, keys.heterogeneity_df))
    return Result(
        design=PUBLISHED.name,
        measure=keys.measure,
        method="normal interval of the printed figure",
        values=values,
        estimate=keys.estimate,
        standard_error=keys.standard_error,
        interval_low=low,
        interval_high=high,
        p_value=p_effect,
        smallest_detectable=smallest,
        is_randomised=keys.is_randomised,
        words="As published. "
        + tell(keys.outcome, (low, high), "standardised", basis, smallest=smallest),
    )


PUBLISHED = Design(
    "published_effect",
    PublishedKeys,
    published_effect,
    "An effect as printed, with its error: its interval, and p of a printed heterogeneity.",
    """\
design: published_effect
title: Seven tests of complaints, arms compared
question: What does the printed contrast of arms allow?
keys:
  outcome: Complaints
  estimate: 0.053
  standard_error: 0.11
  heterogeneity_q: 4.905
  heterogeneity_df: 5
  is_randomised: true
""",
)
