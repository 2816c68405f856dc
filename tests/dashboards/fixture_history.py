"""What an invented release carries of earlier ones: a metric revised, and one that was not."""

from datetime import date
from typing import Any

from tests.dashboards.fixture_rows import CITY

RULE = "Observed in earlier releases: from 2 months of age on, months changed by less than 2%."


def _rule(metric: str, **more: Any) -> dict[str, Any]:
    return {
        "programme_id": CITY,
        "metric_id": metric,
        "metric_version": 1,
        "history_since": 1,
        "history_words": "What was first published goes back to release 1.",
        "grace_days": 30,
        "provisional_months": 2,
        "provisional_basis": "observed",
        "provisional_words": RULE,
    } | more


REVISED = {
    "programme_id": CITY,
    "metric_id": "conviction_share",
    "area_id": "all",
    "period_grain": "month",
    "period_start": date(2018, 3, 1),
    "breakdown": "all",
    "breakdown_value": "all",
    "metric_version": 1,
    "first_release_number": 1,
    "last_change_number": 2,
    "revision_count": 1,
    "first_numerator": 38.0,
    "first_denominator": 95.0,
    "first_value": 38.5,
    "latest_numerator": 40.0,
    "latest_denominator": 100.0,
    "latest_value": 40.0,
    "is_withdrawn": False,
}
AGE = {
    "programme_id": CITY,
    "metric_id": "conviction_share",
    "age_months": 0,
    "months_judged": 6,
    "counted_then": 190.0,
    "counted_now": 200.0,
    "share_of_latest_percent": 95.0,
    "revision_percent": 5.0,
}


def marts() -> dict[str, list[dict[str, Any]]]:
    """The tables of revisions."""
    return {
        "fct_provisional_periods": [_rule("conviction_share"), _rule("recordings")],
        "fct_revisions": [REVISED],
        "fct_revision_triangle": [AGE],
    }
