"""A release folder made of the invented rows, as `bodyworn run` leaves one."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.storage.spreadsheet_safety import escape
from tests.dashboards import fixture_evidence as evidence
from tests.dashboards import fixture_history as history
from tests.dashboards import fixture_promises as promises
from tests.dashboards import fixture_rows as rows

FILE = 'January; complaints, "north" #1 $x$.csv'


def _programme(programme: str, **more: Any) -> dict[str, Any]:
    return {
        "programme_id": programme,
        "programme_name": rows.NAMES[programme],
        "country": "Nowhere",
        "is_synthetic": False,
        "is_open_data": programme == rows.TRIAL,
        "summary": "An invented programme.",
        "limits": "\n".join(f"Limit number {n} of what is known." for n in range(1, 7)),
        "time_zone": "Europe/London",
        "data_from": date(2018, 1, 1),
        "data_to": date(2019, 6, 30),
    } | more


def _areas(programme: str, areas: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "programme_id": programme,
            "area_id": area,
            "area_name": name,
            "area_kind": "force" if area == "all" else "district",
            "parent_area_id": None if area == "all" else "all",
            "valid_from": None,
            "valid_to": None,
            "area_depth": 0 if area == "all" else 1,
            "sort_order": place,
        }
        for place, (area, name) in enumerate(areas.items())
    ]


def _loaded(file_name: str, load_status: str, reason: str | None) -> dict[str, Any]:
    return {
        "file_hash": f"hash of {file_name}",
        "programme_id": rows.CITY,
        "source_name": "forms",
        "table_name": "complaints",
        "arrival": 1,
        "as_of": date(2018, 12, 31),
        "file_name": file_name,
        "records": 10,
        "accepted": 8,
        "rejected": 1,
        "blank": 1,
        "duplicates": 0,
        "duplicates_kept": 0,
        "flagged": '{"midnight": 2}',
        "first_event_date": date(2018, 1, 1),
        "last_event_date": date(2018, 12, 31),
        "contract_version": 1,
        "load_status": load_status,
        "reconciled": load_status == "accepted",
        "reason": reason,
        "counting_status": "refused" if load_status == "refused" else "counts",
        "counting_since": date(2018, 12, 31),
        "counting_reason": None,
    }


SOURCE = {
    "source_name": "forms",
    "table_name": "complaints",
    "description": "One row per complaint.",
    "producer": "Invented Office",
    "title": "Complaint forms",
    "url": "https://example.org/forms",
    "licence": "Open Government Licence v3.0",
    "citation": "Invented Office (2019), Complaint forms",
    "contract_version": 1,
    "key_columns": "complaint_id",
    "owner": "analysts",
    "fresh_within_days": 35,
}
REJECT = {
    "file_hash": f"hash of {FILE}",
    "programme_id": rows.CITY,
    "source_name": "forms",
    "table_name": "complaints",
    "column_name": "complaint_date",
    "reason": "not a date",
    "rejected_count": 1,
}
FAULT = {
    "programme_id": rows.CITY,
    "fault_order": 7,
    "fault": "credited to an officer to whom the camera was not issued",
    "fault_unit": "recordings",
    "found_count": 232,
    "among_count": 7985,
}
STEPS = [
    ("forms.complaints", "source", "stg_forms__complaints", "staging"),
    ("stg_forms__complaints", "staging", "met_complaints", "metrics"),
    ("met_complaints", "metrics", "fct_metrics", "marts"),
]


def _marts() -> dict[str, list[dict[str, Any]]]:
    return {
        "dim_programme": [
            _programme(rows.CITY, summary=f"An invented programme. {rows.HOSTILE}"),
            _programme(rows.TOWN, is_synthetic=True),
            _programme(rows.TRIAL),
        ],
        "dim_area": [
            *_areas(rows.CITY, rows.AREAS),
            *_areas(rows.TOWN, {"all": "Town"}),
            *_areas(rows.TRIAL, {"all": "Trial"}),
        ],
        "dim_metric": rows.metric_rows(),
        "dim_source": [SOURCE],
        "fct_metrics": rows.figures(),
        "fct_changes": [
            rows.change(rows.CITY, "all"),
            rows.change(rows.CITY, "north", interval_high_percent=4.0),
            rows.change(rows.CITY, "south", status="low", baseline_events=12.0),
            rows.change(rows.TRIAL, "all"),
        ],
        **promises.marts(),
        **history.marts(),
        **evidence.marts(),
    }


def _about() -> dict[str, list[dict[str, Any]]]:
    lineage = ("parent", "parent_layer", "child", "child_layer")
    check = {"check_name": "areas_are_known", "model": "fct_metrics"}
    passed = {"severity": "error", "status": "pass", "failures": 0, "description": ""}
    column = {"table_name": "fct_metrics", "column_name": "value", "column_position": 1}
    meaning = {"data_type": "DOUBLE", "is_key": False, "description": "The figure itself."}
    table = {"table_name": "fct_metrics", "description": "Every figure", "row_count": 1}
    return {
        "fct_load_ledger": [
            _loaded(FILE, "accepted", None),
            _loaded("february.csv", "refused", "Column complaint_date is missing."),
        ],
        "fct_rejects": [REJECT],
        "fct_footage_faults": [FAULT],
        "release_checks": [check | passed],
        "release_lineage": [dict(zip(lineage, step, strict=True)) for step in STEPS],
        "release_columns": [column | meaning],
        "release_tables": [table | {"grain": "one row per figure"}],
    }


def _public() -> pl.DataFrame:
    """The extract: whole programmes by year and for all time, complaints hidden in 2018."""
    made = pl.DataFrame(rows.figures(), infer_schema_length=None).filter(
        pl.col("area_id") == "all", pl.col("period_grain").is_in(["year", "window"])
    )
    is_hidden = (pl.col("metric_id") == "complaints") & (pl.col("period_grain") == "year")
    return made.select(
        "programme_id",
        "metric_id",
        "area_id",
        "period_grain",
        "period_start",
        "period_end",
        "breakdown",
        "breakdown_value",
        *(
            pl.when(~is_hidden).then(pl.col(name)).alias(name)
            for name in ("numerator", "denominator", "value", "interval_low", "interval_high")
        ),
        marker=pl.when(is_hidden).then(pl.lit("[c]")),
        note=pl.when(is_hidden).then(pl.lit("Hidden to protect people (fewer than 5).")),
    )


def make_release(
    home: Path, name: str = "2026-11-21-aaaaaaaaaaaa", *, without: Sequence[str] = ()
) -> Path:
    """Write a release under `home` and serve it; `without` names tables to leave out."""
    folder = home / "releases" / name
    (folder / "internal/csv").mkdir(parents=True)
    with duckdb.connect(folder / "internal/marts.duckdb") as con:
        for table, content in (_marts() | _about()).items():
            if table not in without:
                frame = pl.DataFrame(content, infer_schema_length=None)
                con.register("frame", frame)
                con.execute(f"create table {table} as from frame")
                con.unregister("frame")
                escape(frame).write_csv(folder / "internal/csv" / f"{table}.csv")
    (folder / "public").mkdir()
    escape(_public()).write_csv(folder / "public" / "figures.csv")
    manifest = {"release": name, "as_of": name[:10], "programmes": list(rows.NAMES)}
    more: dict[str, Any] = {
        "inputs": [],
        "outputs": {},
        "tests": {"counts": {"pass": 1}},
        "parent": None,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest | more))
    (folder / "run.json").write_text(json.dumps({"finished": "2026-11-21T09:41:00+00:00"}))
    serve(home, name)
    return folder


def serve(home: Path, name: str) -> None:
    """Point `current` at a release in one step, as publishing does."""
    link = home / "releases" / ".next"
    link.symlink_to(name)
    link.rename(home / "releases" / "current")
