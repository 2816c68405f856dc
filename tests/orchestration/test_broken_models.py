"""A model that is broken inside dbt stops the release; the last one serves."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.orchestration.home_folder import Home, copy_project

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(600)]


def _stopped(home: Home, done: "subprocess.CompletedProcess[str]", before: str) -> None:
    assert done.returncode == 1, f"{done.stdout}\n{done.stderr}"
    assert f"Not released, {before} still serves" in done.stderr
    assert home.serving == before
    status = json.loads((home.releases / "status.json").read_text("utf-8"))
    assert status["last_run"]["ok"] is False
    assert status["success"]["release"] == before


def test_a_model_that_gives_every_figure_twice_stops_the_release(
    home: Home, tmp_path: Path
) -> None:
    before = home.serving
    project = copy_project(tmp_path / "project")
    mart = project / "models" / "marts" / "metric_values" / "fct_metrics.sql"
    sound = mart.read_text("utf-8")
    mart.write_text(f"select * from ({sound}) union all select * from ({sound})", encoding="utf-8")
    over = ("-m", "tests.bodyworn_command", "--assets", "fct_metrics,release")
    done = home.python(*over, *home.as_usual, project=project)
    _stopped(home, done, before)
    assert "models or tests failed in dbt" in done.stderr
    assert "fct_metrics" in done.stderr
    assert "\x1b" not in done.stderr
