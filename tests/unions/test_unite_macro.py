"""A union holds every staging model of its feed, or the build stops and names the missing one."""

import os
import shutil
from pathlib import Path

import pytest

from orchestration import paths
from tests.child_processes import run_in_child
from tests.dbt_command import dbt_build

PROJECT = """
name: bodyworn
version: 1.0.0
profile: bodyworn
model-paths: [models]
macro-paths: [models/macros]
models: {bodyworn: {macros: {+enabled: false}, staging: {+meta: {feed: recordings}}}}
flags: {send_anonymous_usage_stats: false}
vars: {programmes: []}
"""
PROFILE = "bodyworn: {target: here, outputs: {here: {type: duckdb, path: ':memory:'}}}\n"
ONE = "select 'a' as recording_id, 1 as duration_seconds"
ALSO = "also={'recording_id': 'string', 'programme_id': 'string', 'duration_seconds': 'integer'}"
BOTH = f"{{{{ unite('recordings', ['one', 'two'], {ALSO}) }}}}"


def built(folder: Path, union: str, **staging: str) -> str:
    """What dbt says of a small project with these staging models and this union over them."""
    (folder / "models" / "staging").mkdir(parents=True)
    shutil.copytree(paths.ROOT / "models" / "macros", folder / "models" / "macros")
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "models" / "int_recordings.sql").write_text(union)
    for name, sql in staging.items():
        (folder / "models" / "staging" / f"{name}.sql").write_text(sql)
    done = run_in_child(dbt_build, str(folder), environment=os.environ)
    return f"{done.returncode} {done.stdout}"


@pytest.mark.parametrize(
    ("second", "union", "said"),
    [
        (ONE, BOTH, "PASS=3"),
        (ONE, "{{ unite('recordings', ['one']) }}", "feed recordings: two is not listed"),
        (
            "select 1 as duration_second, 'b' as recording_id",
            BOTH,
            "two returns duration_second, which feed recordings does not know",
        ),
    ],
    ids=["all listed", "one forgotten", "a misspelt column"],
)
def test_a_union_holds_every_model_of_its_feed_with_columns_that_the_feed_knows(
    tmp_path: Path, second: str, union: str, said: str
) -> None:
    assert said in built(tmp_path, union, one=ONE, two=second)


def test_columns_in_another_order_keep_their_meaning_and_absent_ones_are_null(
    tmp_path: Path,
) -> None:
    # The table cannot be built when its one text is no number.
    check = (
        "{{ config(materialized='table') }}"
        f" with united as ({BOTH}) select cast(case when count(*) = 2"
        " and count(duration_seconds) = 1 and sum(duration_seconds) = 1"
        " then '1' else 'wrong' end as integer) as held from united"
    )
    said = built(tmp_path, check, one=ONE, two="select 'b' as recording_id")
    assert "PASS=3" in said
