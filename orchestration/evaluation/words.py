"""Estimates in sentences, written from the interval and never from the p-value."""

from orchestration.evaluation.difference import Difference


def between_arms_in_words(
    outcome: str, unit: str, difference: Difference, events: tuple[int, int], days: int
) -> str:
    """What a randomised contrast tells; `events` are those of the camera and the control arm."""
    counts = (
        f"{outcome}: {events[0]:,} by officers drawn for a camera and {events[1]:,} by the others "
        f"in {days} days."
    )
    if _tells(difference):
        return f"{counts} Officers with a camera had {_between(difference)} {unit}."
    return (
        f"{counts} We could not tell whether cameras made a difference: anything from "
        f"{_amount(difference.low)} to {_amount(difference.high)} {unit}. A difference of less "
        f"than {difference.smallest_detectable:,.0f} would have been missed more than one time in "
        "five."
    )


def over_time_in_words(
    outcome: str, unit: str, difference: Difference, events: tuple[int, int], arm: str
) -> str:
    """What happened to one arm; `events` are those after and those before the cameras came."""
    before = f"{outcome}, {arm} officers: {events[1]:,} in the window a year before"
    found = (
        f"That is {_between(difference)} {unit}."
        if _tells(difference)
        else (
            f"We could not tell which way: anything from {_amount(difference.low)} to "
            f"{_amount(difference.high)} {unit}."
        )
    )
    caution = "Not randomised: other things changed between the two windows too."
    return f"{before}, {events[0]:,} after. {found} {caution}"


def _tells(difference: Difference) -> bool:
    return difference.low > 0 or difference.high < 0


def _between(difference: Difference) -> str:
    near, far = sorted((abs(difference.low), abs(difference.high)))
    way = "more" if difference.low > 0 else "fewer"
    return f"between {near:,.0f} and {far:,.0f} {way}"


def _amount(value: float) -> str:
    return f"{abs(value):,.0f} {'fewer' if value < 0 else 'more'}"
