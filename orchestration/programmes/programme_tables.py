"""Programmes as tables: what dbt reads of every programme.yml and of the record next to it.

Columns that are fields come from the pydantic models, where each is declared once. Only columns
that are not fields are declared here: the order of a row, the depth of an area, and keys of rows
made from a list.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration import paths
from orchestration.programmes.areas import Area, dated_paths
from orchestration.programmes.programme import (
    Baseline,
    CameraPolicy,
    Comparison,
    NotSupplied,
    PeerSet,
    Programme,
    SeriesBreak,
)
from orchestration.programmes.record import (
    Budget,
    CameraDate,
    Milestone,
    PlannedPhase,
    Promise,
    PromiseContext,
    Report,
    RolloutTotal,
    Search,
)
from orchestration.programmes.record_check import RecordCheck, record_checks
from orchestration.programmes.time_zones import offset_spans
from orchestration.storage.table_columns import Row, Schema, row_of, schema_of, table_of

OF_PROGRAMME: Schema = {"programme_id": pl.String}


@dataclass(frozen=True)
class ProgrammeTable:
    """The columns of a table besides `programme_id`, and a programme's rows of it, in order."""

    columns: Schema
    rows: Callable[[Programme], Iterable[Row]]

    @property
    def schema(self) -> Schema:
        """All columns with their types, that of the programme first."""
        return OF_PROGRAMME | self.columns

    def of(self, programmes: Sequence[Programme]) -> pl.DataFrame:
        """Rows of these programmes, in their order; raises TypeError where a row fits no column."""
        rows = [
            {"programme_id": programme.programme} | row
            for programme in programmes
            for row in self.rows(programme)
        ]
        return table_of(self.schema, rows)


def _programme(it: Programme) -> Iterator[Row]:
    yield row_of(it) | {"extracted_on": it.extracted_on or it.data_to}


def _areas(it: Programme) -> Iterator[Row]:
    for order, area in enumerate(it.areas):
        depth = len(_ancestors(it, area)) - 1
        yield row_of(area) | {"area_depth": depth, "sort_order": order}


def _area_names(it: Programme) -> Iterator[Row]:
    for area in it.areas:
        for name in area.spellings():
            yield {"published_name": name, "area_id": area.id, "is_own_name": name == area.name}


def _area_paths(it: Programme) -> Iterator[Row]:
    for area in it.areas:
        for steps, ancestor in enumerate(_ancestors(it, area)):
            yield {"area_id": area.id, "ancestor_area_id": ancestor, "steps": steps}


def _area_histories(it: Programme) -> Iterator[Row]:
    for area, ancestor, steps, start, end in dated_paths(it.areas):
        dates = {"valid_from": start, "valid_to": end}
        yield {"area_id": area, "ancestor_area_id": ancestor, "steps": steps} | dates


def _camera_policy(it: Programme) -> Iterator[Row]:
    if policy := it.camera_policy:
        for role in policy.roles:
            for area in policy.areas:
                yield {"officer_role": role, "area_id": area} | row_of(policy)


def _peers(it: Programme) -> Iterator[Row]:
    for peers in it.peers:
        for area in peers.areas:
            yield row_of(peers) | {"area_id": area}


def _baselines(it: Programme) -> Iterator[Row]:
    for baseline in it.baselines:
        for other in baseline.compare:
            key = {"comparison": f"{other.start}_{other.end}"}
            yield row_of(baseline) | key | row_of(other)


def _breaks(it: Programme) -> Iterator[Row]:
    for event in it.breaks:
        for metric in event.metrics:
            yield {"metric_id": metric} | row_of(event)


def _utc_offsets(it: Programme) -> Iterator[Row]:
    for span in offset_spans(it.time_zone):
        yield {
            "local_year": span.local_from.year,
            "local_from": span.local_from,
            "local_before": span.local_before,
            "offset_seconds": int(span.offset.total_seconds()),
            "later_offset_seconds": int(span.later_offset.total_seconds()),
        }


def _scrutiny_panels(it: Programme) -> Iterator[Row]:
    for day in it.scrutiny_panels:
        yield {"panel_date": day}


def _promises(it: Programme) -> Iterator[Row]:
    for order, promise in enumerate(it.promises):
        yield row_of(promise) | {"promise_order": order}


