"""What was promised of a programme, planned, budgeted and reported."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Text = Annotated[str, Field(min_length=1)]
Precision = Literal["day", "month", "year"]


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


OptionalText = Annotated[str | None, BeforeValidator(_empty_is_none)]
OptionalDay = Annotated[date | None, BeforeValidator(_empty_is_none)]
OptionalNumber = Annotated[float | None, BeforeValidator(_empty_is_none)]


class Row(BaseModel):
    """A row of such a file; columns that nobody declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(Row):
    """One version of a promise.

    `supersedes` names the version it replaced, and `rival_of` another version of the record of
    which nobody knows whether it or this one is right. `rule` says how its status is found: from a
    released figure at least or at most the target; from the record (a reported quantity in the unit
    of the target, the group reported first, or a report on this promise); or not at all, and why.
    `measured_part` is the value of a breakdown, such as a funder, where a part of a figure decides.
    """

    promise_id: Slug
    owner: Text
    owner_role: Literal["pcc", "chief_constable", "mayor", "force", "other"]
    made_on: date
    date_precision: Precision
    who: Text
    area: Text
    wording: Text
    wording_kind: Literal["quoted", "paraphrased"]
    kind: Literal["delivery", "money", "use", "care", "outcome", "caveat"]
    measure: Text
    metric_id: OptionalText
    measured_as: Annotated[
        Literal["value", "change_percent"] | None, BeforeValidator(_empty_is_none)
    ]
    measured_part: OptionalText = None
    rule: Literal[
        "metric_at_least",
        "metric_at_most",
        "record_quantity",
        "record_order",
        "record_report",
        "not_measurable",
    ]
    rule_note: OptionalText
    target: OptionalNumber
    target_words: OptionalText
    unit: OptionalText
    due: OptionalDay
    publisher: Text
    source_title: Text
    source_url: Text
    supersedes: OptionalText
    rival_of: OptionalText


class Milestone(Row):
    """Something planned or reported on a day; `reports_on` names a promise it says was kept."""

    milestone_id: Slug
    milestone_date: date
    date_precision: Precision
    milestone: Text
    planned_or_actual: Literal["planned", "actual"]
    quantity: OptionalNumber
    unit: OptionalText
    publisher: Text
    source_url: Text
    equipped_group: OptionalText
    reports_on: OptionalText


class PlannedPhase(Row):
    """Cameras planned for an area or a role, in the order in which they were to come."""

    phase: Annotated[int, Field(ge=1)]
    planned_order: Annotated[int, Field(ge=1)]
    area: OptionalText
    role: OptionalText
    planned_date: date
    planned_devices: Annotated[int, Field(ge=0)]


class Budget(BaseModel):
    """Money set aside for a period, and the percentage that each funder bears."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Slug
    amount_gbp: Annotated[float, Field(gt=0)]
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    shares: dict[str, Annotated[float, Field(ge=0, le=100)]] = {}
