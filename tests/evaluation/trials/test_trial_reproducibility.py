"""Trials and plans come out alike in another process, whatever order its sets happen to have."""

import json
import os
import subprocess
import sys

import pytest

from orchestration.evaluation import before_after, survival
from orchestration.evaluation.core import Design
from orchestration.evaluation.planning.power_by_formula import CLUSTERS, COUNTS
from orchestration.evaluation.trials import DESIGNS
from orchestration.evaluation.trials.published_trial import PUBLISHED_TRIAL
from orchestration.studies.study import estimate, study_from

CODE = """
import json
from tests.evaluation.trials.test_trial_reproducibility import documents
print(json.dumps(documents(), default=str))
"""


def documents() -> dict[str, object]:
    """What the example of every trial, series and time, and of two plans, gives."""
    designs = (*DESIGNS, *before_after.DESIGNS, *survival.DESIGNS, COUNTS, CLUSTERS)
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


# Of a trial known by what was printed, the order is that in which it was printed.
TABLES = [each for each in DESIGNS if each is not PUBLISHED_TRIAL]


@pytest.mark.parametrize(
    "design", [*TABLES, *before_after.DESIGNS, *survival.DESIGNS], ids=lambda design: design.name
)
def test_another_order_of_rows_changes_no_figure_and_no_word(design: Design) -> None:
    study = study_from(design.example, design.name)
    assert study.inline is not None
    turned = study.inline.sample(fraction=1, shuffle=True, seed=20261126)
    here, there = (design.run(study.keys, rows) for rows in (study.inline, turned))
    assert json.dumps(there.document(), default=str) == json.dumps(here.document(), default=str)
