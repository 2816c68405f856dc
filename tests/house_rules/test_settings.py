"""Dependencies and decisions are accounted for; commands and Pythons are what documents say."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house_rules.project import ROOT, files

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def requirements() -> list[str]:
    """What the project asks for: to run, as an extra, to develop."""
    return [
        *PROJECT["project"]["dependencies"],
        *(each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra),
        *(each for group in PROJECT["dependency-groups"].values() for each in group),
    ]


def dependencies() -> list[str]:
    """Every package that the project asks for, by name."""
    return [found.group() for each in requirements() if (found := NAME.match(each))]


@pytest.mark.parametrize("package", dependencies())
def test_every_dependency_has_its_reason_in_decisions(package: str) -> None:
    reasons = (ROOT / "DECISIONS.md").read_text()
    assert re.search(rf"`{re.escape(package)}`", reasons), f"say in DECISIONS.md why {package}"


@pytest.mark.parametrize("asked", requirements())
def test_every_dependency_has_an_upper_bound(asked: str) -> None:
    # A pin is a bound too.
    assert re.search(r"<\d|==\d", asked), f"say below which version of {asked} this works"


def test_the_bill_of_materials_is_of_what_the_lock_file_installs_to_run(tmp_path: Path) -> None:
    out = tmp_path / "sbom.cdx.json"
    subprocess.run(["make", "-s", "sbom", f"OUT={out}"], cwd=ROOT, check=True)
    bill = json.loads(out.read_text())
    parts = {(each["name"], each["version"]) for each in bill["components"]}
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    assert parts <= {(each["name"], each.get("version")) for each in locked}
    asked = {NAME.match(each) for each in PROJECT["project"]["dependencies"]}
    assert {found.group() for found in asked if found} <= {name for name, _ in parts}
    assert "pytest" not in {name for name, _ in parts}


def test_every_decision_bears_its_date() -> None:
    lines = (ROOT / "DECISIONS.md").read_text().splitlines()
    said = [line for line in lines if line.startswith("- ")]
    assert said
    assert [line for line in said if not re.match(r"- \d{4}-\d\d-\d\d ", line)] == []


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


def test_the_supported_pythons_are_named_alike_and_the_first_and_last_are_tried() -> None:
    asked = re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"])
    first, beyond = (int(minor) for minor in asked)
    supported = {f"3.{minor}" for minor in range(first, beyond)}
    readme, ci = ((ROOT / name).read_text() for name in ("README.md", ".ci/run"))
    [sentence] = re.findall(r"Both need Python ([^`]*),", readme)
    assert set(re.findall(r"3\.\d+", sentence)) == supported
    tried = set(re.findall(r"python(?: find )?(3\.\d+)", ci))
    assert tried == {f"3.{first}", f"3.{beyond - 1}"}
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py3{first}"
