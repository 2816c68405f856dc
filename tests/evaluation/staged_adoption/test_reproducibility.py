"""The same figures whatever the order of rows and the seed of Python's hashes."""

import json
import os
import subprocess
import sys

import pytest

from tests.evaluation.staged_adoption.simulated_panels import table
from tests.evaluation.staged_adoption.test_refusals import RUNS

SCRIPT = """
import json
from tests.evaluation.staged_adoption.test_refusals import RUNS
from tests.evaluation.staged_adoption.simulated_panels import table
print(json.dumps({name: run(table(-0.3)).document() for name, run in RUNS.items()}))
"""


@pytest.mark.parametrize("run", RUNS)
def test_the_order_of_rows_changes_nothing(run: str) -> None:
    rows = table(-0.3)
    found = [
        RUNS[run](rows.sample(fraction=1, shuffle=True, seed=seed)).document() for seed in (1, 2)
    ]
    assert found[0] == found[1] == RUNS[run](rows).document()


def test_the_seed_of_hashes_changes_nothing() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONHASHSEED": "20261126"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    here = {name: run(table(-0.3)).document() for name, run in RUNS.items()}
    assert json.loads(said) == json.loads(json.dumps(here))
