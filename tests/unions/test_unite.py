"""A union holds every staging model of its feed, or the build stops and names the missing one."""

import os
import shutil
from pathlib import Path

import pytest

from orchestration import paths
from tests import forked

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


def built(folder: Path, union: str, **staging: str) -> str:
    """What dbt says of a small project with these staging models and this union over them."""
    (folder / "models" / "staging").mkdir(parents=True)
    shutil.copytree(paths.ROOT / "models" / "macros", folder / "models" / "macros")
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    (folder / "models" / "int_recordings.sql").write_text(union)
    for name, sql in staging.items():
        (folder / "models" / "staging" / f"{name}.sql").write_text(sql)
    words = ["build", "--project-dir", str(folder), "--profiles-dir", str(folder)]
    done = forked.run("from dbt.cli.main import cli; cli()", words, os.environ)
    return f"{done.returncode} {done.stdout}"


@pytest.mark.parametrize(
    ("second", "union", "said"),
    [
        (ONE, "{{ unite('recordings', [ref('one'), ref('two')]) }}", "PASS=3"),
        (ONE, "{{ unite('recordings', [ref('one')]) }}", "feed recordings: two is not listed"),
        (
            "select 1 as duration_seconds, 'a' as recording_id",
            "{{ unite('recordings', [ref('one'), ref('two')]) }} -- depends on the order",
            "the parts of a union need the same columns in the same order",
        ),
    ],
    ids=["all listed", "one forgotten", "columns in another order"],
)
def test_a_union_holds_every_model_of_its_feed_with_the_same_columns(
    tmp_path: Path, second: str, union: str, said: str
) -> None:
    assert said in built(tmp_path, union, one=ONE, two=second)
