"""The Cambridge trials from what was printed: both contrasts, and what does not reconcile."""

import pytest

from orchestration.evaluation.core import Result
from orchestration.evaluation.trials.published_trial import (
    PUBLISHED_TRIAL,
    heterogeneity_check,
    interval_check,
)
from orchestration.evaluation.wording import BANNED
from orchestration.studies.study import estimate, study_from
from tests.known_answers.test_cambridge import DO_NOT_AGREE


@pytest.fixture(scope="module")
def printed() -> Result:
    """The design's own example, which holds the figures as published."""
    return estimate(study_from(PUBLISHED_TRIAL.example, "cambridge"))


def test_both_contrasts_stand_together(printed: Result) -> None:
    assert printed.values["percent_drop_counts"] == pytest.approx(92.66, abs=0.005)
    assert (printed.estimate, printed.interval_low, printed.interval_high) == pytest.approx(
        (0.053, -0.163, 0.269), abs=1e-3
    )
    assert "we could not tell" in printed.summary
    assert "not what cameras did" in printed.summary
    assert BANNED.findall(printed.summary) == []


def test_the_average_of_the_subgroups_is_the_printed_one(printed: Result) -> None:
    assert printed.values["pooled_d"] == pytest.approx(0.0208, abs=5e-5)
    assert printed.values["Q_between"] == pytest.approx(15.35, abs=5e-3)


def test_figures_that_do_not_reconcile_are_listed(printed: Result) -> None:
    listed = [each["what"] for each in printed.diagnostics["do_not_reconcile"]]
    assert listed == DO_NOT_AGREE
    assert printed.values["n_do_not_reconcile"] == len(listed)


def test_six_tests_and_not_seven_stand_behind_the_printed_p_value(printed: Result) -> None:
    (told,) = (
        each
        for each in printed.diagnostics["do_not_reconcile"]
        if each["what"] == "tests behind the average"
    )
    assert "5 degrees of freedom: 6 tests" in told["worked_out"]


def test_figures_that_agree_are_not_listed() -> None:
    assert heterogeneity_check(4.905, 0.428, 6).agrees
    assert interval_check(0.053, 0.11, (-0.163, 0.269)).agrees
    assert not interval_check(0.053, 0.11, (-0.2, 0.269)).agrees
