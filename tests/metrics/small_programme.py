"""An invented programme of three boroughs, small enough to count by hand and full of edges."""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 20180131
AREAS = ("Camden", "Islington", "Havering")
OFFICERS = [f"{number:04d}" for number in range(1, 25)]
FIRST, LAST = date(2018, 1, 1), date(2018, 7, 31)
CATEGORIES = ("stop_and_search", "arrest", "use_of_force", "patrol", None)
KINDS = ("stop_and_search", "use_of_force", "arrest", "domestic_abuse")
SCOPES = ("devices", "storage", "licences", "docks", "training", "support")
Row = dict[str, Any]


def write(folder: Path) -> None:
    """Write a file for every feed, the same bytes every time."""
    from tests.metrics.small_programme_justice import justice

    draw = random.Random(SEED)
    folder.mkdir(parents=True)
    tables = {"officers": officers(draw), "shifts": shifts(draw), "devices": devices(draw)}
    tables["encounters"] = encounters(draw)
    tables["encounter_officers"] = attendances(draw, tables["encounters"])
    tables["recordings"] = recordings(draw, tables["encounters"], tables["encounter_officers"])
    tables["requests"] = requests(draw, tables["recordings"])
    tables["spend"] = spend(draw)
    tables["complaints"] = complaints(draw, tables["encounters"], tables["recordings"])
    tables["cases"] = cases(draw)
    tables |= justice(random.Random(SEED + 1))
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def a_day(draw: random.Random, first: date = FIRST, last: date = LAST) -> date:
    """A day, more often than not the last or first of a month."""
    day = first + timedelta(days=draw.randrange((last - first).days + 1))
    edge = draw.random()
    if edge < 0.2:
        return max(first, day.replace(day=1) - timedelta(days=1))
    return day.replace(day=1) if edge < 0.4 else day


def a_time(draw: random.Random, day: date) -> datetime:
    """A time of a day, sometimes its very first second."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local, as in the files
    return midnight + timedelta(seconds=draw.choice((0, draw.randrange(86_400))))


def officers(draw: random.Random) -> list[Row]:
    """Postings; one officer in three moves to another borough."""
    rows = []
    for number in OFFICERS[:-1]:
        first = draw.choice(AREAS)
        moved = date(2018, 4, 1) if draw.random() < 0.3 else None
        role = draw.choice(("response", "taser", "firearms"))
        rows.append(_posting(number, first, role, date(2017, 1, 1), moved))
        if moved:
            rows.append(_posting(number, draw.choice(AREAS), role, moved, None))
    return rows


def _posting(number: str, area: str, role: str, begins: date, ends: date | None) -> Row:
    return {
        "officer_number": number,
        "officer_name": f"Invented {number}",
        "borough": area,
        "role": role,
        "posted_from": begins,
        "posted_to": ends,
        "team": "A",
    }


def shifts(draw: random.Random) -> list[Row]:
    """Shifts of eight hours, some of an officer who is on no list."""
    rows = []
    for number in range(250):
        begins = a_time(draw, a_day(draw))
        rows.append(
            {
                "shift_id": f"S{number}",
                "officer_number": draw.choice(OFFICERS),
                "borough": draw.choice(AREAS),
                "starts_at": begins,
                "ends_at": begins + timedelta(hours=8),
            }
        )
    return rows


def devices(draw: random.Random) -> list[Row]:
    """Devices of officers and of pools, some issued again, returned, lost or in repair."""
    rows, taken = [], set()
    for number in range(70):
        serial, issued = f"D{draw.randrange(55)}", a_day(draw)
        if (serial, issued) in taken:
            continue
        taken.add((serial, issued))
        back = issued + timedelta(days=draw.randrange(120)) if draw.random() < 0.4 else None
        rows.append(
            {
                "device_serial": serial,
                "device_model": f"M{number % 2}",
                "issued_to": draw.choice((None, *OFFICERS)),
                "borough": draw.choice(AREAS),
                "role": draw.choice((None, "response", "taser", "firearms")),
                "rollout_phase": draw.choice((None, 1, 2, 3)),
                "issued_date": issued,
                "returned_date": back,
                "device_status": draw.choice(("active", "active", "in_repair", "lost", "retired")),
            }
        )
    return rows


def encounters(draw: random.Random) -> list[Row]:
    """Encounters of twenty minutes."""
    rows = []
    for number in range(90):
        begins = a_time(draw, a_day(draw))
        rows.append(
            {
                "encounter_id": f"E{number}",
                "encounter_kind": draw.choice(KINDS),
                "started_at": begins,
                "ended_at": begins + timedelta(minutes=20),
                "borough": draw.choice(AREAS),
                "camera_off_reason": (None, "covert", None, None, "no_time")[number % 5],
            }
        )
    return rows


def attendances(draw: random.Random, attended: list[Row]) -> list[Row]:
    """One or two officers at each encounter."""
    return [
        {"encounter_id": each["encounter_id"], "officer_number": number}
        for each in attended
        for number in draw.sample(OFFICERS, draw.choice((1, 2)))
    ]


def spend(draw: random.Random) -> list[Row]:
    """Payments to the penny by two funders."""
    return [
        {
            "payment_id": f"P{number}",
            "paid_date": a_day(draw),
            "amount_gbp": f"{draw.randrange(1, 2_000_000) / 100:.2f}",
            "spend_scope": draw.choice(SCOPES),
            "funder": draw.choice(("West", "East")),
        }
        for number in range(60)
    ]


def recordings(draw: random.Random, attended: list[Row], there: list[Row]) -> list[Row]:
    """Recordings whose upload, tags and deletion fall on, before and after every limit."""
    from tests.metrics.small_programme_footage import recording

    stops = {row["encounter_id"]: row for row in attended}
    seen = [(stops[row["encounter_id"]], row["officer_number"]) for row in there]
    return [recording(draw, number, attended, seen) for number in range(400)]


def requests(draw: random.Random, filmed: list[Row]) -> list[Row]:
    """Requests received and answered around month ends, weekends and holidays."""
    from tests.metrics.small_programme_footage import request

    return [request(draw, number, filmed) for number in range(200)]


def complaints(draw: random.Random, attended: list[Row], filmed: list[Row]) -> list[Row]:
    """Complaints about encounters or about a moment, logged up to two months later."""
    from tests.metrics.small_programme_footage import complaint, complaint_of_a_moment

    about_encounters = [complaint(draw, number, attended) for number in range(60)]
    return about_encounters + [complaint_of_a_moment(draw, number, filmed) for number in range(90)]


def cases(draw: random.Random) -> list[Row]:
    """Cases that recordings name."""
    from tests.metrics.small_programme_footage import case

    return [case(draw, number) for number in range(30)]
