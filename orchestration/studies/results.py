"""What studies found, as rows of contracted tables: studies, gates, values, points over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import polars as pl

from orchestration.evaluation import meta_analysis
from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.wording import percent
from orchestration.storage.table_columns import Schema, row_of, schema_of, table_of
from orchestration.studies.register import Status
from orchestration.studies.study import Study, StudyEvidence

POINTS: Schema = {
    "study_id": pl.String,
    "event_period": pl.Int64,
    "period_log_ratio": pl.Float64,
    "period_log_ratio_low": pl.Float64,
    "period_log_ratio_high": pl.Float64,
    "unit_count": pl.Int64,
}
EVIDENCE = schema_of(StudyEvidence)
STUDIES: Schema = EVIDENCE | {
    "study_id": pl.String,
    "programme_id": pl.String,
    "study_title": pl.String,
    "study_question": pl.String,
    "design_class": pl.String,
    "outcome_name": pl.String,
    "measure": pl.String,
    "effect_scale": pl.String,
    "estimate": pl.Float64,
    "interval_low": pl.Float64,
    "interval_high": pl.Float64,
    "p_value": pl.Float64,
    "smallest_detectable": pl.Float64,
    "is_randomised": pl.Boolean,
    "words": pl.String,
    "before_after_estimate": pl.Float64,
    "before_after_words": pl.String,
    "study_status": pl.String,
    "study_status_reason": pl.String,
    "study_sha256": pl.String,
    "method": pl.String,
    "refusal_reason": pl.String,
}
GATES: Schema = {
    "study_id": pl.String,
    "gate_order": pl.Int64,
    "gate_name": pl.String,
    "is_passed": pl.Boolean,
    "gate_reason": pl.String,
}
VALUES: Schema = {
    "study_id": pl.String,
    "value_order": pl.Int64,
    "value_name": pl.String,
    "value_number": pl.Float64,
    "value_text": pl.String,
}
AVERAGED = {design.name for design in meta_analysis.DESIGNS}
NOT_RANDOMISED = "Not randomised: other things changed over the same time too."
NO_CHANGE_GIVEN = "No change over time was given for this study, so none is given with it."


def points_of(study_id: str, found: Result) -> list[dict[str, Any]]:
    """Rows of POINTS from the event study of a staged roll-out; none for other designs.

    Periods with too few units or events are left out: they mean nothing, and a small count could be
    worked out from them. Where a gate holds the estimate back, its points are held back too.
    """
    if found.estimate is None:
        return []
    return [
        {
            "study_id": study_id,
            "event_period": row["event_period"],
            "period_log_ratio": row["log_ratio"],
            "period_log_ratio_low": row["log_ratio_low"],
            "period_log_ratio_high": row["log_ratio_high"],
            "unit_count": row["units"],
        }
        for row in found.diagnostics.get("event_study", [])
        if row["is_reliable"]
    ]


@dataclass(frozen=True)
class StudyRun:
    """A study that was run: its name, its programme (None: of publications), and the outcome.

    `found` is its result, or the refusal that says why there is none; without a study it is the
    refusal that says why the file cannot be read.
    """

    study_id: str
    programme_id: str | None
    study: Study | None
    status: Status
    found: Result | Refusal


def as_tables(asked: Sequence[StudyRun]) -> dict[str, pl.DataFrame]:
    """`studies` with a row per study, `study_gates`, `study_values` and `study_points` of each.

    Columns are those of STUDIES, GATES, VALUES and POINTS. A change over time is shown with every
    estimate that has one: from its own design, or from the study that it names.
    """
    by_name = {one.study_id: one for one in asked}
    gates, values, points = [], [], []
    for one in asked:
        if isinstance(one.found, Result):
            gates += _gates(one.study_id, one.found)
            values += _values(one.study_id, one.found)
            points += points_of(one.study_id, one.found)
    rows = [_row(one, by_name) for one in asked]
    return {
        "studies": table_of(STUDIES, rows),
        "study_gates": table_of(GATES, gates),
        "study_values": table_of(VALUES, values),
        "study_points": table_of(POINTS, points),
    }


def _row(one: StudyRun, others: dict[str, StudyRun]) -> dict[str, Any]:
    row = dict.fromkeys(STUDIES) | {
        "study_id": one.study_id,
        "programme_id": one.programme_id,
        "study_title": one.study.title if one.study else one.study_id,
        "study_status": one.status.word,
        "study_status_reason": one.status.reason,
    }
    if one.study is not None:
        row |= _asked(one.study)
    if isinstance(one.found, Refusal):
        return row | {"refusal_reason": str(one.found)}
    return row | _found(one, one.found, others)


def _asked(study: Study) -> dict[str, Any]:
    keys = study.keys
    evidence = row_of(study.evidence) if study.evidence else dict.fromkeys(EVIDENCE)
    return evidence | {
        "study_question": study.question,
        "study_design": evidence["study_design"] or study.design.about,
        "outcome_name": getattr(keys, "named", None) or getattr(keys, "outcome", None),
        "study_sha256": study.sha256,
    }


def _found(one: StudyRun, found: Result, others: dict[str, StudyRun]) -> dict[str, Any]:
    change, words = _over_time(one, found, others)
    same = ("measure", "estimate", "interval_low", "interval_high", "p_value")
    more = ("smallest_detectable", "is_randomised", "method")
    return {
        **{name: getattr(found, name) for name in (*same, *more)},
        "words": found.summary,
        "design_class": _class_of(found),
        "effect_scale": str(found.scale),
        "before_after_estimate": change,
        "before_after_words": words,
    }


def _class_of(found: Result) -> str:
    """How the two sides came about, in the words of the published findings."""
    if found.is_randomised:
        return "randomised"
    if found.is_over_time:
        return "before_after"
    if found.design in AVERAGED:
        return "review"
    return "descriptive" if found.scale.no_effect is None else "compared"


def _over_time(
    one: StudyRun, found: Result, others: dict[str, StudyRun]
) -> tuple[float | None, str]:
    """The log ratio of after to before, where the design gives it, and the change in words."""
    change = found.values.get("before_after_log_ratio")
    if isinstance(change, float):
        way = "fell" if change < 0 else "rose"
        said = f"From before to after the cameras the rate {way} by {percent(change)}"
        return change, f"{said} (a ratio of {exp(change):.2f}). {NOT_RANDOMISED}"
    if _class_of(found) == "before_after":
        return None, found.summary
    said_of = one.study.evidence if one.study else None
    other = (
        others.get(said_of.before_after_study) if said_of and said_of.before_after_study else None
    )
    if other is not None and isinstance(other.found, Result):
        return None, other.found.summary
    return None, (said_of.before_after if said_of else None) or NO_CHANGE_GIVEN


def _gates(study_id: str, found: Result) -> list[dict[str, Any]]:
    return [
        {
            "study_id": study_id,
            "gate_order": place,
            "gate_name": gate.name,
            "is_passed": gate.passed,
            "gate_reason": gate.reason,
        }
        for place, gate in enumerate(found.gates, start=1)
    ]


def _values(study_id: str, found: Result) -> list[dict[str, Any]]:
    """Every figure by name, then every note; a truth value is 1 or 0."""
    notes = {f"note_{place}": note for place, note in enumerate(found.notes, start=1)}
    return [
        {
            "study_id": study_id,
            "value_order": place,
            "value_name": name,
            "value_number": float(value) if isinstance(value, float | int) else None,
            "value_text": value if isinstance(value, str) else None,
        }
        for place, (name, value) in enumerate({**found.figures, **notes}.items(), start=1)
    ]
