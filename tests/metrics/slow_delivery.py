"""Delivery counted one device, shift and payment at a time."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.metrics.slow_encounter_links import links
from tests.metrics.slow_rows import NEVER, Figures, Programme, Row, Tally, month_of

DAY = timedelta(days=1)


def delivery(programme: Programme) -> Figures:
    """Every figure of delivery that files alone give."""
    issues = with_history(programme.rows("devices"))
    found = _stocks(programme, issues)
    found |= _equipped(programme, issues)
    found |= _spend(programme)
    return found | _cost(programme, issues) | _cost_of_filming(programme)


def with_history(rows: list[Row]) -> list[Row]:
    """Issues of devices, each with what came before and after it."""
    for row in rows:
        same = [each for each in rows if each["device_serial"] == row["device_serial"]]
        later = [e["issued_date"] for e in same if e["issued_date"] > row["issued_date"]]
        row["is_first"] = all(e["issued_date"] >= row["issued_date"] for e in same)
        row["next"] = min(later, default=NEVER)
        row["until"] = min(row["returned_date"] or NEVER, row["next"])
        is_out = row["returned_date"] is None and not later
        row["works"] = not is_out or row["device_status"] == "active"
        place = (row["issued_date"], row["device_serial"])
        row["is_replacement"] = bool(row["is_first"] and row["issued_to"]) and any(
            each["issued_to"] == row["issued_to"]
            and (each["issued_date"], each["device_serial"]) < place
            for each in rows
        )
    return rows


def phase(row: Row) -> str:
    """The phase of an issue in words."""
    return f"phase {row['rollout_phase']}" if row["rollout_phase"] else "not stated"


def _stocks(programme: Programme, issues: list[Row]) -> Figures:
    issued = Tally("devices_issued", has_denominator=False)
    active = Tally("devices_active", has_denominator=False)
    repair = Tally("devices_in_repair", has_denominator=False)
    for month, last in programme.months:
        for row in issues:
            area = programme.names[row["borough"]]
            parts = [("officer_role", row["role"] or "not stated"), ("rollout_phase", phase(row))]
            if row["is_first"] and row["issued_date"] <= last:
                issued.add(area, month, parts, up=1)
            if row["works"] and row["issued_date"] <= last < row["until"]:
                active.add(area, month, parts, up=1)
            broken_from = row["returned_date"] or row["issued_date"]
            if row["device_status"] == "in_repair" and broken_from <= last < row["next"]:
                repair.add(area, month, parts, up=1)
    return issued.figures(programme) | active.figures(programme) | repair.figures(programme)


def holds_camera(issues: list[Row], officer: str, moment: datetime) -> bool:
    """Whether an officer holds a working device of the officer's own at a moment."""
    return any(
        row["issued_to"] == officer
        and row["works"]
        and datetime.combine(row["issued_date"], time()) <= moment
        and moment < datetime.combine(row["until"], time())
        for row in issues
    )


def _equipped(programme: Programme, issues: list[Row]) -> Figures:
    equipped: dict[tuple[Any, ...], bool] = {}
    for shift in programme.rows("shifts"):
        begins, officer = shift["starts_at"], shift["officer_number"]
        area = programme.area_of(officer, begins.date())
        if area is None:
            continue
        own = holds_camera(issues, officer, begins)
        who = (area, month_of(begins), officer)
        equipped[who] = equipped.get(who, False) or own
    tally = Tally("officers_equipped_share", has_denominator=True)
    for (area, month, _), has_own in equipped.items():
        tally.add(area, month, up=int(has_own), down=1)
    return tally.figures(programme)


def _spend(programme: Programme) -> Figures:
    tally = Tally("spend_gbp", has_denominator=False)
    for row in programme.rows("spend"):
        parts = [("spend_scope", row["spend_scope"]), ("funder", row["funder"])]
        tally.add(programme.root, month_of(row["paid_date"]), parts, up=_pounds(row))
    return tally.figures(programme)


def _pounds(row: Row) -> Decimal:
    return Decimal(row["amount_gbp"])


def _cost(programme: Programme, issues: list[Row]) -> Figures:
    tally = Tally("cost_per_device_year", has_denominator=True)
    for row in programme.rows("spend"):
        tally.add(programme.root, month_of(row["paid_date"]), up=_pounds(row))
    for month, last in programme.months:
        for row in issues:
            day = month
            while day <= last:
                if row["works"] and row["issued_date"] <= day < row["until"]:
                    tally.add(programme.root, month, down=1)
                day += DAY
    return tally.figures(programme)


def _cost_of_filming(programme: Programme) -> Figures:
    tally = Tally("cost_per_eligible_encounter_filmed", has_denominator=True)
    for row in programme.rows("spend"):
        tally.add(programme.root, month_of(row["paid_date"]), up=_pounds(row))
    stops = programme.rows("encounters")
    films = links(programme, stops)
    for stop in stops:
        if films[stop["encounter_id"]]:
            tally.add(programme.root, month_of(stop["started_at"]), down=1)
    return tally.figures(programme)
