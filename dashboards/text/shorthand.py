"""Shorthand of official statistics, in square brackets, for cells that hold no figure."""

from collections.abc import Mapping
from typing import Any

from dashboards.text.figures import UNRATED
from dashboards.text.formats import is_missing
from orchestration.disclosure.policy import SHORTHAND

NO_FIGURE = "[x]"
BY_STATUS = {
    "suppressed": "[c]",
    "not_supplied": "[x]",
    "missing_months": "[x]",
    "not_applicable": "[z]",
}
__all__ = ["BY_STATUS", "NO_FIGURE", "SHORTHAND", "in_cell", "marks"]


def in_cell(row: Mapping[str, Any], column: str, kind: str) -> Any:
    """The number for a cell, or the mark that says why there is none.

    `kind` is that of the metric: too few events make no rate, but still a count.
    """
    status = str(row["status"])
    counted = column in {"numerator", "denominator"} or kind in UNRATED
    if status == "low" and not counted:
        return "[u]"
    number = row[column]
    return BY_STATUS.get(status, "[z]") if is_missing(number) else number


def marks(row: Mapping[str, Any]) -> str:
    """What else a reader must know of a figure: provisional, or over a break; empty for neither."""
    said = (("is_provisional", "[p]"), ("is_break", "[b]"))
    return "".join(mark for name, mark in said if row.get(name))
