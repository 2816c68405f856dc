"""Which complaints, cases and requests a recording bears on: all compared with all."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tests.metrics.slow_encounter_links import ZERO, Link, has_time, links
from tests.metrics.slow_rows import Programme, Row


@dataclass(frozen=True)
class Bond:
    """A recording and what it bears on."""

    kind: str
    matter: str
    recording: Row
    method: str
    confidence: float
    is_by_time: bool = False


def bonds(programme: Programme) -> list[Bond]:
    """All of them, each recording once with each matter."""
    recordings, stops = programme.rows("recordings"), programme.rows("encounters")
    known, films = {stop["encounter_id"] for stop in stops}, links(programme, stops)
    found = []
    for row in programme.rows("complaints"):
        named = row.get("incident_reference")
        own = _of_encounter("complaint", row["complaint_id"], named, recordings, films, known)
        found += own or [each for each, gap in moments(programme, row) if gap <= _width(programme)]
    for number in {row["case_id"] for row in programme.rows("cases")}:
        found += [
            Bond("case", number, row, "reference", 1.0)
            for row in recordings
            if row["case_reference"] == number
        ]
    for row in programme.rows("requests"):
        number, named = row["request_id"], row["incident_reference"]
        own = _of_encounter("request", number, named, recordings, films, known)
        stated = {bond.recording["recording_id"] for bond in own if bond.confidence == 1.0}
        for film in recordings:
            if film["recording_id"] == row["recording_id"] and film["recording_id"] not in stated:
                own = [e for e in own if e.recording["recording_id"] != film["recording_id"]]
                own.append(Bond("request", number, film, "reference", 1.0))
        found += own
    return found


def _of_encounter(
    kind: str,
    number: str,
    named: str | None,
    recordings: list[Row],
    films: dict[str, list[Link]],
    known: set[str],
) -> list[Bond]:
    if named is None:
        return []
    stated = [row for row in recordings if row["incident_reference"] == named]
    found = [Bond(kind, number, row, "reference", 1.0) for row in stated]
    for link in films.get(named, []):
        if link.method != "reference":
            sure = link.confidence(known)
            found.append(Bond(kind, number, link.recording, link.method, sure))
    return found


def _width(programme: Programme) -> timedelta:
    return timedelta(seconds=programme.said["match_tolerance_seconds"])


def moment_of(complaint: Row) -> datetime | None:
    """The time of the incident, where one is stated that is not the first second of a day."""
    moment: datetime | None = complaint.get("incident_at")
    return None if moment is None or moment.time() == time() else moment


def moments(programme: Programme, complaint: Row) -> list[tuple[Bond, timedelta]]:
    """Recordings of the officer complained of, each with how far it misses the incident."""
    moment, officer = moment_of(complaint), complaint.get("officer_number")
    if moment is None or officer is None:
        return []
    found = []
    for row in programme.rows("recordings"):
        if row["officer_number"] == officer and has_time(row):
            gap = max(ZERO, row["recorded_from"] - moment, moment - row["recorded_to"])
            how = ("interval", 0.6) if gap == ZERO else ("interval_tolerance", 0.3)
            bond = Bond("complaint", complaint["complaint_id"], row, *how, is_by_time=True)
            found.append((bond, gap))
    return found
