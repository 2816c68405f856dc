"""The public record of a programme: promises, milestones, plans and budgets, read from files."""

import csv
from collections.abc import Container, Mapping, Sequence
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
    """A row of such a file; undeclared columns are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(Row):
    """One version of a promise.

    `supersedes` names the version it replaced, `rival_of` another version of the record of which
    nobody knows whether it or this one is right, and `part_of` the promise of several parts that
    this is one of. `rule` says how its status is found: from a released figure at least or at most
    the target; from the record (a reported quantity in the unit of the target, the group reported
    first, or what reports find); from its parts, all of which have to be kept; or not at all, and
    why. A `claim` is a fact somebody stated: it stands on record and has no status.
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
        Literal["delivery", "money", "use", "care", "outcome", "caveat", "claim"],
        Column("promise_kind"),
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
        "all_parts",
        "claim",
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
    part_of: OptionalText = None


class Milestone(Row):
    """Something planned or reported for a day, and how well its source is supported.

    `published_on` is empty where the copy that was read is not dated. `support` says whether two
    publishers say it independently, one alone does, or only a bound of the day is known.
    """

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
    source_title: OptionalText = None
    published_on: OptionalDay = None
    support: Annotated[
        Literal["several_sources", "one_source", "bound_only"] | None,
        BeforeValidator(_empty_is_none),
    ] = None
    retrieved_on: OptionalDay = None
    note: Annotated[OptionalText, Column("milestone_note")] = None


class Report(Row):
    """What a milestone says of a promise.

    `finds` is read by the rule `record_report` and empty for the other rules, which read quantities
    and groups; `bears` is said of a report that speaks of the promise and decides nothing.
    `said_by` is whose word it is, whoever printed it: that of the side that promised it or carries
    it out, that of others, or the thing itself, such as a report that was to be published.
    """

    milestone_id: Slug
    promise_id: Slug
    finds: Annotated[
        Literal["kept", "partly", "not_kept", "bears"] | None, BeforeValidator(_empty_is_none)
    ]
    said_by: Literal["promiser", "others", "document"]
    why: Annotated[OptionalText, Column("report_why")]


class Search(Row):
    """A search for reports on a promise: when, where and with which words, and what it found."""

    promise_id: Slug
    searched_on: date
    where: Annotated[Text, Column("searched_where")]
    query_words: Text
    found: Annotated[bool, Column("is_found")]
    note: Annotated[OptionalText, Column("search_note")]


class PromiseContext(Row):
    """A released figure of another programme shown next to a promise, which it does not decide.

    `why` says why it decides nothing by itself.
    """

    promise_id: Slug
    shown_programme: Annotated[Slug, Column("shown_programme_id")]
    shown_area: Annotated[Slug, Column("shown_area_id")]
    shown_metric: Annotated[Slug, Column("shown_metric_id")]
    why: Annotated[Text, Column("context_why")]


class CameraDate(Row):
    """When an area's officers first wore cameras: a day, or the bounds within which it lies.

    `latest` is empty where no start was reported yet.

    `inferred_earliest` and `inferred_latest` are readings of several reports together, with their
    ground in `inference`; no report gives them. `in_trial` says whether some of the area's officers
    wore cameras in a trial before.
    """

    area: Annotated[Slug, Column("area_id")]
    first_day: OptionalDay
    earliest: date
    latest: OptionalDay
    date_precision: Annotated[
        Literal["day", "week", "month", "interval"], Column("camera_date_precision")
    ]
    in_trial: Annotated[bool, Column("was_in_trial")]
    inferred_earliest: OptionalDay
    inferred_latest: OptionalDay
    inference: OptionalText
    source_title: Text
    source_url: Text
    second_source_url: OptionalText
    support: Literal["several_sources", "one_source", "bound_only"]
    retrieved_on: date
    note: Annotated[OptionalText, Column("camera_date_note")]


class RolloutTotal(Row):
    """How many areas had cameras on a day, or how much was handed out, as somebody stated it."""

    total_on: date
    date_precision: Precision
    areas_with_cameras: Annotated[int | None, BeforeValidator(_empty_is_none)]
    equipped_count: OptionalNumber
    equipped_unit: OptionalText
    what: Annotated[Text, Column("total_words")]
    source_url: Text
    support: Literal["several_sources", "one_source", "bound_only"]
    retrieved_on: date


def check_context(
    context: Sequence[PromiseContext], promises: Container[str], programme: str
) -> None:
    """Refuse a figure next to an unknown promise, and one of the promise's own programme.

    Raises RecordProblem naming the promise.
    """
    for each in context:
        if each.promise_id not in promises:
            raise RecordProblem(f"context.csv: there is no promise {each.promise_id}")
        if each.shown_programme == programme:
            raise RecordProblem(
                f"context.csv, {each.promise_id}: a figure of {programme} itself would decide it;"
                " only one of another programme is shown beside it"
            )


