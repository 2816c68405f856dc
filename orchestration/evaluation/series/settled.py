"""Whether a fit came to rest, and whether a change of regime lies too near."""

from datetime import date
from typing import Any

from orchestration.evaluation.breaks import Break
from orchestration.evaluation.frame import Gate, Refusal
from orchestration.evaluation.rollout.periods import MONTHS, Calendar

NEAR = 6


def settled(found: Any) -> None:
    """Raises Refusal when a model of statsmodels did not converge."""
    if not found.converged:
        raise Refusal("the model did not converge: too few events for so many terms")


def regime_gate(breaks: tuple[Break, ...], calendar: Calendar, start: int) -> Gate:
    """No dated change of regime within six months (or periods) of the start."""
    begun = calendar.label(start)
    near = [each for each in breaks if _apart(each.at, begun) <= NEAR]
    return Gate(
        "no change of regime within six months of the start",
        passed=not near,
        reason=f"{near[0].at}: {near[0].what}" if near else "none is dated so near",
    )


def _apart(first: date | int, second: date | int) -> int:
    return abs(_number(first) - _number(second))


def _number(value: date | int) -> int:
    return value.year * MONTHS + value.month if isinstance(value, date) else value
