"""What to check again in the public record: old searches, undated or lone sources, rivals."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from orchestration.programmes.programme import Programme
from orchestration.programmes.record import OptionalText, Report, Row, Text
from orchestration.storage.table_columns import Column

KEPT_DAYS = 90
"""How long a search counts as recent."""


class RecordCheck(Row):
    """Something to check again; what falls due later is listed with its day."""

    kind: Annotated[
        Literal["never_searched", "old_search", "undated_source", "one_source", "open_rival"],
        Column("check_kind"),
    ]
    about: Annotated[Text, Column("promise_or_milestone")]
    rival: Annotated[OptionalText, Column("rival_version")] = None
    falls_due_on: date | None = None
    words: Annotated[Text, Column("check_words")]


def record_checks(programme: Programme) -> Iterator[RecordCheck]:
    """Everything to check again in the record of a programme, whenever it falls due.

    A synthetic programme has no public record, and so nothing to check.
    """
    if programme.is_synthetic:
        return
    yield from _searches(programme)
    yield from _undated(programme)
    yield from _alone(programme)
    yield from _rivals(programme)


def checks_due(programme: Programme, today: date) -> list[RecordCheck]:
    """What has to be checked again today."""
    return [
        check
        for check in record_checks(programme)
        if check.falls_due_on is None or check.falls_due_on <= today
    ]


def _searches(programme: Programme) -> Iterator[RecordCheck]:
    for promise in programme.promises:
        if promise.part_of is not None or promise.rule == "not_measurable":
            continue
        name = promise.promise_id
        days = [each.searched_on for each in programme.searches if each.promise_id == name]
        if not days:
            yield RecordCheck(kind="never_searched", about=name, words="Nobody searched for it.")
            continue
        words = f"Last searched for on {max(days)}, more than {KEPT_DAYS} days ago."
        due = max(days) + timedelta(days=KEPT_DAYS + 1)
        yield RecordCheck(kind="old_search", about=name, falls_due_on=due, words=words)


def _undated(programme: Programme) -> Iterator[RecordCheck]:
    for event in programme.milestones:
        if event.published_on is None:
            words = f"{event.publisher}: the copy that was read bears no day of publication."
            yield RecordCheck(kind="undated_source", about=event.milestone_id, words=words)


def _alone(programme: Programme) -> Iterator[RecordCheck]:
    events = {event.milestone_id: event for event in programme.milestones}
    for promise in programme.promises:
        deciding = [
            events[report.milestone_id]
            for report in programme.reports
            if report.promise_id == promise.promise_id and _may_decide(report)
            if events[report.milestone_id].planned_or_actual == "actual"
        ]
        publishers = {event.publisher for event in deciding}
        if len(publishers) == 1 and all(event.support != "several_sources" for event in deciding):
            words = f"Decided by {publishers.pop()} alone."
            yield RecordCheck(kind="one_source", about=promise.promise_id, words=words)


def _may_decide(report: Report) -> bool:
    return report.finds != "bears"


def _rivals(programme: Programme) -> Iterator[RecordCheck]:
    replaced = {promise.supersedes for promise in programme.promises}
    pairs = {
        (min(promise.promise_id, promise.rival_of), max(promise.promise_id, promise.rival_of))
        for promise in programme.promises
        if promise.rival_of is not None
    }
    for first, second in sorted(pairs):
        if not {first, second} & replaced:
            words = f"{first} and {second} say otherwise of one thing, and neither is settled."
            yield RecordCheck(kind="open_rival", about=first, rival=second, words=words)
