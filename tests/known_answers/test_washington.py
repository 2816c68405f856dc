"""Washington: the published contrast of district 1D and the counts by arm, out of the release."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.known_answers.published_answers import WASHINGTON_FORCE

OFFICERS = "dc_bwc_rct/dc_rct_district_1D_officers.csv"
PERIODS = "dc_bwc_rct/dc_rct_district_period_arm.csv"
ARMS = {"0": "control", "1": "camera"}


def rows(path: Path) -> list[dict[str, str]]:
    """The file's records."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def table(release: Path, name: str) -> pl.DataFrame:
    """The programme's rows of a released table."""
    released = pl.read_parquet(release / "internal/parquet" / f"{name}.parquet")
    return released.filter(pl.col("programme_id") == "washington_dc")


FORCE = "washington_dc_force_by_officers_of_1d"
COMPLAINTS = "washington_dc_complaints_of_officers_of_1d"


def force(release: Path) -> dict[str, object]:
    """The study of uses of force in district 1D."""
    return table(release, "fct_studies").row(by_predicate=pl.col("study_id") == FORCE, named=True)


def figures(release: Path, study: str, column: str = "value_number") -> dict[str, Any]:
    """Figures, or notes, of a study by name."""
    rows = pl.read_parquet(release / "internal/parquet" / "fct_study_values.parquet")
    return dict(rows.filter(study_id=study).select("value_name", column).rows())


def test_use_of_force_camera_minus_control_is_the_published_difference(real_release: Path) -> None:
    found, more = force(real_release), figures(real_release, FORCE)
    assert found["estimate"] == pytest.approx(-72.79763, abs=5e-6)
    assert more["se"] == pytest.approx(329.30109, abs=5e-6)
    assert found["is_randomised"] is True
    assert (more["officers_treated"], more["officers_control"]) == (142, 142)
    assert (more["events_treated"], more["events_control"]) == (107, 113)


def test_interval_and_p_value_equal_the_published_row(real_release: Path) -> None:
    found = force(real_release)
    found["standard_error"] = figures(real_release, FORCE)["se"]
    for name, published in WASHINGTON_FORCE["1D"]._asdict().items():
        assert found[name] == pytest.approx(published, rel=1e-7), name


def test_the_contrast_is_told_as_not_knowing_with_the_change_of_both_arms_beside_it(
    real_release: Path,
) -> None:
    found, notes = force(real_release), figures(real_release, FORCE, "value_text")
    words = str(found["words"])
    assert "107 counted for 142 officers allocated a camera, 113 for 142 others" in words
    assert "for the 212 days" in str(found["study_design"])
    assert "we could not tell" in words
    assert "Anything from 721 per 1,000 officers a year lower to 575" in words
    assert "Not randomised" in str(found["before_after_words"])
    changes = [str(note) for note in notes.values() if str(note).startswith("Officers allocated")]
    assert ["56 counted before and 107 after" in each for each in changes] == [True, False]
    assert ["48 counted before and 113 after" in each for each in changes] == [False, True]
    assert all("not what cameras did: other things changed too" in each for each in changes)


@pytest.mark.parametrize(
    ("study", "arm", "change", "low", "high"),
    [
        (FORCE, "treated", 618.779896, 150.365521, 1087.194272),
        (FORCE, "control", 788.641044, 299.316686, 1277.965402),
        (COMPLAINTS, "treated", -97.063513, -288.951429, 94.824402),
        (COMPLAINTS, "control", -242.658783, -433.993031, -51.324535),
    ],
)
def test_the_change_of_each_arm_is_that_of_its_own_officers(
    real_release: Path, study: str, arm: str, change: float, low: float, high: float
) -> None:
    found = figures(real_release, study)
    for name, expected in (("estimate", change), ("ci_lo", low), ("ci_hi", high)):
        assert found[f"{name}_change_{arm}"] == pytest.approx(expected, abs=1e-5), name


