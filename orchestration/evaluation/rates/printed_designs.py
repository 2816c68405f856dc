"""Designs of what was printed: a change from before to after, and an effect with its error."""

from math import inf, log, log1p
from typing import Literal

import polars as pl
from pydantic import Field, model_validator
from scipy import stats

from orchestration.evaluation.core import Design, Gives, Keys, Refusal, Result, Scale, Value
from orchestration.evaluation.rates.contrasts import (
    DETECTABLE,
    FEWEST_FOR_PER_CENT,
    LogRatio,
    log_rate_ratio,
    percent_fall,
)
from orchestration.evaluation.wording import CAUTION, Basis, describe_interval, plain

EVERYTHING = 100.0
BANNER = CAUTION["descriptive"].strip()
TOO_NARROW = (
    "The interval takes events to be independent of each other, which complaints and uses of force "
    "are not: it is too narrow. State the `dispersion`, or the Z that was printed."
)


class PublishedChangeKeys(Keys):
    """Figures (before, after): printed rates, counts, or both.

    `printed_z` is the statistic printed with the change: it says how far events vary, which two
    counts alone do not, so that the error is the log ratio over it.
    """

    rates: tuple[float, float] | None = None
    counts: tuple[int, int] | None = None
    exposure: tuple[float, float] = (1.0, 1.0)
    dispersion: float = Field(default=1.0, gt=0)
    printed_z: float | None = None

    @model_validator(mode="after")
    def _z_goes_the_way_of_the_counts(self) -> "PublishedChangeKeys":
        if self.printed_z is None:
            return self
        if self.counts is None or min(self.counts) == 0:
            raise ValueError("printed_z needs `counts` above zero")
        if self.printed_z * self._log_ratio <= 0:
            raise ValueError("printed_z has the sign of the change: a fall is below zero")
        return self

    @property
    def _log_ratio(self) -> float:
        if self.counts is None:
            return 0.0
        before, after = (c / e for c, e in zip(self.counts, self.exposure, strict=True))
        return log(after / before)

    @model_validator(mode="after")
    def _something(self) -> "PublishedChangeKeys":
        if self.rates is None and self.counts is None:
            raise ValueError("give `rates` or `counts`, each as [before, after]")
        return self


def change(keys: PublishedChangeKeys, _table: pl.DataFrame | None) -> Result:
    """How far a figure fell between two windows; counts have an interval, printed rates have none.

    Returns a Result in per cent of the figure before. Raises Refusal for a figure before that is
    not above zero.
    """
    values: dict[str, Value] = {}
    sentences: list[str] = []
    interval: tuple[float | None, float | None] = (None, None)
    if keys.rates is not None:
        values["percent_drop"] = percent_fall(*keys.rates)
        sentences.append(
            f"The printed rate went from {plain(keys.rates[0])} to {plain(keys.rates[1])}."
        )
    if keys.counts is not None:
        before, after = (c / e for c, e in zip(keys.counts, keys.exposure, strict=True))
        values["percent_drop_counts"] = percent_fall(before, after)
        sentences.append(f"{keys.counts[0]:,} events before, {keys.counts[1]:,} after.")
        interval = _interval(keys)
        values |= {"percent_drop_lo": interval[0], "percent_drop_hi": interval[1]}
    sentences.append(_in_per_cent(keys, values))
    return Result(
        design=CHANGE.name,
        measure="change between two windows, per cent of the first",
        scale=Scale.PERCENT_CHANGE,
        method=_method_of_change(keys),
        values=values,
        estimate=_change_of(_number(values.get("percent_drop_counts", values.get("percent_drop")))),
        interval_low=_change_of(interval[1]),
        interval_high=_change_of(interval[0]),
        is_randomised=False,
        is_over_time=True,
        notes=(BANNER, *_poisson_note(keys)),
        summary=" ".join([*sentences, BANNER]).replace("  ", " "),
    )


def _method_of_change(keys: PublishedChangeKeys) -> str:
    if keys.printed_z is not None:
        return f"ratio of counts, error from the printed Z of {plain(keys.printed_z, 4)}"
    return f"ratio of Poisson counts, dispersion {plain(keys.dispersion)}"


def _poisson_note(keys: PublishedChangeKeys) -> tuple[str, ...]:
    if keys.counts is None or keys.printed_z is not None or keys.dispersion > 1:
        return ()
    return (TOO_NARROW,)


