"""Officers and use of force against the totals and the dates the Home Office prints elsewhere."""

import csv
from pathlib import Path

import polars as pl
import pytest

BY_YEAR = "uk_home_office/police-workforce-fte-by-year.csv"
OUTSIDE = {"British Transport Police", "Central Service Secondments"}
FORCE_REPORTS = {2017: 313_137, 2018: 427_725, 2019: 491_984}


def national(release: Path, metric_id: str) -> dict[int, dict[str, float]]:
    """The released yearly rows of one metric for England and Wales, by the year they begin in."""
    found = pl.read_parquet(release / "internal/parquet" / "fct_metrics.parquet").filter(
        (pl.col("metric_id") == metric_id)
        & (pl.col("area_id") == "england_and_wales")
        & (pl.col("period_grain") == "year")
        & (pl.col("breakdown") == "all")
    )
    return {row["period_start"].year: row for row in found.to_dicts()}


def by_year(path: Path) -> dict[tuple[int, str], float]:
    """Officers of each force; of two rows of one name the smaller, the other is a region's."""
    found: dict[tuple[int, str], float] = {}
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            key, officers = (int(row["Year"]), row["Police force"]), float(row["FTE Count"])
            found[key] = min(officers, found.get(key, officers))
    return found


def test_officers_of_the_43_forces_make_the_nation_and_nobody_else_does(
    real_data: Path, real_release: Path
) -> None:
    forces = {
        key: officers
        for key, officers in by_year(real_data / BY_YEAR).items()
        if key[1] not in OUTSIDE
    }
    released = national(real_release, "officers")
    assert set(released) == set(range(2015, 2020))
    for year, row in released.items():
        of_year = [officers for (when, _), officers in forces.items() if when == year]
        assert len(of_year) == 43
        assert row["numerator"] == pytest.approx(sum(of_year), abs=0.001)


def test_the_file_by_year_is_dated_31_march_as_the_half_yearly_files_show(real_data: Path) -> None:
    officers = by_year(real_data / BY_YEAR)
    for year in range(2015, 2020):
        half_yearly = real_data / f"uk_home_office/officer_fte_{year}.csv"
        with half_yearly.open(newline="") as lines:
            march = {row["Force/Region"]: row[f"March {year}"] for row in csv.DictReader(lines)}
        for force in ("Cleveland", "Metropolitan", "Gwent"):
            assert officers[year, force] == pytest.approx(float(march[force]), abs=0.01)


def test_use_of_force_of_the_forces_adds_up_to_the_published_nation(real_release: Path) -> None:
    released = national(real_release, "use_of_force_per_1000_officers")
    assert {year: row["numerator"] for year, row in released.items()} == FORCE_REPORTS
