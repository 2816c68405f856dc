"""Programmes as tables: what dbt reads of every programme.yml and of the record beside it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from orchestration import paths
from orchestration.programmes.areas import Area, dated_paths
from orchestration.programmes.programme import Programme

TEXT, DAY, WHOLE, NUMBER = pl.String, pl.Date, pl.Int64, pl.Float64
PROMISE_SCHEMAS: dict[str, dict[str, Any]] = {
    "promises": {
        "programme_id": TEXT, "promise_id": TEXT, "promise_order": WHOLE, "owner": TEXT,
        "owner_role": TEXT, "made_on": DAY, "date_precision": TEXT, "who": TEXT,
        "promise_area": TEXT, "wording": TEXT, "wording_kind": TEXT, "promise_kind": TEXT,
        "measure_words": TEXT, "metric_id": TEXT, "measured_as": TEXT,
        "measured_part": TEXT, "rule": TEXT, "rule_note": TEXT,
        "target": NUMBER, "target_words": TEXT, "target_unit": TEXT, "promised_for": DAY,
        "publisher": TEXT, "source_title": TEXT, "source_url": TEXT, "supersedes": TEXT,
        "rival_of": TEXT,
    },
    "milestones": {
        "programme_id": TEXT, "milestone_id": TEXT, "milestone_date": DAY, "date_precision": TEXT,
        "milestone": TEXT, "planned_or_actual": TEXT, "quantity": NUMBER, "quantity_unit": TEXT,
        "publisher": TEXT, "source_url": TEXT, "equipped_group": TEXT,
        "reports_on": TEXT,
    },
    "rollout_plan": {
        "programme_id": TEXT, "rollout_phase": WHOLE, "planned_order": WHOLE, "area_id": TEXT,
        "officer_role": TEXT, "planned_date": DAY, "planned_devices": WHOLE,
    },
    "budgets": {
        "programme_id": TEXT, "budget_id": TEXT, "budget_gbp": NUMBER, "budget_from": DAY,
        "budget_to": DAY,
    },
    "budget_shares": {
        "programme_id": TEXT, "budget_id": TEXT, "funder": TEXT, "share_percent": NUMBER,
    },
}  # fmt: skip
SCHEMAS: dict[str, dict[str, Any]] = {
    "programmes": {
        "programme_id": TEXT, "programme_name": TEXT, "country": TEXT, "is_synthetic": pl.Boolean,
        "is_open_data": pl.Boolean, "summary": TEXT, "limits": TEXT, "time_zone": TEXT,
        "data_from": DAY, "data_to": DAY, "extracted_on": DAY, "retention_days": WHOLE,
        "pre_event_buffer_seconds": WHOLE, "match_tolerance_seconds": WHOLE,
    },
    "areas": {
        "programme_id": TEXT, "area_id": TEXT, "area_name": TEXT, "area_kind": TEXT,
        "parent_area_id": TEXT, "valid_from": DAY, "valid_to": DAY, "area_depth": WHOLE,
        "sort_order": WHOLE,
    },
    "area_names": {"programme_id": TEXT, "published_name": TEXT, "area_id": TEXT},
    "area_paths": {
        "programme_id": TEXT, "area_id": TEXT, "ancestor_area_id": TEXT, "steps": WHOLE,
    },
    "area_histories": {
        "programme_id": TEXT, "area_id": TEXT, "ancestor_area_id": TEXT, "steps": WHOLE,
        "valid_from": DAY, "valid_to": DAY,
    },
    "camera_policy": {
        "programme_id": TEXT, "officer_role": TEXT, "area_id": TEXT, "joined_by": DAY,
        "employed_on": DAY,
    },
    "baselines": {
        "programme_id": TEXT, "metric_id": TEXT, "comparison": TEXT, "comparison_label": TEXT,
        "baseline_start": DAY, "baseline_end": DAY, "comparison_start": DAY,
        "comparison_end": DAY, "why": TEXT,
    },
    "breaks": {
        "programme_id": TEXT, "metric_id": TEXT, "break_date": DAY, "what": TEXT,
        "is_redefined": pl.Boolean,
    },
    "not_supplied": {"programme_id": TEXT, "metric_id": TEXT, "reason": TEXT},
    "scrutiny_panels": {"programme_id": TEXT, "panel_date": DAY},
    **PROMISE_SCHEMAS,
}  # fmt: skip


def _promises(it: Programme) -> Iterator[tuple[Any, ...]]:
    for order, one in enumerate(it.promises):
        yield (
            it.programme, one.promise_id, order, one.owner, one.owner_role, one.made_on,
            one.date_precision, one.who, one.area, one.wording, one.wording_kind, one.kind,
            one.measure, one.metric_id, one.measured_as, one.measured_part, one.rule, one.rule_note,
            one.target, one.target_words, one.unit, one.due, one.publisher, one.source_title,
            one.source_url, one.supersedes, one.rival_of,
        )  # fmt: skip


def _milestones(it: Programme) -> Iterator[tuple[Any, ...]]:
    for one in it.milestones:
        yield (
            it.programme, one.milestone_id, one.milestone_date, one.date_precision, one.milestone,
            one.planned_or_actual, one.quantity, one.unit, one.publisher, one.source_url,
            one.equipped_group, one.reports_on,
        )  # fmt: skip


def _rollout_plan(it: Programme) -> Iterator[tuple[Any, ...]]:
    for one in it.rollout_plan:
        yield (
            it.programme, one.phase, one.planned_order, one.area, one.role, one.planned_date,
            one.planned_devices,
        )  # fmt: skip


def _budgets(it: Programme) -> Iterator[tuple[Any, ...]]:
    for one in it.budgets:
        yield it.programme, one.id, one.amount_gbp, one.start, one.end


def _budget_shares(it: Programme) -> Iterator[tuple[Any, ...]]:
    for one in it.budgets:
        for funder, share in one.shares.items():
            yield it.programme, one.id, funder, share


PROMISE_ROWS: dict[str, Callable[[Programme], Iterator[tuple[Any, ...]]]] = {
    "promises": _promises,
    "milestones": _milestones,
    "rollout_plan": _rollout_plan,
    "budgets": _budgets,
    "budget_shares": _budget_shares,
}


def write_programmes(programmes: Sequence[Programme], folder: Path | None = None) -> None:
    """Write each table as Parquet, ordered, so that the same programmes give the same bytes."""
    folder = folder or paths.derived() / "programme"
    folder.mkdir(parents=True, exist_ok=True)
    for table, schema in SCHEMAS.items():
        rows = [row for programme in programmes for row in ROWS[table](programme)]
        target = folder / f"{table}.parquet"
        partial = target.with_suffix(".partial")
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(partial)
        partial.replace(target)


def _programme(it: Programme) -> Iterator[tuple[Any, ...]]:
    yield (
        it.programme, it.name, it.country, it.is_synthetic, it.is_open_data,
        _line(it.summary),
        "\n".join(_line(limit) for limit in it.limits), it.time_zone, it.data_from, it.data_to,
        it.extracted_on or it.data_to, it.retention_days, it.pre_event_buffer_seconds,
        it.match_tolerance_seconds,
    )  # fmt: skip


def _areas(it: Programme) -> Iterator[tuple[Any, ...]]:
    for order, area in enumerate(it.areas):
        depth = len(_ancestors(it, area)) - 1
        yield (
            it.programme, area.id, area.name, area.kind, area.parent, area.start, area.end, depth,
            order,
        )  # fmt: skip


def _area_names(it: Programme) -> Iterator[tuple[Any, ...]]:
    for area in it.areas:
        for name in area.spellings():
            yield it.programme, name, area.id


def _area_paths(it: Programme) -> Iterator[tuple[Any, ...]]:
    for area in it.areas:
        for steps, ancestor in enumerate(_ancestors(it, area)):
            yield it.programme, area.id, ancestor, steps


def _area_histories(it: Programme) -> Iterator[tuple[Any, ...]]:
    for path in dated_paths(it.areas):
        yield it.programme, *path


def _camera_policy(it: Programme) -> Iterator[tuple[Any, ...]]:
    if policy := it.camera_policy:
        for role in policy.roles:
            for area in policy.areas:
                yield it.programme, role, area, policy.joined_by, policy.employed_on


def _baselines(it: Programme) -> Iterator[tuple[Any, ...]]:
    for baseline in it.baselines:
        for other in baseline.compare:
            yield (
                it.programme, baseline.metric, f"{other.start}_{other.end}", other.label,
                baseline.start, baseline.end, other.start, other.end, _line(baseline.why),
            )  # fmt: skip


def _breaks(it: Programme) -> Iterator[tuple[Any, ...]]:
    for event in it.breaks:
        for metric in event.metrics:
            yield it.programme, metric, event.date, _line(event.what), event.redefines


def _not_supplied(it: Programme) -> Iterator[tuple[Any, ...]]:
    for gap in it.not_supplied:
        yield it.programme, gap.metric, _line(gap.reason)


def _scrutiny_panels(it: Programme) -> Iterator[tuple[Any, ...]]:
    for day in it.scrutiny_panels:
        yield it.programme, day


def _ancestors(it: Programme, area: Area) -> list[str]:
    """The area itself, its parent, and so on up to a root."""
    known = {each.id: each for each in it.areas}
    path = [area.id]
    while (parent := known[path[-1]].parent) is not None:
        path.append(parent)
    return path


def _line(text: str) -> str:
    return " ".join(text.split())


ROWS = {
    "programmes": _programme,
    "areas": _areas,
    "area_names": _area_names,
    "area_paths": _area_paths,
    "area_histories": _area_histories,
    "camera_policy": _camera_policy,
    "baselines": _baselines,
    "breaks": _breaks,
    "not_supplied": _not_supplied,
    "scrutiny_panels": _scrutiny_panels,
    **PROMISE_ROWS,
}
