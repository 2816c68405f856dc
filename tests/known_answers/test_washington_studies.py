"""Washington's studies as they ship: district 1D to the published digit, seven districts by arm."""

from pathlib import Path

import polars as pl
import pytest

from tests.known_answers.published_answers import WASHINGTON_FORCE

FORCE = "washington_dc_force_by_officers_of_1d"
STUDIES = (
    FORCE,
    "washington_dc_complaints_of_officers_of_1d",
    "washington_dc_force_in_seven_districts",
    "washington_dc_complaints_in_seven_districts",
)


def study(release: Path, name: str) -> dict[str, object]:
    """The released row of a study."""
    rows = pl.read_parquet(release / "internal/parquet" / "fct_studies.parquet")
    return rows.row(by_predicate=pl.col("study_id") == name, named=True)


def values(release: Path, name: str, column: str = "value_number") -> dict[str, object]:
    """Figures, or texts, of a study by name."""
    rows = pl.read_parquet(release / "internal/parquet" / "fct_study_values.parquet")
    return dict(rows.filter(study_id=name).select("value_name", column).rows())


def test_force_of_district_1d_is_the_published_contrast_to_the_digit(real_release: Path) -> None:
    row, found = study(real_release, FORCE), values(real_release, FORCE)
    assert row["estimate"] == pytest.approx(-72.79763, abs=5e-6)
    assert found["se"] == pytest.approx(329.30109, abs=5e-6)
    assert row["p_value"] == pytest.approx(0.8252, abs=5e-5)
    assert (found["officers_treated"], found["officers_control"]) == (142, 142)
    assert str(row["words"]).startswith(
        "107 counted for 142 officers allocated a camera, 113 for 142 others."
    )


@pytest.mark.parametrize("name", STUDIES[2:])
def test_seven_districts_say_which_days_they_know_and_give_no_p_value(
    name: str, real_release: Path
) -> None:
    row = study(real_release, name)
    assert str(row["words"]).startswith("210 of 212 days.")
    assert values(real_release, name, "value_text")["label"] == "210 of 212 days"
    assert row["p_value"] is None


def test_districts_lie_within_a_twentieth_of_an_error_of_the_published_ones(
    real_release: Path,
) -> None:
    found, named = values(real_release, STUDIES[2]), values(real_release, STUDIES[2], "value_text")
    areas = {
        str(name): float(str(found[key.replace("_area", "_difference")]))
        for key, name in named.items()
        if key.startswith("areas_") and key.endswith("_area")
    }
    for district, published in WASHINGTON_FORCE.items():
        gap = areas[f"district_{district.lower()}"] - published.estimate
        assert abs(gap) < 0.05 * published.standard_error, district


@pytest.mark.parametrize("name", STUDIES)
def test_each_is_exploratory_hashed_and_stands_beside_its_change_over_time(
    name: str, real_release: Path
) -> None:
    row = study(real_release, name)
    assert (row["study_status"], row["is_randomised"]) == ("exploratory", True)
    assert len(str(row["study_sha256"])) == 64
    assert row["refusal_reason"] is None
    assert "Not randomised" in str(row["before_after_words"])
    assert str(row["outcome_name"]) in {"Uses of force", "Complaints"}
    gates = pl.read_parquet(real_release / "internal/parquet" / "fct_study_gates.parquet")
    assert gates.filter(study_id=name).height == 2


def test_rows_of_officers_stand_behind_every_error(
    real_release: Path,
) -> None:
    gates = pl.read_parquet(real_release / "internal/parquet" / "fct_study_gates.parquet")
    mine = gates.filter(pl.col("study_id").is_in(STUDIES))
    enough = mine.filter(
        pl.col("gate_name").is_in(["enough to compare two arms", "rows of officers"])
    )
    passed = dict(enough.select("study_id", "is_passed").rows())
    assert [passed[name] for name in STUDIES] == [True, True, True, True]
    unchecked = mine.filter(pl.col("gate_reason").str.ends_with("it could not be checked"))
    # Neither the day of the allocation nor the date of day 0 stands in what was published.
    assert sorted(unchecked["study_id"]) == sorted(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_a_randomised_contrast_of_washington_is_a_point_beside_published_ones(
    name: str, real_release: Path
) -> None:
    points = pl.read_parquet(real_release / "internal/parquet" / "fct_evidence_points.parquet")
    row = study(real_release, name)
    assert row["effect_scale"] == "rate_difference"
    mine = points.row(by_predicate=pl.col("point_id") == f"study_{name}", named=True)
    assert (mine["design_class"], mine["programme_id"]) == ("randomised", "washington_dc")
    assert mine["effect_measure"] == "difference_per_1000_officers_a_year"
    assert [mine["point_value"], mine["point_low"], mine["point_high"]] == [
        row["estimate"],
        row["interval_low"],
        row["interval_high"],
    ]
    like = points.filter(
        effect_measure=mine["effect_measure"], outcome_group=mine["outcome_group"], is_local=False
    )
    assert not like.is_empty()


@pytest.mark.parametrize(
    ("name", "error", "half_width"),
    [(STUDIES[2], 86.9846, 170.5), (STUDIES[3], 41.4290, 81.2)],
)
def test_seven_districts_have_the_standard_error_of_the_publication(
    name: str, error: float, half_width: float, real_release: Path
) -> None:
    row = study(real_release, name)
    low, high = float(str(row["interval_low"])), float(str(row["interval_high"]))
    assert (high - low) / 2 == pytest.approx(half_width, abs=0.05)
    assert float(str(row["smallest_detectable"])) == pytest.approx(2.8016 * error, rel=1e-3)
    assert "the publication's own table" in str(row["words"])
