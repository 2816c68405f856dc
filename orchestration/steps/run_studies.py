"""Runs every study of the project and of the run's programmes, and compares areas with peers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl

from orchestration import paths
from orchestration.evaluation.core import Refusal, Result
from orchestration.studies.register import Status, status_of
from orchestration.studies.results import StudyRun, as_tables, compare_areas
from orchestration.studies.study import Study, estimate, read_study

TABLES = ("studies", "study_gates", "study_values", "study_points")
COMPARED = "area_comparisons"
#: Tables that studies name, so that they are built before the studies run; add one here when a
#: study reads a new table.
PANELS = (
    "int_bounded_rollout_months",
    "int_rollout_months",
    "int_trial_officers",
    "int_trial_periods",
)
NAMED = 6
UNREAD = Status("exploratory", "the study cannot be read")


def write_studies(scope: Sequence[str]) -> dict[str, int]:
    """Write `derived/evaluation/studies.parquet` and its children; returns their rows.

    Studies of publications always run. Those of a programme run when it is in `scope` and its table
    has rows; one that declares which data it waits for is listed without them. A refusal is a row.
    """
    files: list[tuple[str | None, Path]] = [
        (None, path) for path in sorted(paths.STUDIES.glob("*.yml"))
    ]
    for programme in scope:
        folder = paths.PROGRAMMES / programme / "studies"
        files += [(programme, path) for path in sorted(folder.glob("*.yml"))]
    with duckdb.connect(paths.warehouse(), read_only=True) as con:
        asked = [one for programme, path in files if (one := _ask(con, programme, path))]
    folder = paths.derived() / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    tables = as_tables(asked)
    for name, rows in tables.items():
        partial = folder / f".{name}.partial"
        rows.write_parquet(partial)
        partial.replace(folder / f"{name}.parquet")
    return {name: rows.height for name, rows in tables.items()}


def _ask(con: duckdb.DuckDBPyConnection, programme: str | None, path: Path) -> StudyRun | None:
    """What one study found, or why it was refused; None where this run has no table for it."""
    name = f"{programme}_{path.stem}" if programme else path.stem
    try:
        study = read_study(path)
    except Refusal as problem:
        return StudyRun(name, programme, None, UNREAD, problem)
    status = status_of(study, paths.STUDIES / "register.csv")
    try:
        table = _table(con, programme, study)
        if table is not None and table.is_empty():
            if study.evidence is None or study.evidence.waits_for is None:
                return None
            table = None
        found: Result | Refusal = estimate(_lean(study), table)
    except Refusal as problem:
        found = problem
    return StudyRun(name, programme, study, status, found)


def _table(
    con: duckdb.DuckDBPyConnection, programme: str | None, study: Study
) -> pl.DataFrame | None:
    """The programme's rows of the table that the study names, of its area and outcome window."""
    said = study.evidence
    if said is None or said.table is None:
        return None
    table = said.table
    known = con.sql("select table_name from duckdb_tables() where not internal").fetchall()
    if (table,) not in known:
        raise Refusal(f"the study names the table {table}, which no run makes")
    asked = f"select * from {table} where programme_id = ? order by all"
    rows: pl.DataFrame = con.sql(asked, params=[programme]).pl()
    if said.area is not None:
        rows = rows.filter(pl.col("area_id") == said.area)
    period, window = str(getattr(study.keys, "period", None)), study.outcome_window
    if rows.schema.get(period) != pl.Date:
        return rows
    if window is not None:
        rows = rows.filter(pl.col(period).is_between(window.first, window.last))
    refuse_missing_months(study, rows, period)
    return rows


def refuse_missing_months(study: Study, rows: pl.DataFrame, period: str) -> None:
    """Raise Refusal where a count that the study reads is empty: its month was not supplied.

    `rows` are those of a table of the warehouse, a row per area and month, of the study's window.
    """
    read = (getattr(study.keys, "count", None), *getattr(study.keys, "placebo_counts", ()))
    for name in (str(name) for name in read if name in rows.columns):
        months = rows.filter(pl.col(name).is_null())[period].unique().sort().to_list()
        if months:
            said = ", ".join(f"{month:%B %Y}" for month in months[:NAMED])
            more = f" and {len(months) - NAMED} more" if len(months) > NAMED else ""
            raise Refusal(
                f"the study reads {name} of months that were not supplied: {said}{more}. Deliver"
                " their files, or let `outcome_window` leave them out"
            )


def _lean(study: Study) -> Study:
    """The study without its sensitivity analyses, which take longer than everything else here.

    They change none of its figures, and `bodyworn estimate` prints them.
    """
    if "sensitivity_analyses" not in type(study.keys).model_fields:
        return study
    return replace(study, keys=study.keys.model_copy(update={"sensitivity_analyses": False}))


def write_comparisons() -> int:
    """Write `derived/evaluation/area_comparisons.parquet` from the marts; returns its rows."""
    peers = pl.read_parquet(paths.derived() / "programme" / "peers.parquet")
    with duckdb.connect(paths.warehouse(), read_only=True) as con:
        figures = con.sql("select * from fct_metrics").pl()
        metrics = con.sql("select metric_id, kind, per_count from dim_metric").pl()
    rows = compare_areas(figures, metrics, peers)
    folder = paths.derived() / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{COMPARED}.partial"
    rows.write_parquet(partial)
    partial.replace(folder / f"{COMPARED}.parquet")
    return rows.height
