"""Links, and what has none, counted one matter and recording at a time."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from tests.metrics.slow_encounter_links import attendees, has_time, links, reason_of, why_none
from tests.metrics.slow_recording_links import Bond, bonds, moment_of, moments
from tests.metrics.slow_rows import Figures, Programme, Row, Tally, month_of

WIDTHS = {"half the tolerance": 0.5, "the tolerance": 1.0, "double the tolerance": 2.0}
Matter = tuple[str, date, str]


def linked(programme: Programme) -> Figures:
    """Every figure of links."""
    bound = bonds(programme)
    found = _windows(programme) | _links(programme, bound) | _recordings(programme, bound)
    for kind, table in (("complaint", "complaints"), ("case", "cases"), ("request", "requests")):
        own: dict[str, list[Bond]] = defaultdict(list)
        for bond in bound:
            if bond.kind == kind:
                own[bond.matter].append(bond)
        rows = _matters(programme, kind, table, own)
        found |= _shares(programme, f"{table}_without_footage_share", list(rows.values()))
    return found


def _shares(programme: Programme, metric: str, rows: list[Matter]) -> Figures:
    """Rows without a link, and each reason among all rows of an area and month."""
    tally, reasons = Tally(metric, has_denominator=True), {why for _, _, why in rows} - {""}
    for area, month, why in rows:
        tally.add(area, month, up=int(why != ""), down=1)
        for reason in reasons:
            tally.add_part(area, month, "unmatched_reason", reason, up=int(why == reason), down=1)
    return tally.figures(programme)


def _matters(
    programme: Programme, kind: str, table: str, own: dict[str, list[Bond]]
) -> dict[str, Matter]:
    """Area, month and reason of each complaint, case or request."""
    known_on = {"complaint": "logged_date", "case": "charge_date", "request": "received_date"}[kind]
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in programme.rows(table):
        if row.get("request_outcome") != "withdrawn":
            rows[row[f"{kind}_id"]].append(row)
    found = {}
    for number, same in rows.items():
        day = min(row[known_on] for row in same)
        area = min(programme.names[row["borough"]] if row["borough"] else "unknown" for row in same)
        why = _why(programme, kind, same, own.get(number, []), day)
        found[number] = (area, month_of(day), why)
    return found


def _why(programme: Programme, kind: str, same: list[Row], own: list[Bond], day: date) -> str:
    deleted = [bond.recording["deleted_at"] for bond in own]
    if any(gone is None or gone.date() > day for gone in deleted):
        return ""
    if own:
        return "recording deleted by then"
    if kind == "case":
        is_used = any(row["camera_evidence_used"] for row in same if "camera_evidence_used" in row)
        return ("camera evidence used, " if is_used else "") + "no recording names the case"
    (row,) = same
    stops = {stop["encounter_id"]: stop for stop in programme.rows("encounters")}
    named = row.get("incident_reference")
    if named is not None:
        return why_none(programme, stops[named])[0] if named in stops else "reference unknown"
    if kind == "complaint":
        return _of_complaint(programme, row)
    return "reference unknown" if row["recording_id"] else "names no recording or encounter"


def _of_complaint(programme: Programme, row: Row) -> str:
    moment, officer = moment_of(row), row.get("officer_number")
    stop = moment and {"started_at": moment, "ended_at": moment}
    return reason_of(programme, {officer} if officer else set(), row["incident_date"], stop or None)


def _links(programme: Programme, bound: list[Bond]) -> Figures:
    tally = Tally("recording_links", has_denominator=False)
    stops = programme.rows("encounters")
    films, known = links(programme, stops), {stop["encounter_id"] for stop in stops}
    places = {}
    for kind, table in (("complaint", "complaints"), ("case", "cases"), ("request", "requests")):
        for number, matter in _matters(programme, kind, table, {}).items():
            places[kind, number] = matter[:2]
    counted: list[tuple[Any, ...]] = [
        ("encounter", each.method, each.confidence(known), stop) for stop in stops
        for each in films[stop["encounter_id"]]
    ]  # fmt: skip
    for kind, method, sure, stop in counted:
        area = programme.names[stop["borough"]]
        _count(tally, (area, month_of(stop["started_at"])), kind, method, sure)
    for bond in bound:
        if place := places.get((bond.kind, bond.matter)):
            _count(tally, place, bond.kind, bond.method, bond.confidence)
    return tally.figures(programme)


def _count(tally: Tally, place: tuple[str, date], kind: str, method: str, sure: float) -> None:
    parts = [("subject_kind", kind), ("link_method", method), ("link_confidence", str(sure))]
    tally.add(*place, parts, up=1)


def _recordings(programme: Programme, bound: list[Bond]) -> Figures:
    stops = programme.rows("encounters")
    films, who = links(programme, stops), attendees(programme)
    used = {bond.recording["recording_id"] for bond in bound}
    used |= {link.recording["recording_id"] for each in films.values() for link in each}
    days = {
        (officer, stop["started_at"].date())
        for stop in stops
        for officer in who.get(stop["encounter_id"], ())
    }
    rows = []
    for row in programme.rows("recordings"):
        day, officer = row["recorded_from"].date(), row["officer_number"]
        if row["recording_id"] in used:
            why = ""
        elif row["incident_reference"] or row["case_reference"]:
            why = "reference unknown"
        elif officer is None:
            why = "no officer known"
        elif not has_time(row):
            why = "time of day not known"
        elif (officer, day) in days:
            why = "its officer attended encounters at other times"
        else:
            why = "its officer attended no encounter that day"
        area = programme.area_of(officer, day) or "unknown"
        rows.append((area, month_of(day), why))
    return _shares(programme, "recordings_without_link_share", rows)


def _windows(programme: Programme) -> Figures:
    stops, by_time = programme.rows("encounters"), _by_time(programme)
    filmed = Tally("activation_rate_by_match_window", has_denominator=True)
    pairs = Tally("links_by_match_window", has_denominator=False)
    for words, width in WIDTHS.items():
        films = links(programme, stops, width)
        for stop in stops:
            place = programme.names[stop["borough"]], month_of(stop["started_at"])
            own = films[stop["encounter_id"]]
            for part in [("match_window", words)] + [("all", "all")] * (width == 1):
                filmed.add_part(*place, *part, up=int(bool(own)), down=1)
            for part in [("match_window", f"encounter: {words}")] + [("all", "all")] * (width == 1):
                pairs.add_part(*place, *part, up=len(own))
        for complaint, gaps in by_time:
            place = programme.names[complaint["borough"]], month_of(complaint["logged_date"])
            reach = width * timedelta(seconds=programme.said["match_tolerance_seconds"])
            fits = sum(gap <= reach for gap in gaps)
            for part in [("match_window", f"complaint: {words}")] + [("all", "all")] * (width == 1):
                pairs.add_part(*place, *part, up=fits)
    return filmed.figures(programme) | pairs.figures(programme)


def _by_time(programme: Programme) -> list[tuple[Row, list[timedelta]]]:
    """Complaints that no reference leads to footage, with the misses of recordings."""
    named = {b.matter for b in bonds(programme) if b.kind == "complaint" and not b.is_by_time}
    return [
        (row, [gap for _, gap in moments(programme, row)])
        for row in programme.rows("complaints")
        if row["complaint_id"] not in named
    ]