def check_camera_dates(dates: Sequence[CameraDate], areas: Container[str]) -> None:
    """Refuse areas nobody listed or listed twice, and days that lie outside their own bounds.

    Raises ValueError naming the area.
    """
    seen: set[str] = set()
    for each in dates:
        if each.area not in areas or each.area in seen:
            where = "is listed twice" if each.area in seen else "is no area of this programme"
            raise ValueError(f"camera_dates.csv: {each.area} {where}")
        seen.add(each.area)
        first = each.inferred_earliest or each.earliest
        latest = each.latest or date.max
        last = each.inferred_latest or latest
        within = each.earliest <= first <= (each.first_day or first) <= last <= latest
        if not within or (each.date_precision == "day") != (each.first_day is not None):
            raise ValueError(
                f"camera_dates.csv, {each.area}: earliest, inferred bounds, first_day and latest"
                " must follow each other, and first_day stands only where the day is known"
            )


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


def check_promises(
    promises: list[Promise],
    milestones: list[Milestone],
    reports: Sequence[Report] = (),
    searches: Sequence[Search] = (),
) -> None:
    """Refuse promises that repeat, or point at one that is not there; reports and searches too.

    Raises RecordProblem naming the file and the promise or milestone.
    """
    known = {promise.promise_id: promise for promise in promises}
    if len(known) != len(promises):
        raise RecordProblem("promises.csv: a promise_id stands twice; each version has its own")
    for promise in promises:
        if fault := _fault(promise, known):
            raise RecordProblem(f"promises.csv, {promise.promise_id}: {fault}")
    events = {event.milestone_id for event in milestones}
    for report in reports:
        if fault := _report_fault(report, known, events):
            raise RecordProblem(f"reports.csv, {report.milestone_id}: {fault}")
    for search in searches:
        if search.promise_id not in known:
            raise RecordProblem(f"searched.csv: there is no promise {search.promise_id}")


def _fault(promise: Promise, known: Mapping[str, Promise]) -> str | None:
    """What is wrong with a promise given the others, or None."""
    others = known.keys() - {promise.promise_id}
    for other in filter(None, (promise.supersedes, promise.rival_of, promise.part_of)):
        if other not in others:
            return f"there is no other promise {other}"
    measured = (promise.metric_id, promise.target, promise.measured_as)
    if promise.rule.startswith("metric") and None in measured:
        return f"{promise.rule} needs metric_id, measured_as and target"
    if promise.rule == "not_measurable" and promise.rule_note is None:
        return "rule_note must say why it cannot be measured"
    if (promise.rule == "claim") != (promise.kind == "claim"):
        return "a claim has both the kind and the rule `claim`"
    return _fault_of_parts(promise, known)


def _fault_of_parts(promise: Promise, known: Mapping[str, Promise]) -> str | None:
    parts = [each for each in known.values() if each.part_of == promise.promise_id]
    if promise.rule == "all_parts" and not parts:
        return "all_parts needs promises that name it in part_of"
    if parts and (promise.rule != "all_parts" or promise.part_of is not None):
        return "a promise that has parts takes the rule all_parts and is no part itself"
    return None


def _report_fault(
    report: Report, promises: Mapping[str, Promise], events: Container[str]
) -> str | None:
    """What is wrong with a report given promises and milestones, or None."""
    if report.milestone_id not in events:
        return "there is no such milestone"
    if report.promise_id not in promises:
        return f"there is no promise {report.promise_id}"
    rule = promises[report.promise_id].rule
    if rule == "all_parts":
        return f"{report.promise_id} has parts; a report is on one of them"
    if (rule in {"record_report", "claim"}) != (report.finds is not None):
        return f"finds is for promises of the rule record_report and for claims, not {rule}"
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
    reports = read_rows(folder / "reports.csv", Report)
    searches = read_rows(folder / "searched.csv", Search)
    check_promises(promises, milestones, reports, searches)
    context = read_rows(folder / "context.csv", PromiseContext)
    check_context(context, {promise.promise_id for promise in promises}, folder.name)
    return {
        "promises": promises,
        "milestones": milestones,
        "reports": reports,
        "searches": searches,
        "context": context,
        "rollout_plan": read_rows(folder / "rollout_plan.csv", PlannedPhase),
        "camera_dates": read_rows(folder / "camera_dates.csv", CameraDate),
        "rollout_totals": read_rows(folder / "rollout_totals.csv", RolloutTotal),
    }
