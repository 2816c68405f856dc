"""Which released figure states which realised count of complaints, requests, courts and safety."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from tests.synthetic_data.released_figures import Counts, Released

Found = Callable[[Released], Any]
REFORM, INJURY = date(2020, 2, 1), date(2017, 4, 1)
CLOCKS = {
    "subject_access": "subject_access_on_time_share",
    "freedom_of_information": "foi_on_time_share",
}


def _total(metric: str, side: str = "numerator", value: str | None = None) -> Found:
    return lambda released: released.total(metric, side, value)


def _by_regime(released: Released) -> Counts:
    old, new = released.around("complaints", REFORM)
    return {name: count for name, count in (("pre_2020", old), ("from_2020", new)) if count}


def _by_regime_and_code(released: Released) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(dict)
    for name, count in released.parts("allegations", "regime_category").items():
        regime, category = name.split(": ", 1)
        found[regime][category.split(" ", 1)[0]] = count
    return dict(found)


def _by_family_of_code(released: Released) -> Counts:
    """Allegations under the generator's names: a letter and its successor mean the same there."""
    names = ("use_of_force", "incivility", "search", "arrest_or_custody", "failure_in_duty",
             "discrimination", "other")  # fmt: skip
    old, new = ("C", "U", "K", "E", "S", "F", "W"), ("B4", "H1", "B1", "B3", "A1", "F", "L")
    codes = _by_regime_and_code(released)
    return {
        name: codes.get("pre_2020", {}).get(before, 0) + codes.get("from_2020", {}).get(after, 0)
        for name, before, after in zip(names, old, new, strict=True)
    }


def _medians_by_month(released: Released) -> Counts:
    rows = released.months("days_to_close").filter(pl.col("value").is_not_null())
    return {str(day): value for day, value in rows.select("period_start", "value").iter_rows()}


def _footage(released: Released) -> Counts:
    yes, known = (
        released.total("footage_available_share", side) for side in ("numerator", "denominator")
    )
    asked = released.total("footage_answered_share", "denominator")
    return {"no": known - yes, "yes": yes, "unknown": asked - known}


def _requests(side: str) -> Found:
    return lambda released: {kind: released.total(of, side) for kind, of in CLOCKS.items()}


def _late(released: Released) -> Counts:
    return {
        kind: released.total(of, "denominator") - released.total(of) for kind, of in CLOCKS.items()
    }


def _crimes(released: Released) -> Counts:
    return {
        "charged": released.total("charge_rate_of_recorded"),
        "victim does not support": released.total("victim_attrition_share"),
        "with an outcome": released.total("crimes_with_an_outcome"),
    }


def _positive(released: Released) -> Counts:
    keys = ["area_id", "period_start", "breakdown_value"]
    asked = released.monthly.filter(
        pl.col("metric_id") == "confidence_respondents", pl.col("breakdown") == "question_code"
    )
    shares = released.monthly.filter(pl.col("metric_id") == "public_confidence")
    weighted = shares.join(asked.select(*keys, respondents="numerator"), on=keys)
    positive = (pl.col("value") / 100 * pl.col("respondents")).round().sum()
    return dict(weighted.group_by("breakdown_value").agg(positive).iter_rows())


def _respondents(released: Released) -> Counts:
    rows = released.monthly.filter(pl.col("metric_id") == "confidence_respondents")
    return dict(rows.group_by("breakdown_value").agg(pl.col("numerator").sum()).iter_rows())


def _waves(released: Released) -> int:
    rows = released.monthly.filter(pl.col("metric_id") == "public_confidence")
    return rows["period_start"].n_unique()


