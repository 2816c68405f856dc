"""Invented studies and published findings, as a release holds them."""

from datetime import date
from typing import Any

from tests.dashboards.fixture_rows import CITY, TRIAL

STUDY = {
    "study_id": "city_rolled",
    "programme_id": CITY,
    "study_title": "Complaints as cameras came to the districts",
    "study_question": "How do complaints compare with those expected without cameras?",
    "study_design": "Units that received cameras at different times, each other's comparison.",
    "design_class": "compared",
    "compared_what": "Districts with cameras, with districts that had none yet.",
    "outcome_group": "complaints",
    "outcome_name": "Complaints",
    "studied_area_id": None,
    "metric_id": None,
    "measure": "log ratio of observed to expected",
    "effect_scale": "log_ratio",
    "estimate": -0.2,
    "interval_low": -0.51,
    "interval_high": 0.11,
    "p_value": 0.15,
    "smallest_detectable": 0.4,
    "is_randomised": False,
    "words": "166 counted, 205 expected. Complaints: we could not tell. Anything from 40% lower "
    "to 12% higher fits these data.",
    "before_after_estimate": -0.81,
    "before_after_words": "From before to after the cameras the rate fell by 56%. Not randomised.",
    "would_change": "A longer time with some districts still without cameras.",
    "study_status": "exploratory",
    "study_status_reason": "the study was not registered",
    "study_sha256": "5" * 64,
    "method": "Poisson imputation",
    "refusal_reason": None,
}
ARMS = STUDY | {
    "study_id": "printed_arms",
    "programme_id": None,
    "study_title": "Shift trials as printed",
    "design_class": "randomised",
    "compared_what": "Shifts randomised to cameras, with shifts randomised to go without.",
    "measure": "standardised mean difference d",
    "effect_scale": "standardised_difference",
    "is_randomised": True,
    "words": "As published. Complaints: we could not tell. Anything from 0.16 standard deviations "
    "lower to 0.27 standard deviations higher fits these data.",
    "before_after_estimate": None,
    "before_after_words": "1,539 events before, 113 after. Other things changed too.",
}
CHANGE = ARMS | {
    "study_id": "printed_change",
    "study_title": "Complaints before and during shift trials",
    "design_class": "before_after",
    "effect_scale": "percent_change",
    "is_randomised": False,
    "words": "1,539 events before, 113 after. Other things changed too.",
}
REFUSED = STUDY | {
    "study_id": "city_refused",
    "study_title": "Force as cameras came",
    "words": None,
    "estimate": None,
    "refusal_reason": "every district had cameras before the second month",
}
DRAWN = STUDY | {
    "study_id": "trial_force",
    "programme_id": TRIAL,
    "study_title": "Uses of force by randomised officers",
    "study_design": "Officers were randomised in blocks.",
    "design_class": "randomised",
    "compared_what": "Officers randomised to a camera, with officers randomised to go without.",
    "outcome_group": "use_of_force",
    "outcome_name": "Uses of force",
    "measure": "difference of means, treated minus control, per 1,000 officers a year",
    "effect_scale": "rate_difference",
    "estimate": -72.8,
    "interval_low": -720.0,
    "interval_high": 574.0,
    "p_value": 0.83,
    "smallest_detectable": 920.0,
    "is_randomised": True,
    "words": "60 and 65 events. We could not tell: anything from 720 fewer to 574 more.",
    "before_after_estimate": None,
    "before_after_words": "75 before, 60 after. Not randomised: other things changed too.",
    "method": "difference in means",
}
GATES = [
    {
        "study_id": "city_rolled",
        "gate_order": place,
        "gate_name": name,
        "is_passed": is_passed,
        "gate_reason": reason,
    }
    for place, (name, is_passed, reason) in enumerate(
        [
            ("enough units", True, "22 units, needed 8"),
            ("enough months", False, "months of the wave least observed: 2, needed 3"),
        ],
        start=1,
    )
]
VALUES = [
    {
        "study_id": study,
        "value_order": place,
        "value_name": name,
        "value_number": number,
        "value_text": text,
    }
    for study in ("city_rolled", "printed_arms", "printed_change")
    for place, (name, number, text) in enumerate(
        [("pre_test_p", 0.31, None), ("note_1", None, "Units move in the same proportion.")],
        start=1,
    )
]


EVENTS = [
    {
        "study_id": "city_rolled",
        "event_period": at,
        "period_log_ratio": ratio,
        "period_log_ratio_low": ratio - 0.15,
        "period_log_ratio_high": ratio + 0.15,
        "unit_count": 9,
    }
    for at, ratio in [(-2, 0.1), (-1, -0.05), (0, -0.2)]
]


