"""Ratios of events in sentences: counts first, and no per cent on a base of few events."""

from math import inf, log

from orchestration.evaluation.telling import CAUTION, Basis, tell

#: Fewer events than this in the group compared with, and a change in per cent misleads.
FEWEST_FOR_PER_CENT = 20


def ratio_in_words(
    outcome: str, counts: str, limits: tuple[float, float | None], base: float, basis: Basis
) -> str:
    """What the limits of a ratio tell; `counts` opens, `base` is the events compared with."""
    low, high = limits
    if base < FEWEST_FOR_PER_CENT:
        top = "any number of" if high is None else f"{high:.2f}"
        few = f"{counts} Too few events for a change in per cent: {outcome} lay between "
        return f"{few}{low:.2f} and {top} times the rate compared with.{CAUTION[basis]}"
    interval = log(low) if low > 0 else -inf, inf if high is None else log(high)
    return f"{counts} {tell(outcome, interval, 'log_ratio', basis)}"


def detectable_in_words(expected: float, fall: float | None) -> str:
    """What a comparison could have found at all: a fall of `fall` (0 to 1) or more, or nothing."""
    opening = f"About {expected:,.0f} events were to be expected without cameras."
    if fall is None:
        return f"{opening} Even their complete absence might well have been missed."
    return (
        f"{opening} Only a fall of {100 * fall:.0f} % or more would have been found four times in "
        "five. Not finding one does not mean that there was none."
    )
