"""An invented programme released again and again: the models of history over a few figures."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration import paths
from orchestration.release import build, history, publish
from orchestration.release.current import current, read_manifest
from orchestration.steps import dbt
from tests.release import fixtures

MODELS = [
    "path:models/intermediate/history", "roll_earlier_figures", "roll_earlier_periods",
    "roll_earlier_vintages", "roll_vintages", "roll_revision_triangle",
    "roll_provisional_months", "roll_provisional", "fct_metrics", "path:models/marts/releases",
    "int_promise_measures", "int_promise_figures", "int_promise_parts", "fct_promise_status",
    "fct_promise_history",
]  # fmt: skip
GIVEN = """
create table roll_values (metric_id varchar, programme_id varchar, area_id varchar,
    period_grain varchar, period_start date, period_end date, breakdown varchar,
    breakdown_value varchar, numerator double, denominator double, value double,
    interval_low double, interval_high double, interval_method varchar, dispersion double,
    events double);
create table roll_periods as from roll_values;
create table roll_figures as from roll_values;
create table int_programmes (programme_id varchar, programme_name varchar, data_from date,
    data_to date, extracted_on date);
create table roll_metric_definitions (metric_id varchar, kind varchar, numerator_words varchar,
    denominator_words varchar, grace_days bigint, version bigint, completeness varchar,
    complete_from bigint, label varchar, without_count varchar, without_breakdown varchar,
    without_needs varchar);
create table int_areas (programme_id varchar, area_id varchar, sort_order bigint);
create table int_breaks (programme_id varchar, metric_id varchar, break_date date,
    is_redefined boolean);
create table roll_missing_reasons (metric_id varchar, programme_id varchar, area_id varchar,
    period_grain varchar, period_start date, reason varchar);
create table int_not_supplied (programme_id varchar, metric_id varchar, reason varchar);
create table fct_changes (programme_id varchar, metric_id varchar, area_id varchar,
    change_percent double, interval_low_percent double, interval_high_percent double,
    comparison_events double, comparison_exposure double, comparison_start date,
    comparison_end date, status varchar);
create table fct_studies (programme_id varchar, study_id varchar, metric_id varchar,
    design_class varchar, estimate double, words varchar);
create table int_promises (programme_id varchar, promise_id varchar, promise_kind varchar,
    metric_id varchar, measured_as varchar, measured_part varchar, rule varchar, target double,
    made_on date, promised_for date, part_of varchar);
create table int_promise_records (programme_id varchar, promise_id varchar, promise_status varchar,
    promise_reason varchar, rule_words varchar, figure_value double, figure_numerator double,
    figure_denominator double, figure_low double, figure_high double, figure_start date,
    figure_end date, milestone_id varchar);
insert into int_areas values ('p', 'city', 0), ('p', 'north', 1);
insert into int_promises values
    ('p', 'cameras', 'delivery', 'recordings', 'value', null, 'metric_at_least', 100, '2018-01-01',
        '2018-12-31', null),
    ('p', 'modern', 'caveat', null, null, null, 'not_measurable', null, '2018-01-01', null, null);
insert into int_promise_records values ('p', 'modern', 'cannot_be_measured',
    'Nothing to measure.', 'None.', null, null, null, null, null, null, null, null);
"""


@dataclass(frozen=True)
class Known:
    """What a release knows: counts by month for the city, and the version of the metric."""

    as_of: date
    known_to: date
    recordings: dict[int, float]
    version: int = 1
    north: dict[int, float] = field(default_factory=dict)


def _write(known: Known) -> None:
    paths.warehouse().parent.mkdir(parents=True, exist_ok=True)
    paths.warehouse().unlink(missing_ok=True)
    with duckdb.connect(paths.warehouse()) as con:
        con.execute(GIVEN)
        con.execute(
            "insert into int_programmes values ('p', 'Invented', '2018-01-01', ?, ?)",
            [known.known_to] * 2,
        )
        con.execute(
            "insert into roll_metric_definitions values"
            " ('recordings', 'count', 'recordings', 'none', 35, ?, null, null, 'Recordings', null,"
            " null, null)",
            [known.version],
        )
        for area, counts in (("city", known.recordings), ("north", known.north)):
            for month, count in counts.items():
                con.execute(
                    "insert into roll_values select 'recordings', 'p', $1, 'month', day,"
                    " last_day(day), 'all', 'all', $2, null, $2, null, null, 'none', null, null"
                    " from (select make_date(2018, $3, 1) as day)",
                    [area, count, month],
                )


def _build(target: Path) -> None:
    done = dbt.build(
        ["--select", *MODELS, "--resource-type", "model"],
        parsed=dbt.prepared(),
        variables={"programmes": ["p"]},
        target=target,
    )
    faults = [(one.unique_id, one.message) for one in done if not one.passed]
    assert faults == []
    manifest = json.loads((target / "manifest.json").read_text())
    sources = manifest["sources"].keys()
    built = {one.unique_id for one in done}
    nodes = {key: node for key, node in manifest["nodes"].items() if key in built}
    for node in nodes.values():
        parents = node["depends_on"]["nodes"]
        node["depends_on"]["nodes"] = [key for key in parents if key in built | sources]
    manifest["nodes"] = nodes
    (target / "manifest.json").write_text(json.dumps(manifest))


def make(known: Known, again: Path | None = None) -> Path:
    """Release what is known after what is served, or from what the release `again` went on from."""
    landed = paths.derived() / history.FOLDER
    if again:
        history.repeat(again, landed)
    else:
        history.hand_on(current(paths.releases()), landed, ["p"], known.as_of)
    _write(known)
    target = paths.home() / "dbt"
    _build(target)
    order = build.BuildRequest(
        warehouse=paths.warehouse(), artifacts=[target], ledger=paths.home() / "ledger",
        as_of=known.as_of, programmes=["p"], releases=paths.releases(), run_id="run",
        started_at=datetime(2024, 3, 1, 2, tzinfo=UTC), history=landed,
    )  # fmt: skip
    made = build.build(order, root=fixtures.code(paths.home()))
    return publish.publish(made, []).release


def hashes(release: Path) -> dict[str, Any]:
    """The hashes of a release's tables."""
    return dict(read_manifest(release)["outputs"])


def rows(release: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of a released table in the order of its key."""
    return (
        pl.read_parquet(release / "internal/parquet" / f"{table}.parquet").select(*columns).rows()
    )
