"""dbt's graph, parsed once into a folder of the test's own."""

import json
import os
import subprocess

import pytest

from tests.house_rules.project import ROOT, Manifest


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    place = tmp_path_factory.mktemp("house")
    command = ["dbt", "--quiet", "parse", "--target-path", str(place), "--no-partial-parse"]
    command += ["--log-path", str(place / "logs")]
    surroundings = os.environ | {"BODYWORN_HOME": str(place / "home")}
    subprocess.run(command, cwd=ROOT, env=surroundings, check=True)
    parsed: Manifest = json.loads((place / "manifest.json").read_text())
    return parsed
