"""Designs of contrasts between two groups of events: two rates, or two changes.

A ratio is stated with its counts, and without a per cent where the base has few events.
"""

from math import inf, log

import polars as pl
from pydantic import Field

from orchestration.evaluation.core import Design, Gate, Gives, Keys, Result
from orchestration.evaluation.interval_wording import CAUTION, Basis, describe_interval, plain
from orchestration.evaluation.rates import contrasts, exact
from orchestration.evaluation.rates.exact_power import smallest_fall
from orchestration.evaluation.scale import Scale

#: With fewer events in the reference group, a change in per cent is misleading.
FEWEST_FOR_PER_CENT = 20
FEWEST_EVENTS = 10
PAIRS = {"arms": ("treated", "control"), "before_after": ("after", "before")}


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
    """Whether the limits of a ratio hold 1; without an upper limit, whether the lower is at most 1.

    Returns true where the data are compatible with no change.
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
