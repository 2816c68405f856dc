"""Invented complaints, cases, crimes, assaults and answers, with what is missing, late or odd."""

import random
from datetime import date, timedelta
from typing import Any

from tests.metrics.small_programme import AREAS, KINDS, OFFICERS, a_day, a_time

Row = dict[str, Any]
FIRST, LAST = date(2018, 1, 1), date(2019, 6, 30)
ANSWERS = (None, "yes", "yes", "no", "unknown")
CODES = (None, "C", "H", "K", "S", "U", "U", "B4")
RESULTS = (None, None, "tried", "cracked_late_plea", "cracked_dropped", "ineffective")
TRUTHS = (None, True, False, False)


def justice(draw: random.Random) -> dict[str, list[Row]]:
    """Rows of every file of this subject, by the name of the file."""
    complained = [complaint(draw, number) for number in range(200)]
    tables = {
        "complaints_more": complained,
        "allegations": [allegation(draw, n, complained) for n in range(320)],
        "cases_more": [case(draw, number) for number in range(260)],
        "crimes": [crime(draw, number) for number in range(300)],
        "assaults": [assault(draw, number) for number in range(80)],
        "confidence": confidence(draw),
        "workforce": workforce(draw),
        "encounters_more": [encounter(draw, number) for number in range(40)],
    }
    return {name: [_written(row) for row in rows] for name, rows in tables.items()}


def _written(row: Row) -> Row:
    """A row as forces write it: true and false in small letters."""
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()}


def complaint(draw: random.Random, number: int) -> Row:
    """A complaint; some of incidents before the records, some logged before they happened."""
    incident = a_day(draw, date(2016, 11, 1) if number % 20 == 0 else FIRST, LAST)
    lag = draw.choice((0, 1, 2, 9, 30, 45, 120))
    logged = min(LAST, incident + timedelta(days=-3 if number % 17 == 0 else lag))
    closed = a_day(draw, max(logged, FIRST), LAST) if draw.random() < 0.6 else None
    return {
        "complaint_id": f"M{number}",
        "complainant_reference": f"P{number}",
        "complainant_name": "Invented",
        "borough": draw.choice(AREAS),
        "incident_date": incident if draw.random() < 0.95 else None,
        "logged_date": logged,
        "closed_date": closed,
        "status": "closed" if closed else "open",
        "outcome": draw.choice((None, "upheld", "not_upheld", "resolved_locally")),
        "recorded_date": min(LAST, logged + timedelta(days=draw.choice((0, 3, 20))))
        if draw.random() < 0.5
        else None,
        "officer_number": draw.choice(OFFICERS),
        "footage_available": draw.choice(ANSWERS),
        "footage_viewed": draw.choice(ANSWERS),
    }


def allegation(draw: random.Random, number: int, complained: list[Row]) -> Row:
    """An allegation, now and then of a complaint that no file holds."""
    about = complained[number % len(complained)]
    is_lost = number % 40 == 0
    return {
        "complaint_id": f"nobody {number}" if is_lost else about["complaint_id"],
        "allegation_number": number // len(complained) + 1,
        "logged_date": about["logged_date"],
        "category": "other",
        "category_code": draw.choice(CODES),
    }


def case(draw: random.Random, number: int) -> Row:
    """A case; one in five waits for its hearing and some hearings come before the charge."""
    offence = a_day(draw, FIRST, LAST)
    charge = min(LAST, offence + timedelta(days=draw.choice((0, 5, 40, 90))))
    heard = charge + timedelta(days=draw.choice((-4, 7, 14, 28, 28, 60, 400)))
    plea = draw.choice((None, "guilty", "guilty", "not_guilty"))
    ended = max(charge, heard) + timedelta(days=draw.choice((0, 20, 90, 300)))
    done = ended <= LAST and draw.random() < 0.8
    hearing = heard if heard <= LAST and draw.random() < 0.9 else None
    return {
        "case_id": f"X{number}",
        "defendant_reference": f"R{number}",
        "charge_group": None,
        "borough": draw.choice(AREAS),
        "is_domestic_abuse": draw.choice(TRUTHS),
        "charge_date": charge,
        "first_hearing_date": hearing,
        "plea_date": a_day(draw, charge, LAST) if plea and number % 7 else None,
        "plea": plea,
        "plea_stage": draw.choice(("first_hearing", "before_trial", "day_of_trial"))
        if plea
        else None,
        "disposal_date": ended if done else None,
        "outcome": draw.choice(("convicted", "unsuccessful")) if done else None,
        "offence_date": offence if number % 11 else None,
        "court": draw.choice(("magistrates", "crown")),
        "trial_result": draw.choice(RESULTS),
        "camera_evidence_used": draw.choice(TRUTHS),
        "victim_supports": draw.choice(TRUTHS),
    }


def crime(draw: random.Random, number: int) -> Row:
    """A crime with an outcome, none yet, or code 0."""
    recorded = a_day(draw, FIRST, LAST)
    code = draw.choice((None, "0", "1", "1", "8", "14", "15", "16", "18"))
    ended = min(LAST, recorded + timedelta(days=draw.choice((0, 12, 70))))
    return {
        "crime_id": f"K{number}",
        "recorded_date": recorded,
        "borough": draw.choice(AREAS),
        "offence_group": "assault",
        "is_domestic_abuse": draw.choice(TRUTHS),
        "outcome_code": code,
        "outcome_date": ended if code else None,
        "victim_supports": draw.choice(TRUTHS),
        "camera_evidence_used": draw.choice(TRUTHS),
        "case_reference": None,
    }


def assault(draw: random.Random, number: int) -> Row:
    """An assault on an officer."""
    return {
        "assault_id": f"A{number}",
        "assault_date": a_day(draw, FIRST, LAST),
        "borough": draw.choice(AREAS),
        "is_with_injury": draw.random() < 0.4,
    }


def confidence(draw: random.Random) -> list[Row]:
    """Two questions in three waves, with an error of the survey, without, and of all or nobody."""
    return [
        {
            "area": area,
            "wave_date": wave,
            "question_code": question,
            "positive_share": draw.choice((0, 0.5, 0.61, 1)),
            "respondent_count": draw.randrange(50, 900),
            "standard_error": draw.choice((None, 0, 0.02, 0.031)),
        }
        for area in (*AREAS, "Synthetic London")
        for wave in (date(2018, 3, 31), date(2018, 9, 30), date(2019, 3, 31))
        for question in ("trust", "fair")
    ]


def workforce(draw: random.Random) -> list[Row]:
    """Officers and their hours; hours are missing in one month, officers in the last."""
    return [
        {
            "borough": area,
            "month_start": date(2018 + month // 12, month % 12 + 1, 1),
            "officer_headcount": draw.randrange(20, 60),
            "officer_hours": None
            if month == 4
            else f"{draw.randrange(300_000, 900_000) / 100:.2f}",
            "employee_headcount": 90,
        }
        for area in AREAS
        for month in range(17)
    ]


def encounter(draw: random.Random, number: int) -> Row:
    """An encounter of a kind that no recording names."""
    begins = a_time(draw, a_day(draw, FIRST, LAST))
    return {
        "encounter_id": f"N{number}",
        "encounter_kind": draw.choice((*KINDS, "traffic_stop")),
        "started_at": begins,
        "ended_at": begins + timedelta(minutes=5),
        "borough": draw.choice(AREAS),
        "camera_off_reason": None,
    }
