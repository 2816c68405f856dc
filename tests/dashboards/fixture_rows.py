"""Rows of invented programmes in which every state of a figure occurs."""

from datetime import date
from typing import Any

from tests.dashboards.fixture_metrics import METRICS

CITY, TOWN, TRIAL = "invented_city", "invented_town", "invented_trial"
NAMES = {CITY: "Invented City", TOWN: "Synthetic Town", TRIAL: "Invented Trial"}
HOSTILE = "=cmd|' /C calc'!A0 <b>$x$ :red[*no*]"
AREAS = {"all": "Whole force", "north": "North", "south": "South & East"}


def metric_rows() -> list[dict[str, Any]]:
    """One row per metric."""
    return [
        {
            "metric_id": name,
            "label": name.replace("_", " ").capitalize(),
            "topic": topic,
            "definition": "One divided by the other.",
            "numerator_words": up,
            "denominator_words": down,
            "kind": kind,
            "unit": unit,
            "per_count": 100,
            "direction": "contested",
            "why_it_matters": "It was promised.",
            "rise_can_mean": "more of it",
            "fall_can_mean": "less of it",
            "grace_days": 30,
            "owner": "analysts",
            "version": 1,
            "breaks": "none",
        }
        for name, (topic, kind, unit, up, down) in METRICS.items()
    ]


def figure(programme: str, metric: str, area: str, start: date, **more: Any) -> dict[str, Any]:
    """One row of `fct_metrics`, final and of one month unless stated otherwise."""
    count = METRICS[metric][1] == "count"
    row = {
        "programme_id": programme,
        "metric_id": metric,
        "area_id": area,
        "period_grain": "month",
        "period_start": start,
        "breakdown": "all",
        "breakdown_value": "all",
        "period_end": start.replace(day=28),
        "numerator": 40.0,
        "denominator": None if count else 100.0,
        "value": 40.0,
        "interval_low": None if count else 30.9,
        "interval_high": None if count else 49.8,
        "interval_method": "none" if count else "Wilson",
        "dispersion": None,
        "status": "final",
        "status_reason": None,
        "is_provisional": False,
        "is_break": start == date(2018, 6, 1),
    }
    row |= more
    return row | ({"denominator": None, "value": row["numerator"]} if count else {})


LOW = {"status": "low", "numerator": 7.0}
HIDDEN = {
    "status": "suppressed",
    "status_reason": "Fewer than 10 people.",
    **dict.fromkeys(("numerator", "denominator", "value", "interval_low", "interval_high")),
}
ABSENT = {
    **HIDDEN,
    "status": "not_supplied",
    "status_reason": f"The courts publish no plea dates. {HOSTILE}",
}
WINDOW = {
    "period_grain": "window",
    "period_end": date(2019, 6, 30),
    "numerator": 720.0,
    "denominator": 1800.0,
}
YEAR = {
    "period_grain": "year",
    "period_end": date(2018, 12, 31),
    "numerator": 480.0,
    "denominator": 1200.0,
}


def figures() -> list[dict[str, Any]]:
    """Monthly, yearly and whole-time figures of every state."""
    months = [date(2018, month, 1) for month in range(1, 13)] + [date(2019, 1, 1)]
    rows = []
    for metric in METRICS:
        if metric == "early_guilty_plea":
            continue
        for area in AREAS:
            rows += [figure(CITY, metric, area, month) for month in months]
            rows.append(figure(CITY, metric, area, date(2018, 1, 1), **WINDOW))
            rows.append(figure(CITY, metric, area, date(2018, 1, 1), **YEAR))
    rate = "complaints_per_1000_officers"
    rows = [row | LOW if _is(row, rate, "north") else row for row in rows]
    rows = [row | HIDDEN if _is(row, rate, "south") else row for row in rows]
    parts = {"breakdown": "status", **WINDOW}
    rows += [
        figure(CITY, "complaints", "all", date(2018, 1, 1), **parts, breakdown_value=value)
        for value in ("OPEN", "CLOSED", HOSTILE)
    ]
    used = {"breakdown": "camera_evidence_used", **WINDOW}
    rows += [
        figure(CITY, "conviction_share", "all", date(2018, 1, 1), **used | more)
        for more in (
            {"breakdown_value": "used (association only)"},
            {"breakdown_value": "not used (association only)", **LOW},
        )
    ]
    rows.append(figure(CITY, "early_guilty_plea", "all", date(2018, 1, 1), **WINDOW | ABSENT))
    return [*rows, *_gaps(), figure(TOWN, "recordings", "all", date(2018, 1, 1), **WINDOW)]


def _gaps() -> list[dict[str, Any]]:
    """Reasons why there is no footage, one of them of nothing, and how sure links are."""
    return [
        figure(CITY, metric, "all", date(2018, 1, 1), **{"breakdown": breakdown, **WINDOW, **more})
        for metric, breakdown, more in (
            ("complaints_without_footage_share", "unmatched_reason",
             {"breakdown_value": "no camera issued"}),
            ("complaints_without_footage_share", "unmatched_reason",
             {"breakdown_value": "no recording that day", "numerator": 0.0}),
            ("recording_links", "link_confidence", {"breakdown_value": "0.9", "numerator": 33.0}),
        )
    ]  # fmt: skip


def _is(row: dict[str, Any], metric: str, area: str) -> bool:
    return bool(row["metric_id"] == metric and row["area_id"] == area)


def change(programme: str, area: str, **more: Any) -> dict[str, Any]:
    """A before-and-after comparison, final unless stated otherwise."""
    return {
        "programme_id": programme,
        "metric_id": "complaints_per_1000_officers",
        "area_id": area,
        "comparison": "after",
        "comparison_label": "2018, with cameras everywhere",
        "baseline_start": date(2015, 1, 1),
        "baseline_end": date(2015, 12, 31),
        "comparison_start": date(2018, 1, 1),
        "comparison_end": date(2018, 12, 31),
        "baseline_events": 800.0,
        "baseline_exposure": 12000.0,
        "comparison_events": 600.0,
        "comparison_exposure": 12000.0,
        "baseline_rate": 800.0,
        "comparison_rate": 600.0,
        "change_percent": -25.0,
        "interval_low_percent": -33.0,
        "interval_high_percent": -16.0,
        "change_absolute": -200.0,
        "interval_low_absolute": -270.0,
        "interval_high_absolute": -130.0,
        "why": "Whole years on both sides.",
        "interval_method": "Poisson ratio",
        "status": "final",
        "status_reason": None,
        "what_happened": "Complaints: 800 events in the baseline, 600 in 2018. It fell.",
    } | more
