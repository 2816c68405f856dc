"""The public record of a programme: promises, milestones, plans and budgets, read from files."""

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orchestration.storage.table_columns import Column, NoColumn
from orchestration.storage.yaml_positions import listed

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Text = Annotated[str, Field(min_length=1)]
Precision = Literal["day", "month", "year"]
INVENTED = "Invented"


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
    area: Annotated[Text, Column("promise_area")]
    wording: Text
    wording_kind: Literal["quoted", "paraphrased"]
    kind: Annotated[
        Literal["delivery", "money", "use", "care", "outcome", "caveat"], Column("promise_kind")
    ]
    measure: Annotated[Text, Column("measure_words")]
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
    unit: Annotated[OptionalText, Column("target_unit")]
    due: Annotated[OptionalDay, Column("promised_for")]
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
    unit: Annotated[OptionalText, Column("quantity_unit")]
    publisher: Text
    source_url: Text
    equipped_group: OptionalText
    reports_on: OptionalText


class PlannedPhase(Row):
    """Cameras planned for an area or a role, in the order in which they were to come."""

    phase: Annotated[int, Field(ge=1), Column("rollout_phase")]
    planned_order: Annotated[int, Field(ge=1)]
    area: Annotated[OptionalText, Column("area_id")]
    role: Annotated[OptionalText, Column("officer_role")]
    planned_date: date
    planned_devices: Annotated[int, Field(ge=0)]


class Budget(BaseModel):
    """Money set aside for a period, and the percentage that each funder bears."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Annotated[Slug, Column("budget_id")]
    amount_gbp: Annotated[float, Field(gt=0), Column("budget_gbp")]
    start: Annotated[date, Column("budget_from")] = Field(alias="from")
    end: Annotated[date, Column("budget_to")] = Field(alias="to")
    shares: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=100)]],
        NoColumn("a row for each in the table budget_shares"),
    ] = {}


class RecordProblem(ValueError):
    """Rows that cannot be used; the message names file, line and column of each fault."""


Kind = TypeVar("Kind", bound=Row)


def read_rows(path: Path, kind: type[Kind]) -> list[Kind]:
    """The rows of a CSV file, in order; empty when there is no such file.

    Raises RecordProblem with folder, file, line and column of everything that cannot be used.
    """
    if not path.is_file():
        return []
    faults: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="(more than the header)", restval=None)
        found = [_row(path, reader.line_num, raw, kind, faults) for raw in reader]
    if faults:
        raise RecordProblem(listed(faults))
    return [row for row in found if row is not None]


def _row(
    path: Path, line: int, raw: dict[str, Any], kind: type[Kind], faults: list[str]
) -> Kind | None:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        for each in error.errors():
            where = ".".join(str(step) for step in each["loc"])
            faults.append(f"{path.parent.name}/{path.name}, line {line}, {where}: {each['msg']}")
        return None


def check_promises(promises: list[Promise], milestones: list[Milestone]) -> None:
    """Refuse promises that repeat, or point at one that is not there; milestones likewise.

    Raises RecordProblem naming the promise or milestone.
    """
    known = {promise.promise_id for promise in promises}
    if len(known) != len(promises):
        raise RecordProblem("promises.csv: a promise_id stands twice; each version has its own")
    for promise in promises:
        if fault := _fault(promise, known):
            raise RecordProblem(f"promises.csv, {promise.promise_id}: {fault}")
    for event in milestones:
        if event.reports_on is not None and event.reports_on not in known:
            raise RecordProblem(
                f"milestones.csv, {event.milestone_id}: there is no promise {event.reports_on}"
            )


def _fault(promise: Promise, known: set[str]) -> str | None:
    """What is wrong with a promise given the others, or None."""
    others = known - {promise.promise_id}
    for other in filter(None, (promise.supersedes, promise.rival_of)):
        if other not in others:
            return f"there is no other promise {other}"
    measured = (promise.metric_id, promise.target, promise.measured_as)
    if promise.rule.startswith("metric") and None in measured:
        return f"{promise.rule} needs metric_id, measured_as and target"
    if promise.rule == "not_measurable" and promise.rule_note is None:
        return "rule_note must say why it cannot be measured"
    return None


def check_owners(
    promises: list[Promise], milestones: list[Milestone], *, is_synthetic: bool
) -> None:
    """Refuse a synthetic promise that is not plainly invented, and an invented one elsewhere.

    A real person's or office's promise must never meet synthetic figures, nor a real report an
    invented one. Raises ValueError.
    """
    for event in milestones:
        if is_synthetic != event.publisher.startswith(INVENTED):
            raise ValueError(
                f"milestone {event.milestone_id}: the publisher in a synthetic programme begins"
                f" with {INVENTED}, and that in a real one does not"
            )
    for promise in promises:
        said = (promise.owner, promise.who, promise.publisher)
        invented = [text.startswith(INVENTED) for text in said]
        if is_synthetic != all(invented) or any(invented) != all(invented):
            raise ValueError(
                f"promise {promise.promise_id}: owner, who and publisher of a synthetic programme"
                f" begin with {INVENTED}, and those of a real one do not"
            )
        if not is_synthetic and promise.rule.startswith("metric"):
            raise ValueError(
                f"promise {promise.promise_id}: a real promise takes its status from the record"
            )


def read_record(folder: Path) -> dict[str, Any]:
    """The rows of the CSV files next to a programme.yml, by the key of the programme they fill.

    Raises RecordProblem for the first row that cannot be used.
    """
    promises = read_rows(folder / "promises.csv", Promise)
    milestones = read_rows(folder / "milestones.csv", Milestone)
    check_promises(promises, milestones)
    plan = read_rows(folder / "rollout_plan.csv", PlannedPhase)
    return {"promises": promises, "milestones": milestones, "rollout_plan": plan}
