"""Which released figure states which realised count of truth.json."""

from collections.abc import Callable
from typing import Any

import polars as pl

from tests.synthetic_data.expected_figures_justice import MATTERS
from tests.synthetic_data.released_figures import Released

Found = Callable[[Released], Any]
ROWS = (
    "officers", "shifts", "devices", "encounters", "encounter_officers", "recordings",
    "complaints", "allegations", "cases", "crimes", "requests", "spend", "assaults",
)  # fmt: skip


def _loaded(table: str) -> Found:
    return lambda released: released.loaded(table)


def _total(metric: str, side: str = "numerator", value: str | None = None) -> Found:
    return lambda released: released.total(metric, side, value)


def _parts(metric: str, breakdown: str, side: str = "numerator") -> Found:
    return lambda released: released.parts(metric, breakdown, side)


def _at_end(metric: str, breakdown: str) -> Found:
    return lambda released: released.at_end(metric, breakdown)


def _window(metric: str, unit_seconds: int = 1) -> Found:
    return lambda released: round(released.window(metric) * unit_seconds, 1)


def _phases(released: Released) -> list[dict[str, Any]]:
    issued = released.at_end("devices_issued", "rollout_phase")
    planned = released.at_end("devices_against_plan", "rollout_phase", "denominator")
    return [
        {
            "phase": int(name.removeprefix("phase ")),
            "planned_first": released.first_month("devices_against_plan", name, 1, "denominator"),
            "planned_devices": planned[name],
            "issues": count,
            "first_issued": released.first_month("devices_issued", name, 1),
            "last_issued": released.first_month("devices_issued", name, count),
        }
        for name, count in sorted(issued.items())
    ]


def _cameras_from(released: Released) -> dict[str, str]:
    begun = released.leaves("areas_with_cameras").filter(pl.col("numerator") > 0)
    first = begun.group_by("area_id").agg(pl.col("period_start").min().cast(pl.String))
    return dict(first.iter_rows())


def _in_order(released: Released) -> bool:
    kept, phases = (
        released.at_end("phase_order_kept", side=side)["all"]
        for side in ("numerator", "denominator")
    )
    return kept == phases


def _pounds(amount: float) -> str:
    return f"{amount:.2f}"


def _budget(released: Released, side: str) -> float:
    return released.at_end("spend_against_budget_share", side=side)["all"]


def _paid_by(breakdown: str) -> Found:
    return lambda released: {
        name: _pounds(paid) for name, paid in released.parts("spend_gbp", breakdown).items()
    }


RECOVERED: dict[str, Found] = {
    **{f"rows.{table}": _loaded(table) for table in ROWS},
    "delivery.issues": lambda released: released.at_end("devices_issued")["all"],
    "delivery.active_at_end": lambda released: released.at_end("devices_active")["all"],
    "delivery.issues_by_status": _at_end("devices_in_repair", "all"),
    "delivery.issues_by_area": lambda released: released.areas_at_end("devices_issued"),
    "delivery.issues_by_role": _at_end("devices_issued", "officer_role"),
    "delivery.phases": _phases,
    "delivery.phase_order_kept": _in_order,
    "delivery.cameras_from": _cameras_from,
    "spend.budget_gbp": lambda released: _pounds(_budget(released, "denominator")),
    "spend.spent_gbp": lambda released: _pounds(released.total("spend_gbp")),
    "spend.overrun_gbp": lambda released: _pounds(
        _budget(released, "numerator") - _budget(released, "denominator")
    ),
    "spend.by_scope_gbp": _paid_by("spend_scope"),
    "spend.by_funder_gbp": _paid_by("funder"),
    "use.encounters_by_kind": _parts("activation_rate", "encounter_kind", "denominator"),
    "use.equipped_by_kind": _parts("activation_rate_of_equipped", "encounter_kind", "denominator"),
    "use.filmed_by_kind": _parts("activation_rate", "encounter_kind"),
    "use.from_outset_by_kind": _parts("from_outset_rate", "encounter_kind"),
    "use.entire_by_kind": _parts("entire_encounter_rate", "encounter_kind"),
    "use.late_start_median_seconds": _window("late_start_seconds"),
    "use.late_start_p90_seconds": _window("late_start_p90_seconds"),
    "use.early_stop_median_seconds": _window("early_stop_seconds"),
    "use.early_stop_p90_seconds": _window("early_stop_p90_seconds"),
    "use.filmed_by_several_cameras": _total("several_cameras_share"),
    "use.filmed_by_area": lambda released: released.areas("activation_rate"),
    "use.equipped_by_area": lambda released: released.areas(
        "activation_rate_of_equipped", "denominator"
    ),
    "use.equipped_not_filmed": lambda released: (
        released.total("activation_rate_of_equipped", "denominator")
        - released.total("activation_rate_of_equipped")
    ),
    "use.equipped_not_filmed_with_reason": _total("written_reason_share"),
    "use.announced": _total("announced_share"),
    "use.recorded_seconds": lambda released: round(released.total("footage_hours") * 3600),
    "use.officer_months_on_duty": _total("officers_equipped_share", "denominator"),
    "use.officer_months_equipped": _total("officers_equipped_share"),
    "use.officer_months_without_recordings": _total("officers_without_recordings_share"),
    "care.uploaded": _total("uploaded_after_24h_share", "denominator"),
    "care.upload_delay_median_seconds": _window("upload_delay_median_hours", 3600),
    "care.upload_delay_p95_seconds": _window("upload_delay_p95_hours", 3600),
    "care.uploaded_after_24_hours": _total("uploaded_after_24h_share"),
    "care.untagged_at_7_days": _total("untagged_at_7_days_share"),
    "care.of_age_at_7_days": _total("untagged_at_7_days_share", "denominator"),
    "care.untagged_at_31_days": _total("untagged_at_31_days_share"),
    "care.of_age_at_31_days": _total("untagged_at_31_days_share", "denominator"),
    "care.evidential": _total("evidential_share"),
    "care.reviewed": _total("reviewed_share"),
    "care.due_for_deletion": _total("deleted_on_time_share", "denominator"),
    "care.deleted_on_time": _total("deleted_on_time_share"),
    "care.kept_past_rule": _total("kept_past_rule_share"),
    # What was planted is what recordings refer to; links by officer and time may find more.
    "care.wrongly_deleted": _total("wrongly_deleted", value="reference"),
    "care.complaints_with_footage": _total(
        "footage_held_at_complaint_share", "denominator", "reference"
    ),
    "care.footage_held_when_logged": _total("footage_held_at_complaint_share", value="reference"),
    **MATTERS,
}
