"""The care of footage counted one recording at a time."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from tests.metrics.slow_rows import Figures, Programme, Row, Tally, month_of

DAY = timedelta(days=1)
Share = Callable[[Row], bool | None]
Z = 1.959963984540054


def footage_care(programme: Programme) -> Figures:
    """Every figure of the care of footage."""
    rows = programme.rows("recordings")
    for row in rows:
        explain(programme, row)
    found: Figures = {}
    for metric, (month, counts) in SHARES.items():
        found |= _share(programme, rows, metric, month, counts)
    found |= _delays(programme, rows) | _samples(programme, rows)
    return found | _panels(programme, rows)


def explain(programme: Programme, row: Row) -> None:
    """Add what follows from one recording and the day of the extract."""
    extracted = programme.said.get("extracted_on") or programme.said["data_to"]
    began, days = row["recorded_from"], programme.said["retention_days"]
    row["area"] = programme.area_of(row["officer_number"], began.date()) or "unknown"
    row["month"] = month_of(began)
    row["until"] = row["retain_until_date"]
    if row["until"] is None and not row["is_evidential"]:
        row["until"] = began.date() + days * DAY
    row["until_month"] = month_of(row["until"]) if row["until"] else None
    row["is_due"] = bool(row["until"] and row["until"] + DAY <= extracted)
    row["gone"] = row["deleted_at"].date() if row["deleted_at"] else None
    row["waited"] = row["uploaded_at"] and _elapsed(
        programme, row["recorded_to"], row["uploaded_at"]
    )
    for age in (7, 31):
        row[f"is_{age}"] = began.date() + age * DAY <= extracted
        tagged = row["categorised_at"]
        late = tagged is not None and tagged - began > age * DAY
        row[f"untagged_{age}"] = row["recording_category"] is None or late


def _elapsed(programme: Programme, start: datetime, end: datetime) -> timedelta:
    """Time that passed between two local times, whatever the clocks did."""
    zone = ZoneInfo(programme.said["time_zone"])
    first, last = (each.replace(tzinfo=zone).astimezone(UTC) for each in (start, end))
    return last - first


def _late_upload(row: Row) -> bool | None:
    return None if row["waited"] is None else bool(row["waited"] > DAY)


def _untagged(age: int) -> Share:
    return lambda row: bool(row[f"untagged_{age}"]) if row[f"is_{age}"] else None


def _on_time(row: Row) -> bool | None:
    if not row["is_due"]:
        return None
    return row["gone"] is not None and row["until"] <= row["gone"] <= row["until"] + DAY


def _kept(row: Row) -> bool | None:
    if not row["is_due"]:
        return None
    return row["gone"] is None or bool(row["gone"] > row["until"] + DAY)


#: Month a recording counts in, and whether it counts: None where it is not among those counted.
SHARES: dict[str, tuple[str, Share]] = {
    "uploaded_after_24h_share": ("month", _late_upload),
    "untagged_at_7_days_share": ("month", _untagged(7)),
    "untagged_at_31_days_share": ("month", _untagged(31)),
    "evidential_share": ("month", lambda row: row["is_evidential"]),
    "reviewed_share": ("month", lambda row: row["reviewed_at"] is not None),
    "deleted_on_time_share": ("until_month", _on_time),
    "kept_past_rule_share": ("until_month", _kept),
}


def _share(
    programme: Programme, rows: list[Row], metric: str, month: str, counts: Share
) -> Figures:
    tally = Tally(metric, has_denominator=True)
    for row in rows:
        if (fits := counts(row)) is not None:
            tally.add(row["area"], row[month], up=int(fits), down=1)
    return tally.figures(programme)


def _delays(programme: Programme, rows: list[Row]) -> Figures:
    said = programme.said
    waits: dict[tuple[str, str, date], list[float]] = defaultdict(list)
    for row in rows:
        began = row["recorded_from"].date()
        if row["waited"] is None or not said["data_from"] <= began <= said["data_to"]:
            continue
        quarter = began.replace(month=(began.month - 1) // 3 * 3 + 1, day=1)
        for area in programme.above(row["area"]):
            hours = row["waited"].total_seconds() / 3600
            waits[area, "month", row["month"]].append(hours)
            waits[area, "quarter", quarter].append(hours)
            waits[area, "year", began.replace(month=1, day=1)].append(hours)
            waits[area, "window", said["data_from"]].append(hours)
    found: Figures = {}
    for (area, grain, start), hours in waits.items():
        for metric, share in (("median", 0.5), ("p95", 0.95)):
            key = (f"upload_delay_{metric}_hours", area, grain, start, "all", "all")
            found[key] = (Decimal(percentile(hours, share)), Decimal(len(hours)))
    return found


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lie, on the line between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


def _samples(programme: Programme, rows: list[Row]) -> Figures:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["area"], row["month"]].append(row)
    tally = Tally("review_sample_sufficiency", has_denominator=True)
    for (area, month), group in groups.items():
        endless = Z**2 * 0.25 / 0.1**2
        needed = ceil(round(endless / (1 + (endless - 1) / len(group)), 9))
        reviewed = sum(row["reviewed_at"] is not None for row in group)
        tally.add(area, month, up=min(reviewed, needed), down=needed)
    return tally.figures(programme)


def _panels(programme: Programme, rows: list[Row]) -> Figures:
    tally = Tally("expires_before_next_panel", has_denominator=False)
    for month, last in programme.months:
        ahead = [day for day in programme.said["scrutiny_panels"] if day > last]
        for row in rows:
            is_held = row["recorded_from"].date() <= last and (
                row["gone"] is None or row["gone"] > last
            )
            if ahead and is_held and row["until"] and last <= row["until"] < min(ahead):
                category = row["recording_category"] or "not categorised"
                tally.add(row["area"], month, [("recording_category", category)], up=1)
    return tally.figures(programme)