def _budget_shares(it: Programme) -> Iterator[Row]:
    for budget in it.budgets:
        for funder, share in budget.shares.items():
            yield {"budget_id": budget.id, "funder": funder, "share_percent": share}


def _ancestors(it: Programme, area: Area) -> list[str]:
    """The area itself, its parent, and so on up to a root."""
    known = {each.id: each for each in it.areas}
    path = [area.id]
    while (parent := known[path[-1]].parent) is not None:
        path.append(parent)
    return path


_PATH: Schema = {"area_id": pl.String, "ancestor_area_id": pl.String, "steps": pl.Int64}
TABLES = {
    "programmes": ProgrammeTable(
        {name: kind for name, kind in schema_of(Programme).items() if name not in OF_PROGRAMME},
        _programme,
    ),
    "areas": ProgrammeTable(
        schema_of(Area) | {"area_depth": pl.Int64, "sort_order": pl.Int64},
        _areas,
    ),
    "area_names": ProgrammeTable(
        {"published_name": pl.String, "area_id": pl.String, "is_own_name": pl.Boolean}, _area_names
    ),
    "area_paths": ProgrammeTable(_PATH, _area_paths),
    "area_histories": ProgrammeTable(
        _PATH | {"valid_from": pl.Date, "valid_to": pl.Date}, _area_histories
    ),
    "camera_policy": ProgrammeTable(
        {"officer_role": pl.String, "area_id": pl.String} | schema_of(CameraPolicy),
        _camera_policy,
    ),
    "peers": ProgrammeTable(schema_of(PeerSet) | {"area_id": pl.String}, _peers),
    "baselines": ProgrammeTable(
        schema_of(Baseline) | {"comparison": pl.String} | schema_of(Comparison), _baselines
    ),
    "breaks": ProgrammeTable({"metric_id": pl.String} | schema_of(SeriesBreak), _breaks),
    "not_supplied": ProgrammeTable(schema_of(NotSupplied), lambda it: map(row_of, it.not_supplied)),
    "utc_offsets": ProgrammeTable(
        {
            "local_year": pl.Int64,
            "local_from": pl.Datetime("us"),
            "local_before": pl.Datetime("us"),
            "offset_seconds": pl.Int64,
            "later_offset_seconds": pl.Int64,
        },
        _utc_offsets,
    ),
    "scrutiny_panels": ProgrammeTable({"panel_date": pl.Date}, _scrutiny_panels),
    "promises": ProgrammeTable(schema_of(Promise) | {"promise_order": pl.Int64}, _promises),
    "milestones": ProgrammeTable(schema_of(Milestone), lambda it: map(row_of, it.milestones)),
    "reports": ProgrammeTable(schema_of(Report), lambda it: map(row_of, it.reports)),
    "searches": ProgrammeTable(schema_of(Search), lambda it: map(row_of, it.searches)),
    "promise_context": ProgrammeTable(
        schema_of(PromiseContext), lambda it: map(row_of, it.context)
    ),
    "record_checks": ProgrammeTable(
        schema_of(RecordCheck), lambda it: map(row_of, record_checks(it))
    ),
    "rollout_plan": ProgrammeTable(
        schema_of(PlannedPhase), lambda it: map(row_of, it.rollout_plan)
    ),
    "camera_dates": ProgrammeTable(schema_of(CameraDate), lambda it: map(row_of, it.camera_dates)),
    "rollout_totals": ProgrammeTable(
        schema_of(RolloutTotal), lambda it: map(row_of, it.rollout_totals)
    ),
    "budgets": ProgrammeTable(schema_of(Budget), lambda it: map(row_of, it.budgets)),
    "budget_shares": ProgrammeTable(
        {"budget_id": pl.String, "funder": pl.String, "share_percent": pl.Float64},
        _budget_shares,
    ),
}


def write_programmes(programmes: Sequence[Programme], folder: Path | None = None) -> None:
    """Write each table as Parquet, ordered, so that the same programmes give the same bytes."""
    folder = folder or paths.derived() / "programme"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        target = folder / f"{name}.parquet"
        partial = target.with_suffix(".partial")
        table.of(programmes).write_parquet(partial)
        partial.replace(target)