@pytest.mark.parametrize(
    ("study", "estimate", "low", "high"),
    [
        ("complaints_of_officers_of_1d", 48.531757, -88.678202, 185.741716),
        ("guilty_pleas_of_officers_of_1d", 230.525844, -654.540016, 1115.591704),
        ("recordings_of_officers_of_1d", 795.496155, 691.335954, 899.656356),
    ],
)
def test_the_other_outcomes_of_district_1d_are_what_the_same_estimator_gives(
    real_release: Path, study: str, estimate: float, low: float, high: float
) -> None:
    asked = pl.col("study_id") == f"washington_dc_{study}"
    found = table(real_release, "fct_studies").row(by_predicate=asked, named=True)
    assert found["is_randomised"] is True
    for name, expected in (("estimate", estimate), ("interval_low", low), ("interval_high", high)):
        assert found[name] == pytest.approx(expected, abs=1e-5), name


def test_officers_with_a_camera_record_and_the_change_in_pleas_is_not_given(
    real_release: Path,
) -> None:
    studies = table(real_release, "fct_studies")
    recordings, pleas = (
        studies.row(by_predicate=pl.col("study_id").str.contains(word), named=True)
        for word in ("recordings", "guilty_pleas")
    )
    assert "between 691 per officer a year and 900 per officer a year higher" in recordings["words"]
    assert "66,756 counted for 142 officers allocated a camera" in recordings["words"]
    assert "79 counted for 142 officers allocated a camera, 60 for 142 others" in pleas["words"]
    assert pleas["before_after_estimate"] is None
    assert "had not ended when the data were made" in pleas["before_after_words"]


def test_each_contrast_is_one_point_beside_published_ones(real_release: Path) -> None:
    points = table(real_release, "fct_evidence_points").filter(
        effect_measure="difference_per_1000_officers_a_year"
    )
    assert points["point_id"].is_unique().all()
    assert set(points["outcome_group"]) == {"complaints", "use_of_force", "pleas"}
    [mine] = points.filter(point_id=f"study_{FORCE}").to_dicts()
    assert mine["point_value"] == pytest.approx(-72.79763, abs=5e-6)
    assert (mine["design_class"], mine["outcome_name"]) == ("randomised", "Uses of force")


@pytest.mark.parametrize(
    ("column", "metric_id"),
    [("complaints", "trial_complaints"), ("use_of_force", "trial_force_reports")],
)
def test_counts_by_district_and_arm_equal_those_of_the_file(
    real_release: Path, real_data: Path, column: str, metric_id: str
) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows(real_data / PERIODS):
        area = f"district_{row['district'].lower()}"
        expected[area, ARMS[row["z"]]] += int(row[column])
    found = (
        table(real_release, "fct_metrics")
        .filter(pl.col("metric_id") == metric_id)
        .group_by("area_id", "breakdown_value")
        .agg(pl.col("numerator").sum())
    )
    assert {(area, arm): count for area, arm, count in found.rows()} == expected


def test_every_thirty_day_period_of_every_district_and_arm_is_there(
    real_release: Path, real_data: Path
) -> None:
    periods = table(real_release, "fct_metrics").filter(pl.col("metric_id") == "trial_complaints")
    assert len(periods) == len(rows(real_data / PERIODS)) == 432
    days = (periods["period_end"] - periods["period_start"]).dt.total_days() + 1
    assert days.unique().to_list() == [30]


def test_guilty_pleas_by_arm_equal_those_of_the_officers_file(
    real_release: Path, real_data: Path
) -> None:
    expected: Counter[str] = Counter()
    for row in rows(real_data / OFFICERS):
        expected[ARMS[row["Z"]]] += int(row["not_trial_guilty_post"])
    pleas = table(real_release, "fct_metrics").filter(pl.col("metric_id") == "trial_guilty_pleas")
    assert dict(pleas.select("breakdown_value", "numerator").rows()) == expected
    assert pleas["status"].to_list() == ["final", "final"]


def test_no_released_table_has_a_row_for_each_officer(real_release: Path) -> None:
    assert not (real_release / "internal/parquet" / "int_trial_officers.parquet").exists()
