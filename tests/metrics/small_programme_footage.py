"""Rows of the invented programme about footage and those who ask for it."""

import random
from datetime import datetime, timedelta
from typing import Any

from tests.metrics.small_programme import AREAS, CATEGORIES, FIRST, OFFICERS, a_day, a_time

Row = dict[str, Any]
BESIDE = (-600, 0, 1, 60, 61, 120, 121, 240, 241)
UNNAMED = (*(None,) * 14, "lost")
DAY = timedelta(days=1)
UNSAID_OF_CASES = (
    "charge_group",
    "is_domestic_abuse",
    "plea_date",
    "plea",
    "plea_stage",
    "disposal_date",
    "outcome",
)


def recording(
    draw: random.Random, number: int, attended: list[Row], seen: list[tuple[Row, str]]
) -> Row:
    """One recording; a third names an encounter and begins with it, some begin near one's end."""
    named = draw.choice(attended) if draw.random() < 0.35 else None
    begins, officer = _beginning(draw, named, seen)
    ends = begins + timedelta(seconds=draw.randrange(1, 4000))
    waited = draw.choice((None, 60, 86_399, 86_400, 86_401, draw.randrange(400_000)))
    tagged = draw.choice((None, 3600, 7 * 86_400, 7 * 86_400 + 1, 31 * 86_400, 31 * 86_400 + 1))
    category = draw.choice(CATEGORIES)
    return {
        "recording_id": f"R{number}",
        "camera_id": f"D{number % 55}",
        "officer_number": officer,
        "recorded_from": begins,
        "triggered_from": begins,
        "recorded_to": ends,
        "duration_seconds": int((ends - begins).total_seconds()),
        "uploaded_at": None if waited is None else ends + timedelta(seconds=waited),
        "recording_category": category,
        "is_announced": ("true", "true", "false", None)[number % 4],
        "categorised_at": begins + timedelta(seconds=tagged) if tagged and category else None,
        "reviewed_at": begins + DAY if draw.random() < 0.2 else None,
        "incident_reference": named["encounter_id"]
        if named
        else draw.choice((*UNNAMED, f"stray {number}")),
        "case_reference": f"C{draw.randrange(30)}" if draw.random() < 0.1 else None,
        **_end(draw, begins),
    }


def _beginning(
    draw: random.Random, named: Row | None, seen: list[tuple[Row, str]]
) -> tuple[datetime, str | None]:
    """When a recording begins, and whose it is."""
    begins: datetime = named["started_at"] if named else a_time(draw, a_day(draw))
    officer = draw.choice((None, *OFFICERS))
    if named is None and draw.random() < 0.3:
        stop, officer = draw.choice(seen)
        begins = stop["ended_at"] + timedelta(seconds=draw.choice(BESIDE))
    return begins, officer


def _end(draw: random.Random, begins: datetime) -> Row:
    """How long a recording is to be kept, and when and why it went."""
    gone = draw.choice((None, 29, 30, 31, 32, 33, 60))
    kept = draw.choice((None, 31, 31, 90))
    return {
        "is_evidential": draw.choice(("true", "false", "false", None)),
        "retain_until_date": None if kept is None else begins.date() + kept * DAY,
        "deleted_at": None if gone is None else a_time(draw, begins.date() + gone * DAY),
        "deletion_reason": draw.choice(("retention_expired", "manual", None)) if gone else None,
    }


def request(draw: random.Random, number: int, filmed: list[Row]) -> Row:
    """One request, with or without the footage, the due date and the hold it might have."""
    received = a_day(draw)
    footage = draw.choice(filmed)
    answered = draw.choice((None, 20, 27, 28, 29, 30, 31, 32, 33, 34, draw.randrange(200)))
    held = draw.choice((None, 0, 5, 30, 31, 32))
    return {
        "request_id": f"Q{number}",
        "request_kind": draw.choice(("subject_access", "freedom_of_information")),
        "borough": draw.choice((None, *AREAS)),
        "received_date": received,
        "due_date": draw.choice((None, received + 30 * DAY)),
        "closed_date": None if answered is None else received + answered * DAY,
        "request_outcome": draw.choice((None, "granted", "refused", "withdrawn"))
        if answered
        else None,
        "footage_date": max(FIRST, received - draw.randrange(45) * DAY)
        if draw.random() < 0.8
        else None,
        "hold_placed_at": None if held is None else a_time(draw, received + held * DAY),
        "recording_id": draw.choice((footage["recording_id"],) * 4 + (None,) * 5 + ("lost",)),
        "incident_reference": draw.choice((None, None, footage["incident_reference"])),
    }


def complaint(draw: random.Random, number: int, attended: list[Row]) -> Row:
    """One complaint, most of them naming their encounter."""
    about = draw.choice(attended)
    incident = about["started_at"].date()
    logged = incident + draw.choice((0, 5, 29, 30, 31, 32, 33, 60)) * DAY
    return {
        "complaint_id": f"K{number}",
        "complainant_reference": f"N{number}",
        "complainant_name": "Invented",
        "borough": draw.choice(AREAS),
        "incident_date": incident,
        "logged_date": logged,
        "closed_date": None,
        "status": "open",
        "outcome": None,
        "incident_reference": draw.choice((about["encounter_id"],) * 8 + (None, "lost", "mislaid")),
        "officer_number": None,
        "incident_at": None,
    }


def complaint_of_a_moment(draw: random.Random, number: int, filmed: list[Row]) -> Row:
    """One complaint about an officer and a time that footage holds, or nearly."""
    footage = draw.choice(filmed)
    beside = draw.choice((0, 60, -59, -60, -61, -120, -121, -240, -241, 9000, None))
    moment = None if beside is None else footage["recorded_from"] + timedelta(seconds=beside)
    day = (moment or footage["recorded_from"]).date()
    return {
        "complaint_id": f"T{number}",
        "complainant_reference": f"N{number}",
        "complainant_name": "Invented",
        "borough": draw.choice(AREAS),
        "incident_date": day,
        "logged_date": day + draw.choice((5, 29, 31, 33)) * DAY,
        "closed_date": None,
        "status": "open",
        "outcome": None,
        "incident_reference": None,
        "officer_number": draw.choice((footage["officer_number"], *OFFICERS[:2])),
        "incident_at": moment,
    }


def case(draw: random.Random, number: int) -> Row:
    """One case, charged on some day."""
    charged = a_day(draw)
    return {
        "case_id": f"C{number}",
        "defendant_reference": f"X{number}",
        "borough": draw.choice(AREAS),
        "charge_date": charged,
        "first_hearing_date": charged + 20 * DAY,
        **dict.fromkeys(UNSAID_OF_CASES),
    }
