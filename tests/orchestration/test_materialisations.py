"""Our own table and view on DuckDB build what those of dbt build, in the versions we read."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import paths
from tests.child_processes import run_in_child
from tests.dbt_command import dbt_build

# dbt's own forms, which ours replace. When one changes, read what changed, run
# `python -m tests.benchmarks.materialisations`, and keep, mend or remove ours.
READ = {
    "duckdb/macros/materializations/table.sql": "87a1907f55ef6ac8",
    "global_project/macros/materializations/models/view.sql": "2cfa8cdda4ec5a20",
}
OURS = [paths.ROOT / "models" / "macros" / name for name in ("materialisations.sql", "changes.sql")]
PROJECT = """
name: bodyworn
profile: bodyworn
model-paths: [models]
macro-paths: [macros]
models: {bodyworn: {+persist_docs: {relation: true, columns: true}}}
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = "bodyworn: {target: here, outputs: {here: {type: duckdb, path: made.duckdb}}}\n"
ENTRIES = """
models:
  - {name: turns, description: A view first and then a table.}
  - name: kept
    description: What it's for.
    config: {contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [a]}]
    columns:
      - {name: a, data_type: integer, description: The key., constraints: [{type: not_null}]}
      - {name: b, data_type: string, description: It's a text.}
"""
MADE = {
    "relations": "select table_name, table_type from information_schema.tables order by all",
    "comments": "select table_name, comment from duckdb_tables() union all"
    " select view_name, comment from duckdb_views() where not internal order by all",
    "columns": "select table_name, column_name, data_type, is_nullable, comment"
    " from duckdb_columns() where not internal order by all",
    "constraints": "select table_name, constraint_type, constraint_column_names"
    " from duckdb_constraints() order by all",
    "rows": "select * from kept order by all",
}


@pytest.mark.parametrize("form", READ)
def test_dbt_builds_tables_and_views_as_when_ours_were_written(form: str) -> None:
    text = files("dbt").joinpath("include", form).read_bytes()
    assert sha256(text).hexdigest()[:16] == READ[form]


def made(folder: Path, *, ours: bool) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in the warehouse after two builds, in the second of which a view is a table."""
    for name in ("models", "macros"):
        (folder / name).mkdir(parents=True)
    if ours:
        for file in OURS:
            shutil.copy(file, folder / "macros")
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "models" / "entries.yml").write_text(ENTRIES)
    kept = "{{ config(materialized='table') }} select b, a from {{ ref('turns') }}"
    (folder / "models" / "kept.sql").write_text(kept)
    for kind, text in (("view", "first"), ("table", "second")):
        turns = f"{{{{ config(materialized='{kind}') }}}} select 1 as a, '{text}' as b"
        (folder / "models" / "turns.sql").write_text(turns)
        done = run_in_child(dbt_build, str(folder), environment=os.environ)
        assert done.returncode == 0, done.stdout
    with duckdb.connect(str(folder / "made.duckdb"), read_only=True) as con:
        return {name: con.sql(query).fetchall() for name, query in MADE.items()}


@dataclass(frozen=True)
class Project:
    """A small project whose tables say of each row which build made it."""

    folder: Path
    programmes: tuple[str, ...] = ("east", "west")

    def __post_init__(self) -> None:
        for name in ("models/intermediate", "models/metrics", "macros"):
            (self.folder / name).mkdir(parents=True)
        for file in OURS:
            shutil.copy(file, self.folder / "macros")
        (self.folder / "profiles.yml").write_text(PROFILE)

    def write(self, place: str, sql: str) -> None:
        """A model as a table."""
        (self.folder / "models" / place).write_text(f"{{{{ config(materialized='table') }}}} {sql}")

    def build(self, to_build: dict[str, Any]) -> None:
        """Build everything, or of the tables named only what a run builds anew."""
        variables = json.dumps({"programmes": self.programmes, "to_build": to_build})
        (self.folder / "dbt_project.yml").write_text(f"{PROJECT}vars: {variables}\n")
        done = run_in_child(dbt_build, str(self.folder), environment=os.environ)
        assert done.returncode == 0, done.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the warehouse."""
        with duckdb.connect(str(self.folder / "made.duckdb"), read_only=True) as con:
            return con.sql(query).fetchall()


