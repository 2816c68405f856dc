"""The subjects of the pages: which metrics each shows, in which order, and which studies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from dashboards.data.choice import Choice


@dataclass(frozen=True)
class Topic:
    """A page about one subject.

    `topics` are those of `dim_metric`; `first` are metrics in the order of the page; `outcomes`
    are the groups of outcomes whose studies belong on it; `coverage` names, by metric, the metric
    that says how complete it is.
    """

    page: str
    title: str
    question: str
    topics: tuple[str, ...]
    first: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    coverage: Mapping[str, str] = field(default_factory=dict)


ROLLOUT = Topic(
    "rollout_and_spend",
    "Roll-out and spend",
    "Did the cameras come as planned, who has one, and what did it cost?",
    ("delivery",),
    (
        "devices_against_plan",
        "days_behind_plan",
        "officers_equipped_share",
        "spend_against_budget_share",
        "devices_issued",
        "devices_active",
        "devices_in_repair",
        "phase_order_kept",
        "spend_gbp",
        "cost_per_device_year",
        "cost_per_eligible_encounter_filmed",
    ),
)
USE = Topic(
    "device_use",
    "Device use",
    "Are cameras on when they should be, from the start to the end?",
    ("device_use", "workforce"),
    (
        "activation_rate",
        "from_outset_rate",
        "entire_encounter_rate",
        "activation_rate_of_equipped",
        "entire_of_filmed_rate",
        "unfilmed_encounters",
        "written_reason_share",
        "late_start_seconds",
        "late_start_p90_seconds",
        "early_stop_seconds",
        "early_stop_p90_seconds",
        "announced_share",
        "several_cameras_share",
        "officers_without_recordings_share",
        "recorded_share_of_shift_hours",
        "footage_hours",
        "recordings",
        "cameras_in_use",
        "recorded_share_of_all_shift_hours",
        "footage_hours_by_shift_match",
        "shift_hours_by_footage_match",
    ),
    ("recording",),
)
CARE = Topic(
    "footage_care",
    "Footage care",
    "Is footage looked after: uploaded, tagged, reviewed, kept and deleted in time?",
    ("footage_care",),
    (
        "wrongly_deleted",
        "uploaded_after_24h_share",
        "untagged_at_31_days_share",
        "deleted_on_time_share",
        "kept_past_rule_share",
        "footage_held_at_complaint_share",
        "expires_before_next_panel",
        "review_sample_sufficiency",
        "reviewed_share",
        "evidential_share",
        "untagged_at_7_days_share",
        "recordings_without_link_share",
        "upload_delay_median_hours",
        "upload_delay_p95_hours",
    ),
)
REQUESTS = Topic(
    "requests",
    "Requests",
    "Are people who ask for footage answered in time, and is it kept till then?",
    ("requests",),
    (
        "subject_access_on_time_share",
        "foi_on_time_share",
        "requests_open_by_age",
        "hold_before_deletion_share",
    ),
)
COMPLAINTS = Topic(
    "complaints",
    "Complaints",
    "How many complaints are made, did the rate change, and was footage there to settle them?",
    ("complaints", "trial"),
    (
        "complaints_per_1000_officers",
        "force_complaints_per_1000_officers",
        "encounter_complaints_per_1000_officers",
        "complaints_per_1000_employees",
        "days_to_close",
        "complaints_by_incident_date",
        "allegations",
        "upheld_complaint_share",
        "complaints",
        "trial_complaints",
        "trial_force_reports",
    ),
    ("complaints",),
    {
        "complaints_per_1000_officers": "complaints_with_a_district",
        "force_complaints_per_1000_officers": "complaints_with_a_category",
        "days_to_close": "complaints_with_a_closing_date",
        "complaints_by_incident_date": "incident_date_completeness",
        "footage_available_share": "footage_answered_share",
    },
)
CASES = Topic(
    "case_outcomes",
    "Case outcomes",
    "How do cases end, and do defendants plead guilty early?",
    ("case_outcomes",),
    (
        "conviction_share",
        "early_guilty_plea",
        "charge_rate_of_closed",
        "cracked_trials_share",
        "pleas_by_stage",
        "days_offence_to_charge",
        "days_charge_to_first_hearing",
        "days_first_hearing_to_completion",
        "trial_guilty_pleas",
        "magistrates_conviction_share",
        "crime_outcome_share",
    ),
    ("pleas", "convictions", "charges", "court_time"),
    {"charge_rate_of_recorded": "crimes_with_an_outcome"},
)
SAFETY = Topic(
    "safety_and_trust",
    "Safety and trust",
    "Are officers and people safer, and do people trust the police?",
    ("safety",),
    (
        "assaults_with_injury",
        "force_reports_per_1000_officers",
        "use_of_force_per_1000_officers",
        "public_confidence",
        "stop_volumes",
        "assaults_without_injury",
    ),
    ("use_of_force", "assaults", "stops", "arrests", "recorded_crime"),
)
ALL = (ROLLOUT, USE, CARE, REQUESTS, COMPLAINTS, CASES, SAFETY)


def studies_of(choice: Choice, topic: Topic) -> pl.DataFrame:
    """Studies of the programme whose outcome belongs on the page.

    Those of the whole programme or of several areas come first, then that of the chosen area; one
    of another area alone is no study of this one.
    """
    rows = choice.release.rows("fct_studies", programme_id=choice.place["programme_id"])
    if rows.is_empty():
        return rows
    on_topic = rows.filter(pl.col("outcome_group").is_in(topic.outcomes))
    return studies_of_area(choice, on_topic)


def studies_of_area(choice: Choice, rows: pl.DataFrame) -> pl.DataFrame:
    """Studies about the chosen area: those of several areas first, then those of it alone.

    The whole programme shows those of single areas too, after the others.
    """
    if "studied_area_id" not in rows.columns:
        return rows.sort("study_id")
    of_several = pl.col("studied_area_id").is_null()
    is_whole = choice.area.get("parent_area_id") is None
    here = pl.lit(is_whole) | (pl.col("studied_area_id") == choice.area["area_id"])
    return rows.filter(of_several | here).sort(~of_several, "study_id")


def checks_not_met(choice: Choice, study_id: str) -> str:
    """The names of the checks that hold a study's estimate back; empty where none does."""
    gates = choice.release.rows("fct_study_gates", study_id=study_id)
    failed = gates.filter(~pl.col("is_passed")).sort("gate_order") if gates.width else gates
    names = failed["gate_name"].to_list() if failed.width else []
    return f"what it needs is not met: {'; '.join(names)}" if names else ""