def _change_of(fall: float | None) -> float | None:
    """A fall in per cent as a change, below 0."""
    return None if fall is None else -fall


def _interval(keys: PublishedChangeKeys) -> tuple[float | None, float | None]:
    counts = keys.counts
    if counts is None or min(counts) == 0:
        return None, None
    found = log_rate_ratio((counts[1], counts[0]), keys.exposure[::-1], keys.dispersion)
    if keys.printed_z is not None:
        found = LogRatio(found.log_ratio, found.log_ratio / keys.printed_z)
    low, high = found.interval()
    return 100 * (1 - high), 100 * (1 - low)


def _in_per_cent(keys: PublishedChangeKeys, values: dict[str, Value]) -> str:
    low, high = _number(values.get("percent_drop_lo")), _number(values.get("percent_drop_hi"))
    if keys.counts is None or keys.counts[0] < FEWEST_FOR_PER_CENT or low is None or high is None:
        return "No interval: the counts behind the figure are too few or were not given."
    interval = log1p(-high / 100) if high < EVERYTHING else -inf, log1p(-low / 100)
    return describe_interval("The count", interval, Scale.LOG_RATIO, "randomised", is_change=True)


def _number(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None


CHANGE = Design(
    "published_change",
    PublishedChangeKeys,
    change,
    "A change from before to after, from printed `rates`, `counts` or both: descriptive.",
    """\
design: published_change
title: Complaints before and during seven tests
question: By how much did recorded complaints fall?
keys: {rates: [1.20, 0.08], counts: [1539, 113]}
""",
    gives=Gives(
        sometimes=("percent_drop", "percent_drop_counts", "percent_drop_lo", "percent_drop_hi")
    ),
)


PrintedScale = Literal["standardised_difference", "log_ratio", "log_odds_ratio", "rate_difference"]


class PublishedKeys(Keys):
    """An effect as printed: with its error, and the heterogeneity printed with it.

    `scale` is that of the estimate and of its error; a ratio is given as its natural logarithm.
    """

    estimate: float
    standard_error: float = Field(gt=0)
    measure: str = "standardised mean difference d"
    scale: PrintedScale = "standardised_difference"
    outcome: str = "The outcome"
    level: float = Field(default=0.95, gt=0, lt=1)
    heterogeneity_q: float | None = Field(default=None, ge=0)
    heterogeneity_df: int | None = Field(default=None, ge=1)
    is_randomised: bool = False


def published_effect(keys: PublishedKeys, _table: pl.DataFrame | None) -> Result:
    """The interval of a printed effect, and the p-value of the printed heterogeneity.

    Returns a Result on the scale that the study names, with a normal interval. Raises Refusal where
    only one of Q and its degrees of freedom is given.
    """
    if (keys.heterogeneity_q is None) != (keys.heterogeneity_df is None):
        raise Refusal("heterogeneity needs both `heterogeneity_q` and `heterogeneity_df`")
    reach = float(stats.norm.isf((1 - keys.level) / 2)) * keys.standard_error
    low, high = keys.estimate - reach, keys.estimate + reach
    p_effect = float(2 * stats.norm.sf(abs(keys.estimate) / keys.standard_error))
    smallest, scale = DETECTABLE * keys.standard_error, Scale(keys.scale)
    basis: Basis = "randomised" if keys.is_randomised else "descriptive"
    values: dict[str, Value] = {"estimate": keys.estimate, "p": p_effect}
    values |= {"ci_lo": low, "ci_hi": high}
    if keys.heterogeneity_q is not None and keys.heterogeneity_df is not None:
        values["p_Q"] = float(stats.chi2.sf(keys.heterogeneity_q, keys.heterogeneity_df))
    return Result(
        design=PUBLISHED.name,
        measure=keys.measure,
        scale=scale,
        method="normal interval of the printed figure",
        values=values,
        estimate=keys.estimate,
        standard_error=keys.standard_error,
        interval_low=low,
        interval_high=high,
        p_value=p_effect,
        smallest_detectable=smallest,
        is_randomised=keys.is_randomised,
        summary="As published. "
        + describe_interval(keys.outcome, (low, high), scale, basis, smallest=smallest),
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
    gives=Gives(values=("estimate", "p", "ci_lo", "ci_hi"), sometimes=("p_Q",)),
)
