"""Realised counts as figures can state them, and those that no figure states, with the reason."""

from collections.abc import Callable
from datetime import date
from typing import Any


def _month_from(day: date) -> str:
    """The first first of a month that is not before a day."""
    if day.day == 1:
        return str(day)
    return str(date(day.year + day.month // 12, day.month % 12 + 1, 1))


def _by_month(phase: dict[str, Any]) -> dict[str, Any]:
    days = {name: phase[name] for name in ("planned_first", "first_issued", "last_issued")}
    return phase | {name: f"{day[:7]}-01" for name, day in days.items()}


# Counts of which a figure states less than truth.json does: the sum, one name of several, or the
# month of a day.
RESHAPED: dict[str, Callable[[Any], Any]] = {
    "delivery.issues_by_status": lambda truth: {"all": truth["in_repair"]},
    "delivery.phases": lambda truth: [_by_month(phase) for phase in truth],
    "delivery.cameras_from": lambda truth: {
        area: _month_from(date.fromisoformat(day)) for area, day in truth.items()
    },
    "care.upload_delay_median_seconds": lambda truth: round(truth, 1),
    "care.upload_delay_p95_seconds": lambda truth: round(truth, 1),
    "answers.complaints_by_outcome": lambda truth: {
        "upheld": truth["upheld"],
        "investigated": truth["upheld"] + truth["not_upheld"],
        "resolved locally": truth["resolved_locally"],
    },
    "answers.complaints_logged_by_area_and_month": lambda truth: {
        (area, month): count for area, months in truth.items() for month, count in months.items()
    },
    "outcomes.trial_results": lambda truth: {
        "cracked": truth["cracked_late_plea"] + truth["cracked_dropped"],
        "listed": sum(truth.values()),
    },
    "outcomes.crimes_by_outcome_code": lambda truth: {
        "charged": truth["1"],
        "victim does not support": truth["14"] + truth["16"],
        "with an outcome": sum(truth.values()) - truth["0"],
    },
}  # fmt: skip
NOT_RELEASED = {
    "use.late_start_seconds": "a sum of seconds; the median is released and recovered",
    "use.early_stop_seconds": "a sum of seconds; the median is released and recovered",
    "use.reasons": "that a reason was written is a figure, which one it was is not",
    "use.recordings_of_encounters": "links of recordings are seen from the encounter",
    "use.recordings_with_encounter_reference": "a reference is a means of linking, not a figure",
    "use.officers_with_shifts_since_issue": "officers are counted by month on duty",
    "use.officers_without_recordings": "officers are counted by month on duty",
    "care.upload_delay_seconds": "a sum of seconds; median and 95th percentile are recovered",
    "care.untagged_at_end": "tagging is judged at 7 and at 31 days",
    "care.evidence_in_a_case": "truth of every recording; figures know the references on file",
    "care.deleted": "deletions are judged by their last day, not counted as such",
    "care.deleted_by_reason": "the reason is a breakdown of wrong deletions alone",
    "care.deleted_while_evidential": "wrong only if it bore on a matter, and then in that figure",
    "care.deleted_after_hold": "holds are judged from the request",
    "care.deleted_of_stop": "routine deletion of a stop is the rule at work",
    "care.deleted_of_force": "routine deletion of force is the rule at work",
    "care.deleted_early": "wrong only if it bore on a matter, and then in that figure",
    "care.deleted_after_complaint": "part of the wrong deletions, which are recovered",
    "care.deleted_after_charge": "part of the wrong deletions, which are recovered",
    "answers.incidents_before_reporting": "what nobody reported is in no file",
    "answers.days_to_close": "a sum of days; medians by month are recovered",
    "requests.by_kind": "withdrawn requests have no clock; all rows are recovered from the ledger",
    "requests.answered_late_by_kind": "late ones still open are late as well, and recovered so",
    "requests.holds": "holds are judged among requests whose footage was there",
    "requests.hold_before_deletion": "counted of all requests; held_in_time is the figure's own",
    "outcomes.heard": "includes hearings before data_from; those since are recovered",
    "outcomes.pleas": "pleas of not guilty are in no figure",
    "outcomes.guilty_pleas": "includes pleas before data_from; those since are recovered",
    "outcomes.guilty_pleas_by_stage": "includes pleas before data_from; those since are recovered",
    "outcomes.early_pleas": "includes pleas before data_from; those since are recovered",
    "outcomes.camera_evidence_used": "of all cases; those of completed ones are recovered",
    "outcomes.domestic_abuse": "of all cases; those of completed ones are recovered",
}
