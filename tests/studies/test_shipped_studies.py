"""Studies that come with the project run, say what they are, and confirm nothing."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orchestration import paths
from orchestration.evaluation.core import Refusal
from orchestration.evaluation.wording import BANNED
from orchestration.studies.register import read_register, status_of
from orchestration.studies.study import estimate, read_study

REGISTER = paths.STUDIES / "register.csv"
SHIPPED = sorted([*paths.STUDIES.glob("*.yml"), *paths.PROGRAMMES.glob("*/studies/*.yml")])
INLINE = sorted(paths.STUDIES.glob("*.yml"))  # those of a programme take a table of it


WAITING = [path for path in SHIPPED if "waits_for:" in path.read_text("utf-8")]


def test_studies_are_shipped_and_the_register_of_the_project_is_whole() -> None:
    assert len(SHIPPED) >= 4
    # Its words on power were put into the field's own before anybody relied on the first entry.
    entries = read_register(REGISTER)
    of_london = ["recorded_violence.yml", "recorded_robbery.yml", "drug_offences.yml"]
    assert [entry.study for entry in entries] == [WAITING[0].name] * 2 + of_london


def test_the_study_of_scotland_was_registered_before_its_data_and_refuses_to_run_early() -> None:
    [path] = WAITING
    study = read_study(path)
    found = status_of(study, REGISTER)
    assert found.word == "registered_before_data"
    assert "could have been seen by Police Scotland" in found.reason
    with pytest.raises(Refusal, match="waits for complaints by division and month"):
        estimate(study)


def test_the_study_of_scotland_runs_by_itself_once_its_table_is_there() -> None:
    [path] = WAITING
    study = read_study(path)
    source = np.random.default_rng(20251129)
    months = pl.date_range(date(2023, 4, 1), date(2026, 12, 1), "1mo", eager=True)
    starts = [date(2025, 4 + division, 1) for division in range(9)] + [date(2026, 7, 1)] * 4
    rows = [
        {
            "area_id": f"division_{division:02}",
            "month_start": month,
            "cameras_from": first,
            "civilian_complaint_count": int(source.poisson(40)),
            "officer_headcount": 1000,
        }
        for division, first in enumerate(starts)
        for month in months
    ]
    found = estimate(study, pl.DataFrame(rows))
    assert found.gates


@pytest.mark.parametrize("path", [path for path in SHIPPED if path not in WAITING], ids=str)
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
