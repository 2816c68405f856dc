"""Designs of contrasts between two groups of events: counted, printed, or a change over time.

A ratio is stated with its counts, and without a per cent where the base has few events.
"""

from math import inf, log, log1p
from typing import Literal

import polars as pl
from pydantic import Field, model_validator
from scipy import stats

from orchestration.evaluation.core import Design, Gate, Gives, Keys, Refusal, Result, Value
from orchestration.evaluation.difference import DETECTABLE
from orchestration.evaluation.interval_wording import CAUTION, Basis, describe_interval, plain
from orchestration.evaluation.rates import contrasts, exact
from orchestration.evaluation.rates.contrasts import LogRatio, log_rate_ratio, percent_fall
from orchestration.evaluation.rates.exact_power import smallest_fall
from orchestration.evaluation.scale import Scale

EVERYTHING = 100.0
#: Fewer events than this in the group compared with, and a change in per cent misleads.
FEWEST_FOR_PER_CENT = 20
FEWEST_EVENTS = 10
PAIRS = {"arms": ("treated", "control"), "before_after": ("after", "before")}
BANNER = CAUTION["descriptive"].strip()
TOO_NARROW = (
    "The interval takes events to be independent of each other, which complaints and uses of force "
    "are not: it is too narrow. State the `dispersion`, or the Z that was printed."
)


def ratio_in_words(
    outcome: str, counts: str, limits: tuple[float, float | None], base: float, basis: Basis
) -> str:
    """Describe the limits of a ratio of rates.

    `counts` is the opening sentence; `base` is the number of events compared with. Returns the
    sentences: a change in per cent from 20 events at the base, below that the limits of the ratio
    itself.
    """
    low, high = limits
    if base < FEWEST_FOR_PER_CENT:
        top = "any number of" if high is None else plain(high)
        few = f"{counts} Too few events for a change in per cent: {outcome} lay between "
        return f"{few}{plain(low)} and {top} times the rate compared with.{CAUTION[basis]}"
    interval = log(low) if low > 0 else -inf, inf if high is None else log(high)
    return f"{counts} {describe_interval(outcome, interval, Scale.LOG_RATIO, basis)}"


def detectable_in_words(expected: float, fall: float | None) -> str:
    """Describe what a comparison could have detected.

    `fall` is the smallest fall (0 to 1) detectable with 80% power, None where not even a fall of
    everything is. Returns the sentences.
    """
    opening = f"About {expected:,.0f} events were to be expected without cameras."
    if fall is None:
        return f"{opening} Even their complete absence might well have been missed."
    return (
        f"{opening} Only a fall of {100 * fall:.0f}% or more would have been found with 80% "
        "power. Not finding one does not mean that there was none."
    )


def holds_no_change(limits: tuple[float, float | None]) -> bool:
    """Whether the limits of a ratio hold 1; without an upper one they hold all above the lower.

    Returns true where no change fits.
    """
    low, high = limits
    return low <= 1 and (high is None or high >= 1)


class RateRatioKeys(Keys):
    """Events and exposure of (treated, control), or of (after, before)."""

    events: tuple[int, int]
    exposure: tuple[float, float] = (1.0, 1.0)
    contrast: str = Field(default="arms", pattern="^(arms|before_after)$")
    is_randomised: bool = False
    level: float = Field(default=0.95, gt=0, lt=1)


def event_gates(events: tuple[int, int]) -> tuple[Gate, ...]:
    """Gates on the events of (first, second): 10 for a comparison, 20 at the base for a per cent.

    Returns both gates in that order.
    """
    total = sum(events)
    return (
        Gate(
            "enough events for a comparison",
            total >= FEWEST_EVENTS,
            f"{total:,} events in all; a p-value is shown from {FEWEST_EVENTS}",
        ),
        Gate(
            "enough events for a change in per cent",
            events[1] >= FEWEST_FOR_PER_CENT,
            f"{events[1]:,} events at the base; a change in per cent is shown from "
            f"{FEWEST_FOR_PER_CENT}",
        ),
    )


