"""Every known answer of the golden file, through the function behind `bodyworn estimate`."""

import csv
import os
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from orchestration import paths
from orchestration.evaluation.estimation import estimate, table_for
from orchestration.evaluation.frame import Result
from orchestration.evaluation.studies.study import read_study
from orchestration.evaluation.telling import BANNED
from tests.known_answers.golden.exceptions import EXCEPTIONS

HERE = Path(__file__).parent
STUDIES = {path.stem: path for path in sorted((HERE / "studies").glob("*.yml"))}
Answer = tuple[str, str, float]


def golden_folder() -> Path:
    """The folder `golden` of `BODYWORN_SHARED`, or of `shared` beside the project."""
    named = os.environ.get("BODYWORN_SHARED")
    return (Path(named) if named else paths.ROOT.parent / "shared") / "golden"


@cache
def answers() -> dict[str, list[Answer]]:
    """By case: name, expected value, tolerance."""
    file = golden_folder() / "golden_cases.csv"
    if not file.is_file():
        reason = "the golden file is not here: set BODYWORN_SHARED to the folder above it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    found = defaultdict(list)
    for row in csv.DictReader(file.open(encoding="utf-8")):
        tolerance = row["tolerance"]
        allowed = -1.0 if tolerance == "exact" else float(tolerance)
        found[row["case_id"]].append((row["expected_name"], row["expected_value"], allowed))
    return dict(found)


@cache
def result(case: str) -> Result:
    """What the study of a case finds."""
    study = read_study(STUDIES[case])
    data = golden_folder() / study.data if study.data else None
    return estimate(study, table_for(study, data, HERE))


def test_every_golden_case_has_a_study_or_a_stated_exception() -> None:
    cases = set(answers())
    assert cases - set(STUDIES) - set(EXCEPTIONS) == set()
    assert set(STUDIES) & set(EXCEPTIONS) == set()
    assert (set(STUDIES) | set(EXCEPTIONS)) - cases == set()


@pytest.mark.parametrize("case", STUDIES)
def test_a_study_finds_the_known_answers_of_its_case(case: str) -> None:
    found = result(case).values
    for name, expected, tolerance in answers()[case]:
        assert name in found, f"{case} gives no {name}; it gives {sorted(found)}"
        if tolerance < 0:
            assert str(found[name]) == expected
            continue
        allowed = tolerance * max(1.0, abs(float(expected)))
        assert found[name] == pytest.approx(float(expected), abs=allowed, rel=0), f"{case} {name}"


@pytest.mark.parametrize("case", STUDIES)
def test_the_words_of_a_known_answer_say_no_more_than_its_interval(case: str) -> None:
    assert BANNED.findall(result(case).words) == []
