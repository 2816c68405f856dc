"""Studies that come with the project run, say what they are, and confirm nothing."""

from pathlib import Path

import pytest

from orchestration import paths
from orchestration.evaluation.interval_wording import BANNED
from orchestration.studies.register import read_register, status_of
from orchestration.studies.run import estimate
from orchestration.studies.study import read_study

REGISTER = paths.STUDIES / "register.csv"
SHIPPED = sorted([*paths.STUDIES.glob("*.yml"), *paths.PROGRAMMES.glob("*/studies/*.yml")])
INLINE = sorted(paths.STUDIES.glob("*.yml"))  # those of a programme take a table of it


def test_studies_are_shipped_and_the_register_of_the_project_is_whole() -> None:
    assert len(SHIPPED) >= 4
    assert read_register(REGISTER) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_study_of_the_past_is_exploratory(path: Path) -> None:
    study = read_study(path)
    assert study.outcome_window is not None
    assert status_of(study, REGISTER).word == "exploratory"


@pytest.mark.parametrize("path", INLINE, ids=lambda path: path.stem)
def test_a_shipped_study_with_its_figures_inside_runs_and_keeps_to_its_interval(path: Path) -> None:
    assert BANNED.findall(estimate(read_study(path)).summary) == []


def test_the_published_average_is_the_common_effect_and_hides_that_its_parts_disagree() -> None:
    common = estimate(read_study(paths.STUDIES / "cambridge_force_by_compliance.yml")).values
    ours = estimate(read_study(paths.STUDIES / "cambridge_force_averaged_honestly.yml"))
    assert common["estimate"] == pytest.approx(0.0208, abs=5e-5)
    assert common["Q_between"] == pytest.approx(15.35, abs=5e-3)
    assert ours.interval_low is not None
    assert ours.interval_high is not None
    # Three parts that disagree tell almost nothing of the next trial.
    assert ours.interval_high - ours.interval_low > 4 * 1.96 * float(common["se"] or 0)
