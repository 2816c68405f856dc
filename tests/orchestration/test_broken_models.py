"""What is broken inside dbt, a model or a test, stops the release; the last one serves."""

import json
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from orchestration import paths
from tests.bodyworn_command import bodyworn
from tests.orchestration.home_folder import Home

READ_BY_A_RUN = (
    *("orchestration", "models", "data/programmes", "data/seeds", "data/studies"),
    *("tests/dbt", "dbt_project.yml", "profiles.yml", "dagster.yaml", "pyproject.toml", "uv.lock"),
)
FED_BY_IT = (
    *("deliveries", "raw", "ingestion"),
    *("stg_bodyworn__force_reports", "int_force_reports", "release"),
)

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(600)]


def _stopped(home: Home, done: "subprocess.CompletedProcess[str]", before: str) -> None:
    assert done.returncode == 1, f"{done.stdout}\n{done.stderr}"
    assert f"Not released, {before} still serves" in done.stderr
    assert home.serving == before
    status = json.loads((home.releases / "status.json").read_text("utf-8"))
    assert status["last_run"]["ok"] is False
    assert status["success"]["release"] == before


def _project(to: Path) -> Path:
    """A copy of what a run reads of the project, to be broken."""
    for name in READ_BY_A_RUN:
        source, target = paths.ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return to


def test_a_delivery_that_fails_a_test_of_dbt_stops_the_release(home: Home) -> None:
    before = home.serving
    known, *_ = sorted(home.landing.rglob("force_reports*.csv"))
    header = known.read_text("utf-8").splitlines()[0]
    late = known.with_name("force_reports_late.csv")
    late.write_text(f"{header}\nR-1,Atlantis,2018-05-01\n", encoding="utf-8")
    done = home.in_child(partial(bodyworn, assets=FED_BY_IT), *home.as_usual)
    _stopped(home, done, before)
    assert "assert_every_published_area_is_known" in done.stderr


def test_a_model_that_gives_every_figure_twice_stops_the_release(
    home: Home, tmp_path: Path
) -> None:
    before = home.serving
    project = _project(tmp_path / "project")
    mart = project / "models" / "marts" / "metric_values" / "fct_metrics.sql"
    sound = mart.read_text("utf-8")
    mart.write_text(f"select * from ({sound}) union all select * from ({sound})", encoding="utf-8")
    over = ("-m", "tests.bodyworn_command", "--assets", "fct_metrics,release")
    done = home.python(*over, *home.as_usual, project=project)
    _stopped(home, done, before)
    assert "models or tests failed in dbt" in done.stderr
    assert "fct_metrics" in done.stderr
    assert "\x1b" not in done.stderr
