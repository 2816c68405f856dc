"""Washington: the published contrast of district 1D and the counts by arm, out of the release."""

import csv
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.known_answers.published import WASHINGTON_FORCE

OFFICERS = "dc_bwc_rct/dc_rct_district_1D_officers.csv"
PERIODS = "dc_bwc_rct/dc_rct_district_period_arm.csv"
ARMS = {"0": "control", "1": "camera"}


def rows(path: Path) -> list[dict[str, str]]:
    """The file's records."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def table(release: Path, name: str) -> pl.DataFrame:
    """The programme's rows of a released table."""
    released = pl.read_parquet(release / "parquet" / f"{name}.parquet")
    return released.filter(pl.col("programme_id") == "washington_dc")


def force(release: Path, contrast: str) -> dict[str, object]:
    """The estimate of one contrast of uses of force in district 1D."""
    wanted = (pl.col("outcome") == "use_of_force") & (pl.col("contrast") == contrast)
    return table(release, "fct_estimates").row(by_predicate=wanted, named=True)


def test_use_of_force_camera_minus_control_is_the_published_difference(real_release: Path) -> None:
    found = force(real_release, "camera_minus_control")
    assert found["estimate"] == pytest.approx(-72.79763, abs=5e-6)
    assert found["standard_error"] == pytest.approx(329.30109, abs=5e-6)
    assert found["is_randomised"] is True
    assert (found["treated_units"], found["control_units"]) == (142, 142)


def test_interval_and_p_value_equal_the_published_row(real_release: Path) -> None:
    found = force(real_release, "camera_minus_control")
    for name, published in WASHINGTON_FORCE["1D"]._asdict().items():
        assert found[name] == pytest.approx(published, rel=1e-7), name


def test_the_contrast_is_told_as_not_knowing_with_the_change_of_both_arms_beside_it(
    real_release: Path,
) -> None:
    words = str(force(real_release, "camera_minus_control")["words"])
    assert "107 by officers drawn for a camera and 113 by the others in 212 days" in words
    assert "We could not tell" in words
    assert "anything from 721 fewer to 575 more per 1,000 officers a year" in words
    for arm in ("camera", "control"):
        change = force(real_release, f"after_minus_before_{arm}")
        assert change["is_randomised"] is False
        assert "Not randomised" in str(change["words"])


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
    assert not (real_release / "parquet" / "int_trial_officers.parquet").exists()
