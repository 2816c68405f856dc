"""A trial is told with both contrasts, in words made from the intervals."""

import polars as pl
import pytest

from orchestration.evaluation.trials.officer_design import SCHEMA, evaluate

COUNTS = [
    f"{what}_{when}_count"
    for what in ("force", "complaints", "pleas", "videos")
    for when in ("before", "after")
]


def officers(after: list[int], before: list[int] | None = None) -> pl.DataFrame:
    """Officers of an invented trial, camera and control by turns."""
    count = len(after)
    table = {
        "programme_id": ["p"] * count,
        "area_id": ["north"] * count,
        "officer_id": [f"o{number:03}" for number in range(count)],
        "is_camera_arm": [number % 2 == 0 for number in range(count)],
        "camera_probability": [0.5] * count,
        "before_days": [365] * count,
        "after_days": [365] * count,
    }
    counts = {name: before or [1] * count for name in COUNTS if "before" in name}
    return pl.DataFrame(table | counts | {name: after for name in COUNTS if "after" in name})


def test_every_randomised_contrast_has_the_change_of_both_arms_beside_it() -> None:
    found = evaluate(officers([3, 5, 2, 6, 4, 7]))
    force = found.filter(pl.col("outcome") == "use_of_force")
    assert dict(force.select("contrast", "is_randomised").rows()) == {
        "camera_minus_control": True,
        "after_minus_before_camera": False,
        "after_minus_before_control": False,
    }
    assert found.schema == SCHEMA


def test_an_interval_around_zero_is_told_as_not_knowing() -> None:
    words = evaluate(officers([3, 5, 6, 4, 4, 4]))["words"][0]
    assert words.startswith("Uses of force: 13 by officers drawn for a camera and 13 by the others")
    assert "We could not tell whether cameras made a difference: anything from" in words
    assert "would have been missed more than one time in five" in words


def test_an_interval_away_from_zero_is_told_as_a_range() -> None:
    words = evaluate(officers([1, 9, 2, 8, 1, 9]))["words"][0]
    assert "Officers with a camera had between" in words
    assert "fewer per 1,000 officers a year" in words


def test_a_change_over_time_says_that_it_is_not_randomised() -> None:
    changes = evaluate(officers([3, 5, 2, 6, 4, 7])).filter(~pl.col("is_randomised"))["words"]
    assert all("Not randomised: other things changed" in words for words in changes)


def test_rates_are_per_thousand_officers_a_year() -> None:
    found = evaluate(officers([2, 0, 2, 0, 3, 1]))
    force = found.filter(pl.col("outcome") == "use_of_force")["estimate"][0]
    assert force == pytest.approx(2 * 1000 * 365.25 / 365)


def test_the_order_of_the_officers_does_not_matter() -> None:
    table = officers([3, 5, 2, 6, 4, 7])
    assert evaluate(table.reverse()).equals(evaluate(table))


def test_officers_without_dated_windows_or_of_one_arm_are_left_out() -> None:
    table = officers([3, 5, 2, 6])
    undated = table.with_columns(after_days=pl.lit(None, pl.Int64))
    one_arm = table.with_columns(is_camera_arm=pl.lit(value=True))
    assert evaluate(undated).is_empty()
    assert evaluate(one_arm).is_empty()
    assert evaluate(undated).schema == SCHEMA
