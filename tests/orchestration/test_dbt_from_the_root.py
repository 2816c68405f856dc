"""dbt's own command from the root of the project, over a home where nothing was loaded."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration import paths

pytestmark = pytest.mark.pipeline
# Other tests compute on the other core: two threads would only wait for one another.
BUILD = ("dbt", "build", "--threads", "1", "--log-level-file", "none")


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.timeout(600)
def test_dbt_build_passes_every_unit_test_before_anything_was_loaded(tmp_path: Path) -> None:
    (tmp_path / "warehouse").mkdir()
    done = subprocess.run(
        [*BUILD, "--target-path", str(tmp_path), "--log-path", str(tmp_path / "logs")],
        env=os.environ | {"BODYWORN_HOME": str(tmp_path)},
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    results = _read(tmp_path / "run_results.json")["results"]
    status = {one["unique_id"]: one["status"] for one in results}
    units = _read(tmp_path / "manifest.json")["unit_tests"]
    assert units
    assert {name: status.get(name) for name in units} == dict.fromkeys(units, "pass")
