"""Requests counted one at a time, days stepped through one by one."""

import csv
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from orchestration import paths
from tests.metrics.slow_rows import NEVER, Figures, Programme, Row, Tally, month_of

DAY = timedelta(days=1)
SATURDAY = 5
WORKING_DAYS = 20
BANDS = ((31, "up to 31 days"), (92, "32 to 92 days"), (183, "93 to 183 days"))


def requests(programme: Programme) -> Figures:
    """Every figure of requests."""
    rows = programme.rows("requests")
    found = _on_time(programme, rows, "subject_access", "one calendar month")
    found |= _on_time(programme, rows, "freedom_of_information", "20 working days")
    return found | _open(programme, rows) | _holds(programme, rows)


def holidays(*, everywhere: bool) -> set[date]:
    """Bank holidays of England and Wales, or of every part of the kingdom."""
    with (paths.ROOT / "data" / "seeds" / "bank_holidays.csv").open() as file:
        return {
            date.fromisoformat(row["bank_holiday_date"])
            for row in csv.DictReader(file)
            if everywhere or row["is_in_england_and_wales"] == "true"
        }


def month_later(day: date) -> date:
    """The same day of the next month or its last one, moved on to a working day."""
    off = holidays(everywhere=False)
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    due = date(year, month, min(day.day, monthrange(year, month)[1]))
    while due.weekday() >= SATURDAY or due in off:
        due += DAY
    return due


def working_days_later(day: date) -> date:
    """The twentieth working day after a day."""
    off, left = holidays(everywhere=True), WORKING_DAYS
    while left:
        day += DAY
        left -= day.weekday() < SATURDAY and day not in off
    return day


def _on_time(programme: Programme, rows: list[Row], kind: str, clock: str) -> Figures:
    short = {"subject_access": "subject_access", "freedom_of_information": "foi"}[kind]
    extracted = programme.said.get("extracted_on") or programme.said["data_to"]
    tally = Tally(f"{short}_on_time_share", has_denominator=True)
    for row in rows:
        if row["request_kind"] != kind or row["request_outcome"] == "withdrawn":
            continue
        received, closed = row["received_date"], row["closed_date"]
        lawful = month_later(received) if short != "foi" else working_days_later(received)
        ends = [("all", "all", lawful), ("clock", clock, lawful)]
        ends.append(("clock", "due date on file", row["due_date"]))
        for breakdown, part, last in ends:
            if last is None or (closed is None and last > extracted):
                continue
            on_time = closed is not None and closed <= last
            tally.add_part(
                _area(programme, row), month_of(received), breakdown, part, up=int(on_time), down=1
            )
    return tally.figures(programme)


def _area(programme: Programme, row: Row) -> str:
    return programme.names[row["borough"]] if row["borough"] else "unknown"


def _open(programme: Programme, rows: list[Row]) -> Figures:
    tally = Tally("requests_open_by_age", has_denominator=False)
    for month, last in programme.months:
        for row in rows:
            closed = row["closed_date"]
            if row["received_date"] <= last and (closed is None or closed > last):
                days = (last - row["received_date"]).days
                age = next((words for most, words in BANDS if days <= most), "over 183 days")
                parts = [("request_age", age), ("request_kind", row["request_kind"])]
                tally.add(_area(programme, row), month, parts, up=1)
    return tally.figures(programme)


def _holds(programme: Programme, rows: list[Row]) -> Figures:
    recordings = {row["recording_id"]: row for row in programme.rows("recordings")}
    tally = Tally("hold_before_deletion_share", has_denominator=True)
    for row in rows:
        footage, filmed = recordings.get(row["recording_id"]), row["footage_date"]
        if row["request_outcome"] == "withdrawn" or (footage is None and filmed is None):
            continue
        if footage is None:
            kept_until = filmed + programme.said["retention_days"] * DAY
            gone = datetime.combine(kept_until + DAY, time())
        else:
            gone = footage["deleted_at"] or datetime.combine(NEVER, time())
        if gone < datetime.combine(row["received_date"], time()):
            continue
        held = row["hold_placed_at"]
        month = month_of(row["received_date"])
        tally.add(_area(programme, row), month, up=int(held is not None and held < gone), down=1)
    return tally.figures(programme)