def rate_ratio(keys: RateRatioKeys, _table: pl.DataFrame | None) -> Result:
    """Ratio of the first rate to the second, exact given the sum of events.

    Returns a Result on the ratio scale. Raises Refusal as `exact.rate_ratio` does.
    """
    found = exact.rate_ratio(keys.events, keys.exposure, keys.level)
    gates = event_gates(keys.events)
    control = float(max(keys.events[1], 1))
    fall = smallest_fall(control, keys.exposure[0] / sum(keys.exposure))
    expected = control * keys.exposure[0] / keys.exposure[1]
    is_drawn = keys.is_randomised and keys.contrast == "arms"
    basis: Basis = "randomised" if is_drawn else "descriptive"
    first, second = PAIRS[keys.contrast]
    counts = f"{keys.events[0]:,} events {first}, {keys.events[1]:,} {second}."
    summary = ratio_in_words(f"The rate {first}", counts, found.limits, keys.events[1], basis)
    return Result(
        design=RATE_RATIO.name,
        measure=f"rate ratio, {first} over {second}",
        scale=Scale.RATIO,
        method="exact given the sum of events (binomial; Clopper and Pearson 1934)",
        values={
            "rate_ratio": found.value,
            "ci_lo": found.low,
            "ci_hi": found.high,
            "p": found.p_value,
            "smallest_detectable_fall": fall,
        },
        estimate=found.value,
        interval_low=found.low,
        interval_high=found.high,
        p_value=found.p_value if gates[0].passed else None,
        smallest_detectable=None if fall is None else 1 - fall,
        gates=gates,
        is_randomised=is_drawn,
        is_over_time=keys.contrast == "before_after",
        summary=f"{summary} {detectable_in_words(expected, fall)}"
        if holds_no_change(found.limits)
        else summary,
    )


class RelativeKeys(Keys):
    """Counts (before, after) of a treated group and of another, over equal windows."""

    treated: tuple[int, int]
    control: tuple[int, int]
    dispersion: float = Field(default=1.0, gt=0)


def relative_rate_ratio(keys: RelativeKeys, _table: pl.DataFrame | None) -> Result:
    """Change of the treated group over the change of the others (a ratio of rate ratios).

    Returns a Result on the log scale. Raises Refusal as `contrasts.relative_rate_ratio` does.
    """
    found = contrasts.relative_rate_ratio(keys.treated, keys.control, keys.dispersion)
    low, high = found.interval()
    counts = (
        f"Treated: {keys.treated[0]:,} before, {keys.treated[1]:,} after; others: "
        f"{keys.control[0]:,} before, {keys.control[1]:,} after."
    )
    base = min(*keys.treated, *keys.control)
    summary = ratio_in_words(
        "The rate set against the others", counts, (low, high), base, "compared"
    )
    return Result(
        design=RELATIVE.name,
        measure="log relative rate ratio: (after/before treated) over (after/before others)",
        scale=Scale.LOG_RATIO,
        method="interaction of a saturated Poisson model, dispersion "
        f"{plain(keys.dispersion)} (Wilson)",
        values={
            "relative_rate_ratio": found.ratio,
            "relative_rate_ratio_lo": low,
            "relative_rate_ratio_hi": high,
            "log_ratio": found.log_ratio,
            "se_log_ratio": found.standard_error,
            "p": found.p_value,
        },
        estimate=found.log_ratio,
        standard_error=found.standard_error,
        interval_low=log(low),
        interval_high=log(high),
        p_value=found.p_value,
        is_randomised=False,
        summary=summary,
    )


RATE_RATIO = Design(
    "rate_ratio",
    RateRatioKeys,
    rate_ratio,
    "Two counts over two exposures (treated, control), or (after, before): exact ratio.",
    """\
design: rate_ratio
title: Use of force by shift
question: Was force rarer on shifts with cameras?
keys: {events: [8, 17], exposure: [489, 499], is_randomised: true}
""",
    gives=Gives(values=("rate_ratio", "ci_lo", "ci_hi", "p", "smallest_detectable_fall")),
)


RELATIVE = Design(
    "relative_rate_ratio",
    RelativeKeys,
    relative_rate_ratio,
    "Change of a treated group over that of another, from four counts (before, after).",
    """\
design: relative_rate_ratio
title: Complaints in equipped and other areas
question: Did complaints change more where cameras came?
keys: {treated: [240, 180], control: [300, 290], dispersion: 2.2}
""",
    gives=Gives(
        values=(
            "relative_rate_ratio",
            "relative_rate_ratio_lo",
            "relative_rate_ratio_hi",
            "log_ratio",
            "se_log_ratio",
            "p",
        )
    ),
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
