"""Promises, milestones, plans and budgets of programmes as tables."""

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from orchestration.programme import Programme

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
