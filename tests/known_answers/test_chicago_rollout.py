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
#: Observed, expected, ratio in per cent with its interval, before/after in per cent, whether shown.
#: The month or quarter within which cameras came is left out.
KNOWN = {
    "complaints_by_month": (1_594, 1_653, -3.5, (-15, 10), -37.4, False),
    "complaints_given_reforms": (1_594, 1_550, 2.9, (-10, 18), -37.4, False),
    "force_complaints_by_month": (173, 206, -16.2, (-38, 13), -56.5, False),
    "force_complaints_by_quarter": (142, 162, -12.3, (-37, 22), -56.8, True),
    "force_reports": (2_838, 2_917, -2.7, (-22, 22), -5.4, False),
    "force_reports_old_form": (2_356, 2_438, -3.4, (-16, 11), -18.9, True),
}
#: The ratio in per cent where the period of the start counts as before.
AS_UNTREATED = {
    "complaints_by_month": -1.1,
    "complaints_given_reforms": 7.5,
    "force_complaints_by_quarter": -18.9,
    "force_reports": -10.6,
    "force_reports_old_form": -3.4,
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
    observed, expected, change, interval, before_after, is_shown = KNOWN[name]
    result = found(real_data, name)
    values = result.values
    assert (values["observed"], round(float(str(values["expected"])))) == (observed, expected)
    assert 100 * (float(str(values["ratio"])) - 1) == pytest.approx(change, abs=0.1)
    assert (result.estimate is not None, result.interval_low is not None) == (is_shown, is_shown)
    ends = (100 * (exp(float(str(values[end]))) - 1) for end in ("ci_lo", "ci_hi"))
    assert tuple(round(each) for each in ends) == interval
    change = 100 * (exp(float(str(values["before_after_log_ratio"]))) - 1)
    assert change == pytest.approx(before_after, abs=0.1)


def test_the_published_fall_of_force_complaints_lies_within_the_interval(real_data: Path) -> None:
    effects = pl.read_csv(paths.SEEDS / "published_effects.csv", infer_schema=False)
    published = effects.filter(pl.col("published_study") == "chicago_ferrazares2023")
    assert published["published_effect"].to_list() == ["-29", "-34"]
    result = found(real_data, "force_complaints_by_quarter")
    assert result.interval_low is not None
    assert result.interval_high is not None
    assert result.interval_low < log(0.71) < 0 < result.interval_high
    assert "we could not tell" in result.summary


@pytest.mark.parametrize("name", AS_UNTREATED)
def test_the_period_of_a_start_is_left_out_and_the_figure_with_it_stands_beside(
    real_data: Path, name: str
) -> None:
    values = found(real_data, name).values
    beside = 100 * (exp(float(str(values["partial_as_untreated_log_ratio"]))) - 1)
    assert beside == pytest.approx(AS_UNTREATED[name], abs=0.1)
    assert int(str(values["partial_cells"])) > 0


def test_four_of_six_studies_are_held_back_by_a_wave_that_was_hardly_observed(
    real_data: Path,
) -> None:
    held = [name for name in KNOWN if found(real_data, name).estimate is None]
    assert held == [name for name, known in KNOWN.items() if not known[-1]]
    for name in held:
        assert found(real_data, name).summary.startswith(
            "Not enough data for an estimate (months of the wave least observed: 1, needed 3)."
        )


def test_force_complaints_say_that_months_carry_enough(real_data: Path) -> None:
    notes = found(real_data, "force_complaints_by_quarter").notes
    assert any("Months carry enough events by themselves (2.0 a unit" in note for note in notes)


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
    released = pl.read_parquet(real_release / "internal/parquet" / "fct_studies.parquet")
    row = released.row(by_predicate=pl.col("study_id") == f"chicago_{name}", named=True)
    result = found(real_data, name)
    for figure in ("estimate", "interval_low", "interval_high"):
        expected = getattr(result, figure)
        assert row[figure] == (None if expected is None else pytest.approx(expected, rel=1e-9))
    before_after = result.values["before_after_log_ratio"]
    assert row["before_after_estimate"] == pytest.approx(before_after, rel=1e-9)
    assert (row["study_status"], row["refusal_reason"]) == ("exploratory", None)
