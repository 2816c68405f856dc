"""Promises of invented programmes: every status, a later version, a rival and a quotation."""

from datetime import date
from typing import Any

from tests.dashboards.fixture_rows import CITY, HOSTILE, TOWN

STATUSES = (
    "delivered",
    "on_track",
    "at_risk",
    "late",
    "partly_delivered",
    "not_delivered",
    "not_shown_either_way",
    "reported_by_promiser",
    "reported_by_others",
    "searched_not_found",
    "cannot_be_measured",
)
THIS = 3


def promise(name: str, programme: str = CITY, **more: Any) -> dict[str, Any]:
    """A row of dim_promise."""
    return {
        "programme_id": programme,
        "promise_id": name,
        "promise_order": 0,
        "owner": "Mayor of Invented City",
        "owner_role": "mayor",
        "made_on": date(2016, 12, 1),
        "date_precision": "month",
        "who": "The Mayor",
        "promise_area": "Invented City",
        "wording": f"a hundred cameras ({name})",
        "wording_kind": "paraphrased",
        "promise_kind": "delivery",
        "measure_words": "cameras issued",
        "metric_id": None,
        "target": 100.0,
        "target_words": None,
        "target_unit": "cameras",
        "promised_for": date(2017, 12, 31),
        "publisher": "Invented Gazette",
        "source_title": "1 December 2016",
        "source_url": "https://example.org/gazette",
        "supersedes": None,
        "superseded_by": None,
        "rival_of": None,
        "part_of": None,
        "is_synthetic": programme == TOWN,
    } | more


def status(name: str, status: str, programme: str = CITY, **more: Any) -> dict[str, Any]:
    """A row of fct_promise_status."""
    return {
        "programme_id": programme,
        "promise_id": name,
        "promise_status": status,
        "promise_reason": f"Invented reason for {status}.",
        "rule_words": "From published reports.",
        "metric_id": None,
        "figure_value": None,
        "figure_numerator": None,
        "figure_denominator": None,
        "figure_low": None,
        "figure_high": None,
        "figure_start": None,
        "figure_end": None,
        "milestone_id": None,
        "known_to": date(2019, 6, 30),
        "study": None,
        "effect_note": None,
    } | more


def event(name: str, **more: Any) -> dict[str, Any]:
    """A row of fct_milestones."""
    return {
        "programme_id": CITY,
        "milestone_id": name,
        "milestone_date": date(2017, 8, 14),
        "date_precision": "day",
        "milestone": "Most have cameras",
        "planned_or_actual": "actual",
        "quantity": 17500.0,
        "quantity_unit": "cameras",
        "publisher": "Invented Gazette",
        "source_url": "not found",
        "source_title": None,
        "published_on": None,
        "support": None,
        "retrieved_on": None,
        "milestone_note": None,
        "is_synthetic": False,
    } | more


def report(name: str, promise_id: str, says: str, said_by: str) -> dict[str, Any]:
    """A row of fct_promise_reports."""
    return {
        "programme_id": CITY,
        "promise_id": promise_id,
        "milestone_id": name,
        "says": says,
        "said_by": said_by,
        "report_why": f"Read as {says}.",
    }


def search(promise_id: str, *, is_found: bool) -> dict[str, Any]:
    """A row of fct_promise_searches."""
    return {
        "programme_id": CITY,
        "promise_id": promise_id,
        "searched_on": date(2026, 11, 29),
        "searched_where": "stored copies of public web pages, first 2,000 characters",
        "query_words": "hundred cameras",
        "is_found": is_found,
        "search_note": None,
    }


def stood(name: str, number: int, status: str, programme: str = CITY) -> dict[str, Any]:
    """A row of fct_promise_history: the third release is the one being served."""
    return {
        "programme_id": programme,
        "promise_id": name,
        "release_number": number,
        "release_id": None if number == THIS else f"2026-0{number}-01-bbb",
        "release_as_of": date(2026, number, 1),
        "promise_status": status,
        "promise_reason": f"Invented reason in release {number}.",
    }


def marts() -> dict[str, list[dict[str, Any]]]:
    """The tables of the register."""
    later = {"supersedes": "delivered", "wording": f"later and more {HOSTILE}"}
    measured = {
        "figure_value": 97.0,
        "figure_low": 95.5,
        "figure_high": 98.25,
        "figure_start": date(2018, 1, 1),
        "figure_end": date(2018, 3, 31),
        "effect_note": "No estimate of what cameras did.",
    }
    return {
        "dim_promise": [
            *(promise(name, rival_of="late" if name == "at_risk" else None) for name in STATUSES),
            promise("newer", **later, wording_kind="quoted"),
            promise("half", wording="fifty of them by summer", part_of="partly_delivered"),
            promise("boast", wording="two thousand wear them", promise_kind="claim"),
            promise("invented", TOWN, owner="Invented Mayor", who="Invented Mayor"),
        ],
        "fct_promise_status": [
            *(status(name, name) for name in STATUSES),
            status("newer", "late"),
            status("half", "reported_by_promiser"),
            status("invented", "at_risk", TOWN, **measured),
        ],
        "fct_promise_history": [
            *(stood(name, 1, name) for name in STATUSES if name != "late"),
            stood("late", 1, "on_track"),
            stood("late", 2, "late"),
            stood("late", THIS, "late"),
            stood("newer", THIS, "late"),
        ],
        "fct_milestones": [
            event("most", source_url="https://example.org/most", milestone_note="No day in it."),
            event("plan", planned_or_actual="planned"),
        ],
        "fct_promise_reports": [
            report("most", "half", "kept", "promiser"),
            report("most", "boast", "not_kept", "others"),
            report("plan", "late", "bears", "others"),
            report("plan", "delivered", "partly", "others"),
        ],
        "fct_camera_dates": [
            {
                "programme_id": CITY,
                "area_id": "north",
                "first_day": None,
                "earliest": date(2017, 1, 1),
                "latest": date(2017, 6, 30),
                "camera_date_precision": "interval",
                "was_in_trial": False,
                "inferred_earliest": None,
                "inferred_latest": None,
                "inference": None,
                "source_title": "Invented Gazette",
                "source_url": "https://example.org/north",
                "second_source_url": None,
                "support": "bound_only",
                "retrieved_on": date(2026, 11, 29),
                "camera_date_note": None,
            }
        ],
        "fct_rollout_totals": [
            {
                "programme_id": CITY,
                "total_on": date(2017, 3, 31),
                "date_precision": "day",
                "areas_with_cameras": 1,
                "equipped_count": 40.0,
                "equipped_unit": "cameras",
                "total_words": "The first area.",
                "source_url": "https://example.org/north",
                "support": "one_source",
                "retrieved_on": date(2026, 11, 29),
                "areas_surely": 0,
                "areas_possibly": 1,
            }
        ],
        "fct_promise_context": [
            {
                "programme_id": CITY,
                "promise_id": "late",
                "shown_programme_id": CITY,
                "shown_area_id": "all",
                "shown_metric_id": "recordings",
                "context_why": "Recordings have many causes.",
            }
        ],
        "fct_record_checks": [
            {
                "programme_id": CITY,
                "check_kind": "one_source",
                "promise_or_milestone": "late",
                "rival_version": None,
                "falls_due_on": None,
                "check_words": "Decided by Invented Gazette alone.",
            }
        ],
        "fct_promise_searches": [
            search("searched_not_found", is_found=False),
            search("partly_delivered", is_found=True),
        ],
    }
