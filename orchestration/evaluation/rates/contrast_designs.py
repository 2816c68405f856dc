"""Designs of contrasts between two groups of events, counted or as published."""

import polars as pl
from pydantic import Field

from orchestration.evaluation.frame import Design, Gate, Keys, Result
from orchestration.evaluation.planning.exact_power import smallest_fall
from orchestration.evaluation.rates import contrasts, exact
from orchestration.evaluation.rates.words import (
    FEWEST_FOR_PER_CENT,
    detectable_in_words,
    ratio_in_words,
)
from orchestration.evaluation.telling import Basis

FEWEST_EVENTS = 10
PAIRS = {"arms": ("treated", "control"), "before_after": ("after", "before")}


class RateRatioKeys(Keys):
    """Events and exposure of (treated, control), or of (after, before)."""

    events: tuple[int, int]
    exposure: tuple[float, float] = (1.0, 1.0)
    contrast: str = Field(default="arms", pattern="^(arms|before_after)$")
    is_randomised: bool = False
    level: float = Field(default=0.95, gt=0, lt=1)


def event_gates(events: tuple[int, int]) -> tuple[Gate, ...]:
    """Rules 4.3 on the number of events: 10 for a comparison, 20 at the base for per cent."""
    total = sum(events)
    return (
        Gate(
            "events_for_a_comparison",
            total >= FEWEST_EVENTS,
            f"{total} events in all; a p-value is shown from {FEWEST_EVENTS}",
        ),
        Gate(
            "events_for_a_per_cent",
            events[1] >= FEWEST_FOR_PER_CENT,
            f"{events[1]} events at the base; a change in per cent is shown from "
            f"{FEWEST_FOR_PER_CENT}",
        ),
    )


def rate_ratio(keys: RateRatioKeys, _table: pl.DataFrame | None) -> Result:
    """The first rate over the second, exact given their sum."""
    found = exact.rate_ratio(keys.events, keys.exposure, keys.level)
    gates = event_gates(keys.events)
    expected = float(max(keys.events[1], 1))
    fall = smallest_fall(expected, keys.exposure[0] / sum(keys.exposure))
    is_drawn = keys.is_randomised and keys.contrast == "arms"
    basis: Basis = "randomised" if is_drawn else "descriptive"
    first, second = PAIRS[keys.contrast]
    counts = f"{keys.events[0]:,} events {first}, {keys.events[1]:,} {second}."
    told = ratio_in_words(f"The rate {first}", counts, found.limits, keys.events[1], basis)
    return Result(
        design=RATE_RATIO.name,
        measure=f"rate ratio, {first} over {second}",
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
        smallest_detectable=fall,
        gates=gates,
        is_randomised=is_drawn,
        words=f"{told} {detectable_in_words(expected, fall)}",
    )


class RelativeKeys(Keys):
    """Counts (before, after) of a treated group and of another, over equal windows."""

    treated: tuple[int, int]
    control: tuple[int, int]
    dispersion: float = Field(default=1.0, gt=0)


def relative_rate_ratio(keys: RelativeKeys, _table: pl.DataFrame | None) -> Result:
    """How the change of the treated compares with the change of the others."""
    found = contrasts.relative_rate_ratio(keys.treated, keys.control, keys.dispersion)
    low, high = found.interval()
    counts = (
        f"Treated: {keys.treated[0]:,} before, {keys.treated[1]:,} after; others: "
        f"{keys.control[0]:,} before, {keys.control[1]:,} after."
    )
    base = min(*keys.treated, *keys.control)
    told = ratio_in_words("The rate set against the others", counts, (low, high), base, "compared")
    return Result(
        design=RELATIVE.name,
        measure="relative rate ratio: (after/before treated) over (after/before others)",
        method=f"interaction of a saturated Poisson model, dispersion {keys.dispersion:g} (Wilson)",
        values={
            "rirr": found.ratio,
            "log_rirr": found.log_ratio,
            "se": found.standard_error,
            "ci_lo": low,
            "ci_hi": high,
            "p": found.p_value,
        },
        estimate=found.ratio,
        standard_error=found.standard_error,
        interval_low=low,
        interval_high=high,
        p_value=found.p_value,
        is_randomised=False,
        words=told,
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
)
