"""What studies found, as rows of contracted tables: studies, gates, values, points over time.

One more table compares areas with the peers that their programme declares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import polars as pl

from orchestration.evaluation import meta_analysis
from orchestration.evaluation.areas.area_funnel import FEWEST, Funnel, Kind, funnel, place_of
from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.gates import funnel_may_be_drawn
from orchestration.evaluation.rates.permutation_and_multiple_tests import many_comparisons
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


COMPARISONS: Schema = {
    "programme_id": pl.String,
    "peer_set": pl.String,
    "peer_set_name": pl.String,
    "peer_reason": pl.String,
    "metric_id": pl.String,
    "area_id": pl.String,
    "period_grain": pl.String,
    "period_start": pl.Date,
    "value": pl.Float64,
    "peer_count": pl.Int64,
    "peer_median": pl.Float64,
    "peer_decile_low": pl.Float64,
    "peer_decile_high": pl.Float64,
    "common_level": pl.Float64,
    "limit_95_low": pl.Float64,
    "limit_95_high": pl.Float64,
    "limit_998_low": pl.Float64,
    "limit_998_high": pl.Float64,
    "place_in_funnel": pl.String,
    "is_beyond_luck": pl.Boolean,
    "expected_by_luck": pl.Float64,
    "comparison_words": pl.String,
}
#: Kinds of metrics that have a funnel, and the kind of that funnel.
KINDS: dict[str, Kind] = {"rate": "counts", "share": "proportions", "ratio": "ratios"}
#: Periods that are long enough to compare areas.
GRAINS = ("year", "window")
GROUP = ("programme_id", "peer_set", "metric_id", "period_grain", "period_start")
LIMITS = ("limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high")


def compare_areas(
    figures: pl.DataFrame, metrics: pl.DataFrame, peers: pl.DataFrame
) -> pl.DataFrame:
    """Each area's figure among its peers': median, deciles, and the funnel where there is one.

    `figures` (one row per figure) are released figures, `metrics` (one row per metric) their kinds
    and `per_count`, `peers` (one row per area of a set). Returns the columns of COMPARISONS (one
    row per area, set, metric and period), for sets of which three areas or more have a figure.
    """
    whole = figures.filter(
        pl.col("value").is_not_null(),
        pl.col("breakdown") == "all",
        pl.col("period_grain").is_in(GRAINS),
        ~pl.col("is_provisional"),
    )
    joined = (
        whole.join(metrics.select("metric_id", "kind", "per_count"), on="metric_id")
        .join(peers, on=["programme_id", "area_id"])
        .sort(*GROUP, "area_id")
    )
    rows: list[dict[str, Any]] = []
    for group in joined.partition_by(*GROUP, maintain_order=True):
        if group.height >= FEWEST:
            rows += _rows(group)
    return table_of(COMPARISONS, rows)


def _rows(group: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of one metric, set and period; limits are in the unit of the figures."""
    values = group["value"].to_numpy()
    found = _funnel(group)
    spread = dict(
        zip(
            ("peer_decile_low", "peer_median", "peer_decile_high"),
            map(float, np.quantile(values, (0.1, 0.5, 0.9))),
            strict=True,
        )
    )
    same = {
        "peer_count": group.height,
        "expected_by_luck": None,
        "comparison_words": found if isinstance(found, str) else _words(found),
    }
    for place, row in enumerate(group.iter_rows(named=True)):
        kept = {name: row[name] for name in COMPARISONS if name in row}
        if isinstance(found, str):
            yield dict.fromkeys(COMPARISONS) | kept | spread | same
        else:
            yield kept | spread | same | _limits(found, place, row)


def _limits(found: Funnel, place: int, row: dict[str, Any]) -> dict[str, Any]:
    per, many = float(row["per_count"]), many_comparisons(found.p)
    ends = [per * float(side[limit, place]) for limit in (0, 1) for side in (found.low, found.high)]
    far, near = place_of(row["value"], ends[2], ends[3]), place_of(row["value"], ends[0], ends[1])
    where = f"{far}_998" if far != "within" else f"{near}_95"
    return {
        **dict(zip(LIMITS, ends, strict=True)),
        "common_level": per * found.level,
        "place_in_funnel": "within" if near == "within" else where,
        "is_beyond_luck": bool(many.survives[place]),
        "expected_by_luck": many.by_luck,
    }


def _funnel(group: pl.DataFrame) -> Funnel | str:
    """The funnel of a group, or why it has none."""
    kind = KINDS.get(str(group["kind"][0]))
    if kind is None:
        return "Median and deciles of the peers; this kind of figure has no funnel."
    events, base = (group[name].to_numpy() for name in ("numerator", "denominator"))
    if (events != np.floor(events)).any() or (kind == "ratios" and (base != np.floor(base)).any()):
        return "Median and deciles of the peers; what is divided here is not a number of events."
    expected = base * events.sum() / base.sum()
    gate = funnel_may_be_drawn(expected.tolist())
    if not gate.passed:
        return f"Median and deciles of the peers; not enough data for a funnel ({gate.reason})."
    try:
        return funnel(kind, events, base)
    except Refusal as problem:
        return f"Median and deciles of the peers; no funnel: {problem}."


def _words(found: Funnel) -> str:
    """What chance alone would do among the areas of the set."""
    said = many_comparisons(found.p).in_words("areas")
    if found.dispersion <= 1:
        return said
    return f"{said} The limits are widened, because these areas vary more than chance explains."
