"""Whether a fit came to rest, and how near a change of regime lies."""

from datetime import date
from typing import Any

from orchestration.evaluation.breaks import Break
from orchestration.evaluation.frame import Refusal
from orchestration.evaluation.rollout.periods import MONTHS, Calendar


def settled(found: Any) -> None:
    """Raises Refusal when a model of statsmodels did not converge."""
    if not found.converged:
        raise Refusal("the model did not converge: too few events for so many terms")


def months_to_a_change(breaks: tuple[Break, ...], calendar: Calendar, start: int) -> int | None:
    """Months (or numbered periods) from the start to the nearest break; None where none is known.

    Breaks count that lie beyond the table, too. Raises Refusal where one side is dated and the
    other is not.
    """
    begun = calendar.label(start)
    for each in breaks:
        if isinstance(each.at, date) != calendar.is_dated:
            raise Refusal(f"break {each.at}: dates and numbered periods cannot be compared")
    return min((abs(_number(each.at) - _number(begun)) for each in breaks), default=None)


def _number(value: date | int) -> int:
    return value.year * MONTHS + value.month if isinstance(value, date) else value
