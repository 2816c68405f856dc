"""Whole runs over a small landing folder, each in a process of its own."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import polars as pl
import pytest

from orchestration import paths
from orchestration.access import audit_log
from orchestration.release.history import anchors_of
from orchestration.steps import dbt
from tests.conftest import AS_OF
from tests.orchestration.conftest import STRANGE
from tests.orchestration.home_folder import Home

Deliver = Callable[[Home], None]
WITHOUT_DBT = """
import sys
from orchestration.cli import app
code = app(["run", "--landing", sys.argv[1], "--as-of", sys.argv[2]], standalone_mode=False)
print("dbt:", sorted(name for name in sys.modules if name.split(".")[0] in ("dbt", "dagster_dbt")))
"""

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(600)]


def _status(home: Home) -> dict[str, dict[str, object]]:
    return dict(json.loads((home.releases / "status.json").read_text("utf-8")))


def test_a_run_says_where_the_release_is_and_records_its_success(released: Home) -> None:
    assert _status(released)["last_run"]["ok"] is True
    assert _status(released)["success"]["release"] == released.serving
    # The log was read for the release's own line, and has a later one of the release.
    *_, last = audit_log.read(released.folder / "audit")
    assert (last["action"], last["object"]) == ("publish", released.serving)
    assert audit_log.verify(released.folder / "audit", anchors_of(released.releases)) == []


def test_a_run_with_nothing_new_is_recorded_in_dagster_and_never_imports_dbt(home: Home) -> None:
    before = home.serving
    done = home.python("-c", WITHOUT_DBT, str(home.landing), AS_OF)
    assert "dbt: []" in done.stdout, done.stdout + done.stderr
    assert f"Nothing new: {before} still serves." in done.stdout
    with sqlite3.connect(home.folder / "dagster" / "history" / "runs.db") as runs:
        kept = runs.execute("select pipeline_name, status from runs order by id").fetchall()
    assert kept == [("nightly", "SUCCESS")] * 2


def test_rows_that_do_not_add_up_stop_the_release_and_the_last_one_serves(
    home: Home, deliver: Deliver
) -> None:
    before = home.serving
    loaded = next(home.folder.glob("raw/evidence_com/recordings/*/*.parquet"))
    pl.read_parquet(loaded).head(-1).write_parquet(loaded)
    deliver(home)
    done = home.run()
    assert done.returncode == 1
    assert "the check rows_add_up failed" in done.stderr
    assert home.serving == before
    assert _status(home)["last_run"]["ok"] is False
    assert _status(home)["success"]["release"] == before


def test_a_refused_file_lets_the_others_through_and_the_exit_code_tells(
    released: Home, followed: Home
) -> None:
    report = json.loads((followed.folder.parent / "report.json").read_text("utf-8"))
    assert report["code"] == 3
    assert [one["file"].rsplit("/", 1)[-1] for one in report["refused"]] == [STRANGE]
    assert followed.serving != released.serving


def test_a_folder_that_is_not_there_starts_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    there = tmp_path_factory.mktemp("nowhere")
    done = Home(there / "home", there / "missing").run()
    assert done.returncode == 2
    assert "is not a folder" in done.stderr


def test_dbt_gives_the_warehouse_back_so_that_another_process_can_open_it(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path_factory.mktemp("lock")
    monkeypatch.setenv("BODYWORN_HOME", str(there))
    done = dbt.build(
        ["--select", "int_programmes"], parsed=dbt.prepared(), variables={}, target=there / "dbt"
    )
    assert [one.passed for one in done] == [True]
    code = f"import duckdb; duckdb.connect('{paths.warehouse()}').execute('create table t (i int)')"
    subprocess.run([sys.executable, "-c", code], check=True)
