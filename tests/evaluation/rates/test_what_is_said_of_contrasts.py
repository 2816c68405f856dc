"""What contrasts of two groups say and leave out (items 12 and 14)."""

from math import exp, log
from typing import Any

import polars as pl
import pytest

from orchestration.evaluation.core import Refusal, Result
from orchestration.evaluation.rates.exact_rates import rate_ratio
from orchestration.studies.study import StudyProblem, estimate, study_from

Table = dict[str, list[Any]]


def found(design: str, keys: str, table: Table | None = None) -> Result:
    text = f"design: {design}\ntitle: t\nquestion: q\nkeys: {keys}\n"
    rows = None if table is None else pl.DataFrame(table)
    return estimate(study_from(text, "study.yml"), rows)


def test_what_was_to_be_expected_allows_for_unequal_exposure() -> None:
    summary = found("rate_ratio", "{events: [40, 84], exposure: [500, 1000]}").summary
    assert "About 42 events were to be expected" in summary


def test_what_would_have_been_found_is_said_only_where_no_change_fits() -> None:
    assert "would have been found" in found("rate_ratio", "{events: [80, 84]}").summary
    assert "would have been found" not in found("rate_ratio", "{events: [20, 84]}").summary


def test_a_relative_ratio_stands_beside_the_error_of_its_logarithm_by_name() -> None:
    values = found("relative_rate_ratio", "{treated: [240, 180], control: [300, 290]}").values
    assert "se" not in values
    assert values["se_log_ratio"] == pytest.approx(
        sum(1 / each for each in (240, 180, 300, 290)) ** 0.5
    )


ARMS: Table = {
    "arm": ["blue", "blue", "blue", "white", "white", "white"],
    "outcome": [2, 3, 1, 6, 4, 5],
}


def test_two_groups_take_their_direction_from_the_stated_reference() -> None:
    there = found("two_groups", "{against: white}", ARMS)
    back = found("two_groups", "{against: blue}", ARMS)
    assert (there.estimate, back.estimate) == (-3, 3)
    assert there.measure == "mean of blue minus mean of white"
    assert there.p_value == back.p_value


def test_two_groups_without_a_reference_have_no_direction() -> None:
    result = found("two_groups", "{}", ARMS)
    assert result.estimate is None
    assert result.values["statistic"] == 3
    assert result.p_value == pytest.approx(2 / 20)


def test_two_groups_call_themselves_randomised_only_when_told() -> None:
    assert not found("two_groups", "{against: white}", ARMS).is_randomised
    assert "Nothing is said to have been randomised" in found("two_groups", "{}", ARMS).summary
    assert found("two_groups", "{against: white, is_randomised: true}", ARMS).is_randomised
    assert not found("sign_flips", "{}", {"difference": [1, 2, 3]}).is_randomised


def test_two_units_are_refused_and_give_no_traceback() -> None:
    with pytest.raises(Refusal, match="one unit in an arm"):
        found("two_groups", "{}", {"arm": ["a", "b"], "outcome": [1, 2]})
    with pytest.raises(Refusal, match="there is no arm 'c'"):
        found("two_groups", "{against: c}", ARMS)


def test_teams_without_an_event_in_one_arm_get_exact_limits_and_no_narrow_ones() -> None:
    teams: Table = {
        "cluster": [f"t{place}" for place in range(12)],
        "arm": ["T"] * 6 + ["C"] * 6,
        "events": [0] * 6 + [5] * 6,
        "years": [40.0] * 12,
    }
    result = found("cluster_trial", "{outcome: events, exposure: years}", teams)
    exact = rate_ratio((0, 30), (240, 240))
    assert exact.high is not None
    assert (result.estimate, result.interval_low) == (None, None)
    assert result.interval_high == pytest.approx(log(exact.high))
    assert result.p_value == result.values["p_permutation"]
    assert "between 87% and 100% lower" in result.summary


def test_officers_without_an_event_in_one_arm_get_no_interval_of_the_other_alone() -> None:
    officers: Table = {
        "arm": ["T"] * 20 + ["C"] * 20,
        "complaints": [0] * 20 + [1] * 12 + [0] * 8,
    }
    keys = "{outcomes: [complaints], arm: arm, treated: T, control: C, draws: 199}"
    result = found("officer_trial", keys, officers)
    assert (result.interval_low, result.interval_high) == (None, None)
    assert result.p_value == result.values["p_randomisation"]
    assert "One arm has no event at all" in result.summary


def test_an_interval_follows_the_z_that_was_printed() -> None:
    result = found("published_change", "{counts: [1539, 113], printed_z: -3.234}")
    furthest = log(113 / 1539) * (1 + 1.96 / 3.234)
    assert result.interval_low == pytest.approx(100 * (exp(furthest) - 1), abs=0.01)
    assert "fell by between 64% and 98%" in result.summary


def test_a_poisson_interval_of_clumped_events_says_that_it_is_too_narrow() -> None:
    narrow = found("published_change", "{counts: [1539, 113]}")
    assert any("too narrow" in note for note in narrow.notes)


def test_a_printed_z_against_the_counts_is_refused() -> None:
    with pytest.raises(StudyProblem, match="a fall is below zero"):
        found("published_change", "{counts: [1539, 113], printed_z: 3.234}")
