"""Nothing is reported about the use of the project: Dagster and dbt themselves send nothing.

That the pages send nothing either is held where Streamlit's settings are (tests/dashboards).
"""

from pathlib import Path

import pytest
import requests
from dagster._core.telemetry_upload import upload_logs
from dagster_shared.telemetry import get_telemetry_enabled_from_dagster_yaml
from dbt.cli.flags import Flags, args_to_context
from dbt.config.project import read_project_flags
from dotenv import dotenv_values

from orchestration import paths
from orchestration.commands import ui
from orchestration.definitions import definitions
from orchestration.runner.dagster_run import instance
from orchestration.steps.dagster_home import dagster_home


class _Done:
    """An upload that ends after its first look."""

    def is_set(self) -> bool:
        return self.looked

    def wait(self, _seconds: float) -> None:
        self.looked = True

    looked = False


def _posted(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[str]:
    """The addresses that Dagster's web server sends what it noted down to."""
    sent: list[str] = []
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "event.log").write_text("{}")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setattr(requests, "post", lambda address, **_: sent.append(address))
    upload_logs(_Done())  # type: ignore[arg-type]
    return sent


def test_dagster_reads_the_root_s_settings_as_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert get_telemetry_enabled_from_dagster_yaml(), "Dagster reads its settings in another way"
    monkeypatch.setenv("DAGSTER_HOME", str(paths.ROOT))
    assert not get_telemetry_enabled_from_dagster_yaml()


def test_the_web_server_sends_nothing_under_the_settings_that_dg_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dotenv_values(paths.ROOT / ".env")
    for name in settings:
        monkeypatch.delenv(name, raising=False)
    assert _posted(monkeypatch, tmp_path / "without"), "Dagster uploads in another way now"
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    assert _posted(monkeypatch, tmp_path / "with") == []


def test_a_home_of_dagster_is_made_quiet_and_an_existing_one_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "new"))
    with instance() as opened:
        assert not opened.telemetry_enabled
    own = tmp_path / "new" / "dagster.yaml"
    own.write_text("telemetry: {enabled: false}\n# ours\n")
    dagster_home()
    assert "# ours" in own.read_text()


def test_a_home_is_made_quiet_by_whatever_loads_the_definitions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As `dg dev` and the services do, over a home in which nothing ran yet.
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "new"))
    definitions()
    assert not get_telemetry_enabled_from_dagster_yaml()


def test_dagster_s_pages_are_started_so_that_they_only_show() -> None:
    pages, daemon = ui.commands(3001, "/dagster")
    assert {"--read-only", "127.0.0.1", "3001", "/dagster"} <= set(pages)
    assert Path(pages[0]).is_file()
    assert Path(daemon[0]).is_file()
    assert "bodyworn ui" in (paths.ROOT / "Makefile").read_text()


def test_dbt_sends_nothing_when_it_is_run_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBT_SEND_ANONYMOUS_USAGE_STATS", raising=False)
    root = str(paths.ROOT)
    asked = args_to_context(["parse", "--project-dir", root, "--profiles-dir", root])
    assert Flags(asked, read_project_flags(root, root)).SEND_ANONYMOUS_USAGE_STATS is False
