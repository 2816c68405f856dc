"""Use at encounters counted one encounter, officer and recording at a time."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.metrics.slow_delivery import holds_camera, with_history
from tests.metrics.slow_encounter_links import Link, attendees, cameras_of, links, why_none
from tests.metrics.slow_footage import percentile
from tests.metrics.slow_rows import Figures, Programme, Row, Tally, month_of

GRACE = 10.0
#: Quantiles among the encounters filmed late, and among those of which the end was not filmed.
QUANTILES = (
    ("late_start_seconds", "late", 0.5),
    ("late_start_p90_seconds", "late", 0.9),
    ("early_stop_seconds", "early", 0.5),
    ("early_stop_p90_seconds", "early", 0.9),
)


def use(programme: Programme) -> Figures:
    """Every figure of use at encounters."""
    stops = programme.rows("encounters")
    films = links(programme, stops)
    for stop in stops:
        explain(programme, stop, films[stop["encounter_id"]])
    found = _shares(programme, stops) | _medians(programme, stops)
    return found | _unfilmed(programme, stops) | _announced(programme) | _without(programme)


def explain(programme: Programme, stop: Row, films: list[Link]) -> None:
    """Add what the recordings of an encounter show of it."""
    stop["area"], stop["month"] = programme.names[stop["borough"]], month_of(stop["started_at"])
    officers = attendees(programme).get(stop["encounter_id"], set())
    stop["equipped"] = bool(cameras_of(programme, officers, stop["started_at"].date()))
    stop["filmed"] = bool(films)
    stop["cameras"] = len({link.recording["camera_id"] for link in films})
    timed = [link for link in films if link.is_timed]
    stop["late"] = min((link.late for link in timed), default=None)
    stop["early"] = min((link.early for link in timed), default=None)
    stop["gap"] = _longest_gap(stop, timed)
    stop["outset"] = None if stop["late"] is None else stop["late"] <= GRACE
    stop["entire"] = None
    if timed:
        stop["entire"] = max(stop["late"], stop["early"], stop["gap"]) <= GRACE
    if not films:
        stop["why"], is_data = why_none(programme, stop)
        stop["by"] = "reason" if stop["camera_off_reason"] else "unexplained"
        stop["by"] = "data" if is_data else stop["by"]


def _longest_gap(stop: Row, timed: list[Link]) -> float:
    """Longest stretch of seconds, after filming began, in which no second was filmed."""
    begins, ends = stop["started_at"], stop["ended_at"]
    longest = 0.0
    for link in timed:
        until = link.filmed_to
        later = [each.filmed_from for each in timed if each.filmed_from > until]
        runs_on = any(each.filmed_from <= until < each.filmed_to for each in timed)
        if later and not runs_on:
            gap = min(*later, ends) - max(until, begins)
            longest = max(longest, gap.total_seconds())
    return longest


def _shares(programme: Programme, stops: list[Row]) -> Figures:
    asked: dict[str, list[tuple[Row, bool]]] = {
        "activation_rate": [(stop, stop["filmed"]) for stop in stops],
        "from_outset_rate": [(s, s["outset"]) for s in stops if s["outset"] is not None],
        "activation_rate_of_equipped": [(s, s["filmed"]) for s in stops if s["equipped"]],
        "entire_encounter_rate": [(stop, bool(stop["entire"])) for stop in stops],
        "entire_of_filmed_rate": [(s, s["entire"]) for s in stops if s["entire"] is not None],
        "written_reason_share": [
            (s, s["camera_off_reason"] is not None) for s in stops if not s["filmed"]
        ],
        "several_cameras_share": [(s, s["cameras"] > 1) for s in stops if s["filmed"]],
    }
    found: Figures = {}
    for metric, rows in asked.items():
        tally = Tally(metric, has_denominator=True)
        for stop, fits in rows:
            kind = [("encounter_kind", stop["encounter_kind"])]
            tally.add(stop["area"], stop["month"], kind, up=int(fits), down=1)
        found |= tally.figures(programme)
    return found


def _unfilmed(programme: Programme, stops: list[Row]) -> Figures:
    tally = Tally("unfilmed_encounters", has_denominator=False)
    for stop in stops:
        if not stop["filmed"]:
            parts = [("explained_by", stop["by"]), ("unmatched_reason", stop["why"])]
            tally.add(stop["area"], stop["month"], parts, up=1)
    return tally.figures(programme)


def _announced(programme: Programme) -> Figures:
    tally = Tally("announced_share", has_denominator=True)
    for row in programme.rows("recordings"):
        if row["is_announced"] is not None:
            began = row["recorded_from"]
            area = programme.area_of(row["officer_number"], began.date()) or "unknown"
            tally.add(area, month_of(began), up=int(row["is_announced"]), down=1)
    return tally.figures(programme)


def _medians(programme: Programme, stops: list[Row]) -> Figures:
    said, found = programme.said, Figures()
    for metric, column, share in QUANTILES:
        seconds: dict[tuple[str, str, date], list[float]] = defaultdict(list)
        for stop in stops:
            day = stop["started_at"].date()
            if stop[column] is None or stop[column] <= GRACE:
                continue
            if not said["data_from"] <= day <= said["data_to"]:
                continue
            quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            for area in programme.above(stop["area"]):
                seconds[area, "month", stop["month"]].append(stop[column])
                seconds[area, "quarter", quarter].append(stop[column])
                seconds[area, "year", day.replace(month=1, day=1)].append(stop[column])
                seconds[area, "window", said["data_from"]].append(stop[column])
        for (area, grain, start), values in seconds.items():
            within = Decimal(percentile(values, share))
            found[metric, area, grain, start, "all", "all"] = (within, Decimal(len(values)))
    return found


def _without(programme: Programme) -> Figures:
    begun: dict[str, list[datetime]] = defaultdict(list)
    for row in programme.rows("recordings"):
        begun[row["officer_number"]].append(row["recorded_from"])
    issues = with_history(programme.rows("devices"))
    filmed: dict[tuple[Any, ...], bool] = {}
    for shift in programme.rows("shifts"):
        officer, first = shift["officer_number"], shift["starts_at"]
        if (area := programme.area_of(officer, first.date())) is None:
            continue
        if not holds_camera(issues, officer, first):
            continue
        last = min(shift["ends_at"], first + timedelta(days=1))
        any_began = any(first <= moment <= last for moment in begun[officer])
        who = (area, month_of(first), officer)
        filmed[who] = filmed.get(who, False) or any_began
    tally = Tally("officers_without_recordings_share", has_denominator=True)
    for (area, month, _), did_film in filmed.items():
        tally.add(area, month, up=int(not did_film), down=1)
    return tally.figures(programme)
