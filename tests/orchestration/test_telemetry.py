"""Nobody is told that the project is used: Dagster and dbt are quiet by its own configuration."""

from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

from orchestration import paths
from orchestration.runner.dagster_run import dagster_home, instance


def _is_off(file: Path) -> bool:
    return yaml.safe_load(file.read_text("utf-8"))["telemetry"]["enabled"] is False


def test_dagster_is_quiet_where_no_home_is_named() -> None:
    assert _is_off(paths.ROOT / "dagster.yaml")
    # What `dg` itself notes down is sent by the web server unless this is set; `dg dev` reads it.
    assert dotenv_values(paths.ROOT / ".env") == {"DAGSTER_DISABLE_TELEMETRY": "yes"}


def test_a_home_of_dagster_is_made_quiet_and_an_existing_one_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "new"))
    assert _is_off(dagster_home() / "dagster.yaml")
    with instance() as opened:
        assert opened.get_settings("telemetry") == {"enabled": False}
    own = tmp_path / "new" / "dagster.yaml"
    own.write_text("telemetry: {enabled: false}\n# ours\n")
    dagster_home()
    assert "# ours" in own.read_text()


def test_dbt_is_quiet() -> None:
    project = yaml.safe_load((paths.ROOT / "dbt_project.yml").read_text("utf-8"))
    assert project["flags"]["send_anonymous_usage_stats"] is False