def published(effect_id: str, **more: Any) -> dict[str, Any]:
    """A published finding; a trial of precincts unless said otherwise."""
    return {
        "effect_id": effect_id,
        "published_study": "precincts",
        "study_citation": "Braga, MacDonald and McCabe (2022), Criminology 60(1)",
        "study_country": "United States",
        "site": "New York",
        "study_design": "Precinct trial of one year",
        "design_class": "randomised",
        "outcome_group": "complaints",
        "outcome_name": "Complaints",
        "effect_measure": "percent_difference",
        "published_effect": -21.0,
        "effect_low": None,
        "effect_high": None,
        "evidence_grade": "A",
        "source_kind": "publication",
        "source_url": "https://example.org/precincts",
        "place_in_source": "Abstract",
        "publication_note": "Precincts were randomised.",
    } | more


PUBLISHED = [
    published("precincts_1"),
    published("precincts_2", outcome_group="use_of_force", outcome_name="Use of force"),
    published(
        "shifts_1",
        study_citation="Ariel, Sutherland, Henstock et al. (2017), Criminal Justice and Behavior",
        site="Seven sites",
        effect_measure="standardised_difference",
        published_effect=0.053,
        effect_low=-0.163,
        effect_high=0.269,
    ),
    published(
        "island_1",
        study_citation="Ellis (2015)",
        site="Island",
        design_class="before_after",
        effect_measure="percent_change_before_after",
        published_effect=-5.0,
        evidence_grade="C",
    ),
    published("lost_1", effect_measure="no_figure", published_effect=None, evidence_grade="D"),
]


def _point(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    same = ("outcome_group", "outcome_name", "effect_measure", "design_class")
    return {
        "point_id": row.get("effect_id"),
        "programme_id": None,
        "is_local": False,
        "point_label": f"{row.get('study_citation')}, {row.get('site')}",
        **{name: row.get(name) for name in same},
        "evidence_grade": row.get("evidence_grade"),
        "point_value": row.get("published_effect"),
        "point_low": row.get("effect_low"),
        "point_high": row.get("effect_high"),
        "study_citation": row.get("study_citation"),
    } | more


OURS = {
    "point_id": "study_city_rolled",
    "programme_id": CITY,
    "is_local": True,
    "point_label": STUDY["study_title"],
    "effect_measure": "percent_difference",
    "point_value": -18.1,
    "point_low": -40.0,
    "point_high": 11.6,
}
POINTS = [
    *(_point(row) for row in PUBLISHED if row["published_effect"] is not None),
    _point(STUDY, **OURS),
]

COMPARED = [
    {
        "programme_id": CITY,
        "peer_set": "districts",
        "peer_set_name": "Districts",
        "peer_reason": "One department with one set of rules.",
        "metric_id": "complaints_per_1000_officers",
        "area_id": area,
        "period_grain": "year",
        "period_start": date(2018, 1, 1),
        "value": value,
        "peer_count": 3,
        "peer_median": 60.0,
        "peer_decile_low": 52.0,
        "peer_decile_high": 140.0,
        "common_level": 62.0,
        "limit_95_low": 40.0,
        "limit_95_high": 90.0,
        "limit_998_low": 25.0,
        "limit_998_high": 110.0,
        "place_in_funnel": place,
        "is_beyond_luck": place != "within",
        "expected_by_luck": 0.15,
        "comparison_words": "Of 3 areas, fewer than one would stand out by luck alone; one does.",
    }
    for area, value, place in (
        ("north", 50.0, "within"),
        ("south", 60.0, "within"),
        ("west", 160.0, "above_998"),
    )
]


COMPARABLE = "recorded_share_of_shift_hours"


def activation(name: str, kind: str, value: float, **more: Any) -> dict[str, Any]:
    """A row of fct_published_activation."""
    return {
        "activation_id": name,
        "agency": "Elsewhere Police",
        "country": "Nowhere",
        "measure_kind": kind,
        "measure_name": f"Invented {kind}",
        "counted_what": "dispatches with a video",
        "published_from": date(2017, 1, 1),
        "published_to": date(2017, 12, 31),
        "published_value": value,
        "published_unit": "percent",
        "published_numerator": None,
        "published_denominator": None,
        "who_counts": "city auditor",
        "comparable_metric": None,
        "source_title": "Invented Gazette",
        "source_url": "https://example.org/gazette",
        "support": "one_source",
        "retrieved_on": date(2026, 11, 29),
        "activation_note": None,
    } | more


def marts() -> dict[str, list[dict[str, Any]]]:
    """The tables that the page Evidence reads."""
    return {
        "fct_studies": [STUDY, ARMS, CHANGE, REFUSED, DRAWN],
        "fct_study_gates": GATES,
        "fct_study_values": VALUES,
        "fct_study_points": EVENTS,
        "fct_published_effects": PUBLISHED,
        "fct_published_activation": [
            activation("elsewhere_1", "activation", 65.0, comparable_metric=COMPARABLE),
            activation("elsewhere_2", "unfilmed", 2.0),
            activation("elsewhere_3", "volume", 13_000.0, published_unit="recordings a month"),
        ],
        "fct_evidence_points": POINTS,
        "fct_area_comparisons": COMPARED,
    }