MATTERS: dict[str, Found] = {
    "answers.complaints": _total("complaints"),
    "answers.complaints_recorded": _total("recorded_complaints_per_1000_officers"),
    "answers.complaints_closed": _total("complaints_with_a_closing_date"),
    "answers.complaints_by_outcome": lambda released: {
        "upheld": released.total("upheld_complaint_share"),
        "investigated": released.total("upheld_complaint_share", "denominator"),
        "resolved locally": released.total("locally_resolved_complaint_share"),
    },
    "answers.complaints_logged_by_area_and_month": lambda released: released.areas_and_months(
        "complaints"
    ),
    "answers.footage_available": _footage,
    "answers.allegations": _total("allegations"),
    "answers.allegations_by_category": _by_family_of_code,
    "answers.complaints_by_regime": _by_regime,
    "answers.allegations_by_regime_and_code": _by_regime_and_code,
    "answers.days_to_close_median_by_month": _medians_by_month,
    "answers.working_days_to_close_by_month": lambda released: dict(
        released.months("working_days_to_close")
        .select(pl.col("period_start").cast(pl.String), "numerator")
        .iter_rows()
    ),
    "requests.answered_or_due_by_kind": _requests("denominator"),
    "requests.on_time_by_kind": _requests("numerator"),
    "requests.late_by_kind": _late,
    "requests.requests_with_footage_to_hold": _total("hold_before_deletion_share", "denominator"),
    "requests.held_in_time": _total("hold_before_deletion_share"),
    "requests.open_at_end_by_kind": lambda released: released.at_end(
        "requests_open_by_age", "request_kind"
    ),
    "outcomes.cases": lambda released: released.loaded("cases"),
    "outcomes.first_hearings_in_window": _total("early_guilty_plea", "denominator"),
    "outcomes.guilty_pleas_in_window": _total("pleas_by_stage"),
    "outcomes.guilty_pleas_in_window_by_stage": lambda released: released.parts(
        "pleas_by_stage", "plea_stage"
    ),
    "outcomes.early_pleas_in_window": _total("early_guilty_plea"),
    "outcomes.completed_with_camera_evidence": _total(
        "early_guilty_plea_of_completed", "denominator", "used (association only)"
    ),
    "outcomes.early_pleas_of_completed_with_camera_evidence": _total(
        "early_guilty_plea_of_completed", value="used (association only)"
    ),
    "outcomes.completed_domestic_abuse": _total(
        "early_guilty_plea_of_completed", "denominator", "domestic abuse"
    ),
    "outcomes.early_pleas_of_completed_domestic_abuse": _total(
        "early_guilty_plea_of_completed", value="domestic abuse"
    ),
    "outcomes.early_pleas_of_completed": _total("early_guilty_plea_of_completed"),
    "outcomes.guilty_pleas_of_completed": _total("guilty_plea_rate"),
    "outcomes.completed": _total("conviction_share", "denominator"),
    "outcomes.convicted": _total("conviction_share"),
    "outcomes.trial_results": lambda released: {
        "cracked": released.total("cracked_trials_share"),
        "listed": released.total("cracked_trials_share", "denominator"),
    },
    "outcomes.crimes": _total("crimes_with_an_outcome", "denominator"),
    "outcomes.crimes_by_outcome_code": _crimes,
    "outcomes.crimes_domestic_abuse": _total(
        "crimes_with_an_outcome", "denominator", "domestic abuse"
    ),
    "outcomes.assaults": lambda released: (
        released.total("assaults_with_injury") + released.total("assaults_without_injury")
    ),
    "outcomes.assaults_with_injury": _total("assaults_with_injury"),
    "outcomes.assaults_without_injury_before_april_2017": lambda released: released.around(
        "assaults_without_injury", INJURY
    )[0],
    "outcomes.assaults_without_injury_since_april_2017": lambda released: released.around(
        "assaults_without_injury", INJURY
    )[1],
    "exposure.officer_months": _total("complaints_per_1000_officers", "denominator"),
    "exposure.officer_hours": _total("complaints_per_1000_officer_hours", "denominator"),
    "exposure.force_reports": _total("force_reports_per_1000_officers"),
    "exposure.confidence_waves": _waves,
    "exposure.confidence_respondents": _respondents,
    "exposure.confidence_positive": _positive,
}
