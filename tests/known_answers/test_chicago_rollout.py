"""Chicago's staged roll-out: what its studies find, beside the published -29 % and before/after."""

from datetime import date
from functools import cache
from math import exp, log
from pathlib import Path

import polars as pl
import pytest

from orchestration import paths
from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.staged_adoption.panel import StagedKeys
from orchestration.evaluation.staged_adoption.staged_rollout import staged_rollout
from orchestration.studies.study import Study, read_study
from tests.known_answers.chicago_panel import panel

STUDIES = paths.ROOT / "data" / "programmes" / "chicago" / "studies"
#: Observed, expected, ratio in per cent with its interval, before/after in per cent.
KNOWN = {
    "complaints_by_month": (1_758, 1_778, -1.1, (-15, 15), -37.0),
    "complaints_given_reforms": (1_758, 1_636, 7.5, (-6, 23), -37.0),
    "force_complaints_by_quarter": (166, 205, -18.9, (-40, 10), -55.6),
    "force_reports": (3_087, 3_453, -10.6, (-22, 3), -5.4),
    "force_reports_old_form": (2_356, 2_439, -3.4, (-16, 11), -18.8),
}


@cache
def table(data: Path) -> pl.DataFrame:
    """The districts by month."""
    return panel(data / "chicago")


def study(name: str) -> Study:
    """A study that ships with the programme."""
    return read_study(STUDIES / f"{name}.yml")


@cache
def found(data: Path, name: str) -> Result:
    """What a study finds, with fewer shufflings and without what stands beside."""
    read = study(name)
    assert isinstance(read.keys, StagedKeys)
    assert read.outcome_window is not None
    keys = read.keys.model_copy(update={"draws": 199, "sensitivity_analyses": False})
    return staged_rollout(
        keys, table(data).filter(pl.col("month_start") <= read.outcome_window.last)
    )


@pytest.mark.parametrize("name", KNOWN)
def test_a_study_of_chicago_finds_what_it_found(real_data: Path, name: str) -> None:
    observed, expected, change, interval, before_after = KNOWN[name]
    result = found(real_data, name)
    values = result.values
    assert (values["observed"], round(float(str(values["expected"])))) == (observed, expected)
    assert 100 * (float(str(values["ratio"])) - 1) == pytest.approx(change, abs=0.1)
    assert result.interval_low is not None
    assert result.interval_high is not None
    ends = (100 * (exp(each) - 1) for each in (result.interval_low, result.interval_high))
    assert tuple(round(each) for each in ends) == interval
    change = 100 * (exp(float(str(values["before_after_log_ratio"]))) - 1)
    assert change == pytest.approx(before_after, abs=0.1)


def test_the_published_fall_of_force_complaints_lies_within_the_interval(real_data: Path) -> None:
    effects = pl.read_csv(paths.SEEDS / "published_effects.csv", infer_schema=False)
    published = effects.filter(pl.col("published_study") == "chicago_ferrazares2023")
    assert published["published_effect"].to_list() == ["-29"]
    result = found(real_data, "force_complaints_by_quarter")
    assert result.interval_low is not None
    assert result.interval_high is not None
    assert result.interval_low < log(0.71) < 0 < result.interval_high
    assert "we could not tell" in result.summary


def test_the_gate_prints_why_chicago_is_thin(real_data: Path) -> None:
    gate = found(real_data, "force_complaints_by_quarter").gates[0]
    assert not gate.passed
    assert "months of the wave least observed: 2, needed 3" in gate.reason


def test_force_reports_run_over_the_change_of_form_only_by_choice(real_data: Path) -> None:
    keys = study("force_reports").keys
    assert isinstance(keys, StagedKeys)
    with pytest.raises(Refusal, match="break of 2017-10-16"):
        staged_rollout(keys.model_copy(update={"spans_breaks": False}), table(real_data))
    assert "Runs over the break of 2017-10-16" in found(real_data, "force_reports").notes[0]


def test_the_new_form_alone_cannot_be_estimated(real_data: Path) -> None:
    keys = study("force_reports").keys
    assert isinstance(keys, StagedKeys)
    new = table(real_data).filter(pl.col("month_start") >= date(2017, 10, 1))
    with pytest.raises(Refusal, match="before the second period of the panel"):
        staged_rollout(keys, new)


def test_the_two_rival_reforms_cannot_be_told_apart(real_data: Path) -> None:
    keys = study("complaints_given_reforms").keys
    assert isinstance(keys, StagedKeys)
    both = keys.model_copy(update={"covariates": ("shotspotter", "support_centre")})
    with pytest.raises(Refusal, match="are not identified"):
        staged_rollout(both, table(real_data))


@pytest.mark.parametrize("name", KNOWN)
def test_a_release_finds_in_its_mart_what_the_files_give(
    real_data: Path, real_release: Path, name: str
) -> None:
    released = pl.read_parquet(real_release / "parquet" / "fct_studies.parquet")
    row = released.row(by_predicate=pl.col("study_id") == f"chicago_{name}", named=True)
    result = found(real_data, name)
    for figure in ("estimate", "interval_low", "interval_high"):
        assert row[figure] == pytest.approx(getattr(result, figure), rel=1e-9)
    before_after = result.values["before_after_log_ratio"]
    assert row["before_after_estimate"] == pytest.approx(before_after, rel=1e-9)
    assert (row["study_status"], row["refusal_reason"]) == ("exploratory", None)
