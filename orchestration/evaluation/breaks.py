"""Dated changes of what is recorded, over which no comparison may run without saying so."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from orchestration.evaluation.frame import Refusal


class Break(BaseModel):
    """A change of definition, form, system or area, and the first period that it touches."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    # Numbers first: read as a date, period 0 would be the first of January 1970.
    at: int | date = Field(union_mode="left_to_right")
    what: str


def refuse_to_span(
    breaks: tuple[Break, ...], first: date | int, last: date | int, *, is_allowed: bool
) -> tuple[str, ...]:
    """What to note of the breaks within `first` (not included) and `last` (included).

    Raises Refusal with the first of them where spanning was not asked for.
    """
    inside = [each for each in breaks if _is_within(each.at, first, last)]
    if inside and not is_allowed:
        raise Refusal(
            f"the table runs over a break of {inside[0].at}: {inside[0].what} End or begin it "
            "there, or say `spans_breaks: true` and carry the doubt."
        )
    return tuple(f"Runs over the break of {each.at}: {each.what}" for each in inside)


def _is_within(at: date | int, first: date | int, last: date | int) -> bool:
    if isinstance(at, date) != isinstance(first, date):
        raise Refusal(f"break {at}: dates and numbered periods cannot be compared")
    return first < at <= last  # type: ignore[operator]
