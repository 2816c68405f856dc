"""Dependencies are accounted for, telemetry is off, and commands are what documents say."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.house_rules.project import ROOT, files

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def dependencies() -> list[str]:
    """Every package the project asks for by name: to run, as an extra, to develop."""
    asked = [
        *PROJECT["project"]["dependencies"],
        *(each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra),
        *(each for group in PROJECT["dependency-groups"].values() for each in group),
    ]
    return [found.group() for each in asked if (found := NAME.match(each))]


@pytest.mark.parametrize("package", dependencies())
def test_every_dependency_has_its_reason_in_decisions(package: str) -> None:
    reasons = (ROOT / "DECISIONS.md").read_text()
    assert re.search(rf"`{re.escape(package)}`", reasons), f"say in DECISIONS.md why {package}"


def test_every_decision_bears_its_date() -> None:
    lines = (ROOT / "DECISIONS.md").read_text().splitlines()
    said = [line for line in lines if line.startswith("- ")]
    assert said
    assert [line for line in said if not re.match(r"- \d{4}-\d\d-\d\d ", line)] == []


def test_dbt_reports_nothing_home() -> None:
    flags = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["flags"]
    assert flags["send_anonymous_usage_stats"] is False


def test_streamlit_reports_nothing_home() -> None:
    settings = tomllib.loads((ROOT / "dashboards/.streamlit/config.toml").read_text())
    assert settings["browser"]["gatherUsageStats"] is False


def test_dagster_reports_nothing_home() -> None:
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert settings["telemetry"]["enabled"] is False


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in files("*.md", ".ci/run")
        for target in re.findall(
            r"(?:^|`|\b)make ([a-z]+)\b(?=[^a-z]*(?:`|\"|$))", page.read_text()
        )
    }
    assert named <= targets


def test_the_supported_pythons_are_those_the_checks_run_on() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    assert "3.13" in (ROOT / ".ci/run").read_text()
