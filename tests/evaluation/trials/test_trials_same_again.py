"""Trials and plans come out alike in another process, whatever order its sets happen to have."""

import json
import os
import subprocess
import sys

from orchestration.evaluation.estimation import estimate
from orchestration.evaluation.planning.size_designs import COUNTS
from orchestration.evaluation.planning.unit_designs import CLUSTERS
from orchestration.evaluation.studies.study import study_from
from orchestration.evaluation.trials import DESIGNS

CODE = """
import json
from tests.evaluation.trials.test_trials_same_again import documents
print(json.dumps(documents(), default=str))
"""


def documents() -> dict[str, object]:
    """What the example of every trial, and of two plans, gives."""
    designs = (*DESIGNS, COUNTS, CLUSTERS)
    return {each.name: estimate(study_from(each.example, each.name)).document() for each in designs}


def test_another_hash_seed_changes_no_figure_and_no_word_of_a_trial() -> None:
    there = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONHASHSEED": "20261126"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = json.loads(json.dumps(documents(), default=str))
    assert json.loads(there.stdout) == here
