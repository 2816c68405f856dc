"""Our own table and view on DuckDB build what those of dbt build, in the versions we read."""

import os
import shutil
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
OURS = paths.ROOT / "models" / "macros" / "materialisations.sql"
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
        shutil.copy(OURS, folder / "macros")
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


def test_rows_of_kept_programmes_stay_and_those_of_all_others_are_built_anew(
    tmp_path: Path,
) -> None:
    for name in ("models/metrics", "macros"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(OURS, tmp_path / "macros")
    project = f"{PROJECT}vars: {{programmes: [east, west], kept_programmes: []}}\n"
    (tmp_path / "dbt_project.yml").write_text(project)
    (tmp_path / "profiles.yml").write_text(PROFILE)
    seen = []
    for kept, made_by, programmes in (
        ("[]", "first", ["east", "west", "gone"]),
        ("[east]", "second", ["east", "west"]),
        ("[east, west]", "third", ["east", "west"]),
        ("[]", "fourth", ["east", "west"]),
    ):
        rows = " union all ".join(
            f"select '{made_by}' as made_by, '{programme}' as programme_id"
            for programme in programmes
        )
        for place in ("metrics/met_some.sql", "other.sql"):
            model = f"{{{{ config(materialized='table') }}}} {rows}"
            (tmp_path / "models" / place).write_text(model)
        (tmp_path / "dbt_project.yml").write_text(
            project.replace("kept_programmes: []", f"kept_programmes: {kept}")
        )
        done = run_in_child(dbt_build, str(tmp_path), environment=os.environ)
        assert done.returncode == 0, done.stdout
        with duckdb.connect(str(tmp_path / "made.duckdb"), read_only=True) as con:
            seen.append(
                con.sql("select programme_id, made_by from met_some order by all").fetchall()
            )
            others = con.sql("select distinct made_by from other").fetchall()
            assert others == [(made_by,)]
    assert seen == [
        [("east", "first"), ("gone", "first"), ("west", "first")],
        [("east", "first"), ("west", "second")],
        [("east", "first"), ("west", "second")],
        [("east", "fourth"), ("west", "fourth")],
    ]


def test_ours_leave_in_the_warehouse_what_dbts_forms_leave(tmp_path: Path) -> None:
    found = made(tmp_path / "ours", ours=True)
    assert found == made(tmp_path / "dbts", ours=False)
    assert ("kept", "BASE TABLE") in found["relations"]
    assert ("kept", "What it's for.") in found["comments"]
    assert found["rows"] == [(1, "second")]
