"""Every design says on what scale its result is, and all its figures are on that scale."""

from math import exp, log

import pytest

from orchestration.evaluation.catalogue import DESIGNS
from orchestration.evaluation.core import MEANINGS, Result, Scale, log_of_fall
from orchestration.evaluation.wording import describe_interval
from orchestration.studies.study import estimate, study_from

#: Half the width of a 95 % interval in standard errors: 1.96, and more with few degrees of freedom.
NARROWEST, WIDEST = 1.95, 4.5


@pytest.fixture(scope="module")
def found() -> dict[str, Result]:
    """What the example of each design finds."""
    return {
        name: estimate(study_from(design.example, f"{name}.yml"))
        for name, design in DESIGNS.items()
    }


def test_every_scale_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Scale)


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_a_design_sets_its_scale_and_its_figures_keep_to_it(
    name: str, found: dict[str, Result]
) -> None:
    result = found[name]
    low, high = result.interval
    figures = [each for each in (low, result.estimate, high) if each is not None]
    if result.scale is Scale.NONE:
        assert (figures, result.standard_error, result.smallest_detectable) == ([], None, None)
        return
    # Where too little stands behind an estimate, its gate holds it back.
    held_back = any(not gate.passed for gate in result.gates)
    assert figures or result.smallest_detectable is not None or held_back
    assert figures == sorted(figures)
    if result.scale.is_ratio:
        assert min(figures) >= 0
    if result.scale in {Scale.PROPORTION, Scale.PROPORTION_DIFFERENCE}:
        assert max(map(abs, figures)) <= 1


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_an_interval_is_as_wide_as_its_standard_error_says(
    name: str, found: dict[str, Result]
) -> None:
    result = found[name]
    low, high = result.interval
    if result.standard_error is None or low is None or high is None:
        # An exact or score interval has no standard error; a plan has no interval.
        assert name in NO_ERROR
        return
    assert NARROWEST < (high - low) / 2 / result.standard_error < WIDEST
    assert result.estimate == pytest.approx((low + high) / 2)


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_the_smallest_detectable_effect_is_on_the_scale_of_the_estimate(
    name: str, found: dict[str, Result]
) -> None:
    result = found[name]
    if result.smallest_detectable is None:
        return
    fall = result.values.get("smallest_detectable_fall")
    if result.scale is Scale.RATIO:
        assert isinstance(fall, float)
        assert result.smallest_detectable == pytest.approx(1 - fall)
    elif isinstance(fall, float):
        assert exp(-result.smallest_detectable) == pytest.approx(1 - fall)
    elif result.standard_error is not None and name not in ROLLOUTS:
        # That of shuffled dates, which a roll-out takes, is of the same size and no multiple.
        assert result.smallest_detectable == pytest.approx(2.8016 * result.standard_error, rel=1e-3)


ROLLOUTS = {"staged_rollout", "rollout_within_bounds"}
NO_ERROR = {
    "area_funnel",
    "empirical_bayes",
    # Examples so short that their gates hold the estimate back.
    "callaway_santanna",
    "etwfe",
    "linear_imputation",
    "subgroups",
    "sun_abraham",
    "two_way_fixed_effects",
    "clustered_regression",
    "count_limits",
    "count_model",
    "dispersion_test",
    "p_value_family",
    "plan_clusters",
    "plan_counts",
    "plan_design_effect",
    "plan_officers",
    "plan_proportions",
    "plan_rollout",
    "plan_shifts",
    "plan_teams",
    "proportions",
    "published_change",
    "rate",
    "rate_ratio",
    "ratios",
    "schedule_clusters",
    "schedule_shifts",
    "sign_flips",
    "time_to_event",
    "interrupted_series",
    "two_groups",
}


@pytest.mark.parametrize(
    ("name", "ratio", "ends"),
    [
        ("cluster_trial", "rate_ratio", None),
        ("shift_trial", "rate_ratio", ("rate_ratio_lo", "rate_ratio_hi")),
        (
            "relative_rate_ratio",
            "relative_rate_ratio",
            ("relative_rate_ratio_lo", "relative_rate_ratio_hi"),
        ),
        ("two_by_two", "odds_ratio", ("odds_ratio_lo", "odds_ratio_hi")),
    ],
)
def test_the_ratio_itself_stands_among_the_values(
    name: str, ratio: str, ends: tuple[str, str] | None, found: dict[str, Result]
) -> None:
    result = found[name]
    assert result.scale.is_logarithm
    assert exp(result.estimate or 0) == pytest.approx(result.values[ratio])
    if ends:
        assert [exp(each or 0) for each in result.interval] == pytest.approx(
            [result.values[end] for end in ends]
        )


def test_a_result_without_a_scale_has_no_estimate() -> None:
    with pytest.raises(ValueError, match="names its scale"):
        Result(
            design="invented",
            measure="nothing",
            scale=Scale.NONE,
            method="none",
            values={},
            summary="",
            is_randomised=False,
            estimate=1.0,
        )


def test_odds_are_called_odds() -> None:
    said = describe_interval("Complaints", (log(0.5), log(0.8)), Scale.LOG_ODDS_RATIO, "randomised")
    assert said == "Complaints, odds (odds ratio 0.5 to 0.8): between 20% and 50% lower."
    pooled = estimate(study_from(ODDS, "odds.yml"))
    assert (pooled.scale, "odds ratio" in pooled.summary) == (Scale.LOG_ODDS_RATIO, True)


ODDS = """\
design: random_effects
title: Shifts with a complaint in three trials
question: What is the average odds ratio?
keys:
  measure: log_odds_ratio
  outcome: Shifts with a complaint
  is_randomised: true
  from_counts: {treated_events: a, treated_others: b, control_events: c, control_others: d}
inline: {a: [12, 9, 20], b: [200, 150, 300], c: [20, 14, 33], d: [190, 149, 290]}
"""


def test_a_scale_without_a_zero_is_not_described_against_zero() -> None:
    with pytest.raises(ValueError, match="not described against zero"):
        describe_interval("Complaints", (0.5, 0.8), Scale.RATIO, "randomised")


def test_a_fall_has_a_size_on_the_log_scale_unless_it_is_of_everything() -> None:
    assert log_of_fall(0.5) == pytest.approx(log(2))
    assert (log_of_fall(1.0), log_of_fall(None)) == (None, None)
