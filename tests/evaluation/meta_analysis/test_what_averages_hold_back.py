"""Averages of studies: scales declared, differences said first, gates obeyed (item 13)."""

import polars as pl
import pytest

from orchestration import paths
from orchestration.evaluation.core import Refusal, Result
from orchestration.studies.study import StudyProblem, estimate, read_study, study_from

LIMITS = "from_effects: {effect: rr, low: lo, high: hi%s}"
RATIOS = {"rr": [0.8, 0.7, 0.9], "lo": [0.64, 0.56, 0.75], "hi": [1.0, 0.875, 1.08]}
FAR_APART = {"d": [-2.0, 0.0, 2.0], "se": [0.05, 0.05, 0.05]}


def found(design: str, keys: str, table: dict[str, list[float]]) -> Result:
    text = f"design: {design}\ntitle: t\nquestion: q\nkeys: {{outcome: Force, {keys}}}\n"
    return estimate(study_from(text, "study.yml"), pl.DataFrame(table))


def test_limits_of_a_ratio_are_not_read_until_their_scale_is_declared() -> None:
    with pytest.raises(StudyProblem, match="limits of a ratio need `printed_as`"):
        found("random_effects", f"measure: log_rate_ratio, {LIMITS % ''}", RATIOS)


def test_ratios_with_limits_are_averaged_on_the_scale_of_logarithms() -> None:
    import numpy as np

    keys = f"measure: log_rate_ratio, {LIMITS}"
    logs = {name: np.log(values).tolist() for name, values in RATIOS.items()}
    ours = found("random_effects", keys % ", printed_as: ratio", RATIOS)
    theirs = found("random_effects", keys % ", printed_as: logarithm", logs)
    assert ours.estimate == pytest.approx(theirs.estimate)
    assert ours.estimate is not None
    assert ours.estimate < 0


def test_limits_that_do_not_lie_about_the_effect_on_its_scale_are_refused_by_row() -> None:
    odd = {"rr": [0.8, 0.5, 0.9], "lo": [0.64, 0.1, 0.75], "hi": [1.0, 0.6, 1.08]}
    with pytest.raises(Refusal, match="row 2: the limits do not lie about the effect"):
        found("random_effects", f"measure: log_rate_ratio, {LIMITS % ', printed_as: ratio'}", odd)
    keys = f"measure: log_rate_ratio, {LIMITS % ', printed_as: logarithm'}"
    with pytest.raises(Refusal, match="row 1: the limits do not lie about"):
        found("random_effects", keys, {"rr": [2.0], "lo": [0.5], "hi": [8.0]})


def test_tau_squared_is_named_in_small_letters_too() -> None:
    keys = "measure: difference, from_effects: {effect: d, standard_error: se}"
    small = found("random_effects", f"{keys}, tau2: reml", FAR_APART)
    assert small.document() == found("random_effects", f"{keys}, tau2: REML", FAR_APART).document()


@pytest.mark.parametrize("design", ["common_effect", "subgroups"])
def test_studies_that_differ_are_said_first_and_get_no_verdict(design: str) -> None:
    keys = "measure: difference, from_effects: {effect: d, standard_error: se}"
    result = found(design, keys + (", studies: 10" if design == "subgroups" else ""), FAR_APART)
    what = "subgroups" if design == "subgroups" else "studies"
    assert result.summary.startswith(f"The {what} do not agree: Q = 3,200 with 2 degrees")
    assert (result.estimate, result.interval_low, result.p_value) == (None, None, None)
    assert result.values["estimate"] == pytest.approx(0)


@pytest.mark.parametrize("design", ["common_effect", "random_effects"])
def test_two_studies_are_not_averaged(design: str) -> None:
    keys = "measure: difference, from_effects: {effect: d, standard_error: se}"
    result = found(design, keys, {"d": [0.1, 0.2], "se": [0.1, 0.1]})
    assert result.summary == "Not enough data for an estimate (studies: 2, needed 3)."
    assert result.estimate is None


def test_the_cambridge_subgroups_are_said_not_to_agree() -> None:
    result = estimate(read_study(paths.STUDIES / "cambridge_force_by_compliance.yml"))
    assert result.summary.startswith(
        "The subgroups do not agree: Q = 15.35 with 2 degrees of freedom, p = 0.0005."
    )