def asked(*changed: str, near: Sequence[str] = (), whole: Sequence[str] = ()) -> dict[str, Any]:
    """How a run asks for a table of which some programmes' sources changed."""
    return {"near": list(near), "whole": list(whole), "changed": changed, "is_read": True}


def test_rows_of_programmes_that_nothing_changed_of_stay_and_those_of_all_others_are_built_anew(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path)
    seen = []
    for to_build, made_by, programmes in (
        ({}, "first", ["east", "west", "gone"]),
        ({"met_some": asked("west")}, "second", ["east", "west"]),
        ({"met_some": asked()}, "third", ["east", "west"]),
        ({}, "fourth", ["east", "west"]),
    ):
        rows = " union all ".join(
            f"select '{made_by}' as made_by, '{programme}' as programme_id"
            for programme in programmes
        )
        for place in ("metrics/met_some.sql", "other.sql"):
            project.write(place, rows)
        project.build(to_build)
        seen.append(project.rows("select programme_id, made_by from met_some order by all"))
        assert project.rows("select distinct made_by from other") == [(made_by,)]
    assert seen == [
        [("east", "first"), ("gone", "first"), ("west", "first")],
        [("east", "first"), ("west", "second")],
        [("east", "first"), ("west", "second")],
        [("east", "fourth"), ("west", "fourth")],
    ]


DAY_MS = 86_400_000
EVENTS = {"2015-12-01": 1, "2016-01-01": 1, "2016-02-01": 1, "2016-03-01": 1, "2016-07-01": 1}
# What a second delivery of a programme makes of them, and the months that are then built anew.
SECOND: dict[str, tuple[dict[str, int | None], list[str]]] = {
    "same": ({}, []),
    "corrected": ({"2016-01-01": 2}, ["2015-12-01", "2016-01-01", "2016-02-01"]),
    "withdrawn": ({"2016-02-01": None}, ["2016-01-01", "2016-03-01"]),
    "new": ({"2016-05-01": 1}, ["2016-05-01"]),
    "beyond_a_month": ({"2016-01-01": 30 * DAY_MS}, [*EVENTS]),
    "without_a_month": ({"": 1}, [""]),
}


def test_only_months_around_a_change_are_built_where_a_model_reads_near_rows(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path, tuple(SECOND))
    entry = "models: [{name: int_events, config: {meta: {lasts_ms: lasts}}}]"
    (tmp_path / "models" / "entries.yml").write_text(entry)
    to_build = {
        "int_events": asked(*SECOND),
        "int_again": asked(whole=["int_events"]),
        "met_near": asked(near=["int_again"]),
        "met_any": asked(whole=["int_again"]),
    }
    project.write("intermediate/int_again.sql", "select * from {{ ref('int_events') }}")
    for made_by, asks in (("first", {}), ("second", to_build)):
        rows = ", ".join(
            f"('{programme}', nullif('{month}', '')::date, {lasts}::bigint)"
            for programme, (change, _) in SECOND.items()
            for month, lasts in (EVENTS | (change if asks else {})).items()
            if lasts is not None
        )
        events = f"select * from (values {rows}) as t(programme_id, month_start, lasts)"
        project.write("intermediate/int_events.sql", events)
        for name, verb in (("met_near", "near"), ("met_any", "ref")):
            project.write(
                f"metrics/{name}.sql",
                f"select programme_id, month_start as period_start, '{made_by}' as made_by"
                f" from {{{{ {verb}('int_again') }}}}",
            )
        project.build(asks)

    def months(table: str) -> set[tuple[Any, ...]]:
        """Programmes and months of the rows of a table, or of those that the second build made."""
        return set(
            project.rows(
                f"select programme_id, coalesce(columns('_start')::varchar, '') from {table}"
            )
        )

    built = {(name, month) for name, (_, touched) in SECOND.items() for month in touched}
    assert months("met_near where made_by = 'second'") == built
    assert months("met_near") == months("int_events")
    whole = {(name, month) for name, month in months("int_events") if name != "same"}
    assert months("met_any where made_by = 'second'") == whole


def test_ours_leave_in_the_warehouse_what_dbts_forms_leave(tmp_path: Path) -> None:
    found = made(tmp_path / "ours", ours=True)
    assert found == made(tmp_path / "dbts", ours=False)
    assert ("kept", "BASE TABLE") in found["relations"]
    assert ("kept", "What it's for.") in found["comments"]
    assert found["rows"] == [(1, "second")]
