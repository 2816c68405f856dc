"""The Crown Prosecution Service's areas against the National row it prints beside them."""

import csv
import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest

OUTCOMES = "uk_cps/cps_case_outcomes_by_principal_offence_2014_2018.csv.gz"
MISSING = {"2015-11", "2016-02", "2016-03", "2017-04", "2017-05", "2017-06"}

Cell = tuple[str, str]


def national_row(path: Path) -> dict[Cell, tuple[int, int]]:
    """Convictions and completed cases of the National row by month and offence."""
    found: dict[Cell, tuple[int, int]] = {}
    with gzip.open(path, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["cps_area"] == "National":
                month = f"{row['year']}-{int(row['month']):02d}"
                convictions = int(row["convictions"] or 0)
                completed = convictions + int(row["unsuccessful"])
                found[month, row["principal_offence"]] = (convictions, completed)
    return found


def test_area_sums_equal_the_national_row_in_all_585_cells(
    real_data: Path, real_release: Path
) -> None:
    national = national_row(real_data / OUTCOMES)
    released = pl.read_parquet(real_release / "internal/parquet" / "fct_metrics.parquet").filter(
        (pl.col("programme_id") == "england_and_wales")
        & (pl.col("metric_id") == "conviction_share")
        & (pl.col("period_grain") == "month")
        & (pl.col("breakdown") == "principal_offence")
        & (pl.col("area_id") == "england_and_wales")
    )
    cells = {
        (start.isoformat()[:7], offence): (int(convictions), int(completed))
        for start, offence, convictions, completed in released.select(
            "period_start", "breakdown_value", "numerator", "denominator"
        ).rows()
    }
    assert len(national) == 585
    assert cells == national


def test_the_six_missing_months_stay_missing(real_release: Path) -> None:
    released = pl.read_parquet(real_release / "internal/parquet" / "fct_metrics.parquet").filter(
        (pl.col("metric_id") == "conviction_share")
        & (pl.col("period_grain") == "month")
        & (pl.col("area_id") == "england_and_wales")
        & pl.col("denominator").is_not_null()
    )
    months = {start.isoformat()[:7] for start in released["period_start"].unique()}
    assert len(months) == 45
    assert not months & MISSING


@pytest.mark.parametrize(
    ("grain", "start", "said"),
    [
        ("month", date(2016, 2, 1), "for February 2016"),
        ("quarter", date(2016, 1, 1), "for February 2016 and March 2016"),
        ("quarter", date(2017, 4, 1), "for 3 months, April 2017 to June 2017"),
        ("year", date(2017, 1, 1), "for 3 months, April 2017 to June 2017"),
        ("window", date(2014, 1, 1), "for 6 months between November 2015 and June 2017"),
    ],
)
def test_a_period_that_lacks_a_month_has_no_figure_and_names_it(
    real_release: Path, grain: str, start: date, said: str
) -> None:
    found = pl.read_parquet(real_release / "internal/parquet" / "fct_metrics.parquet").filter(
        pl.col("period_start") == start,
        metric_id="conviction_share",
        area_id="england_and_wales",
        breakdown="all",
        period_grain=grain,
    )
    assert found.select("status", "value", "numerator", "status_reason").rows() == [
        ("missing_months", None, None, f"Not supplied {said}: case outcomes.")
    ]


def test_every_area_has_all_its_months(real_data: Path) -> None:
    seen: defaultdict[str, int] = defaultdict(int)
    with gzip.open(real_data / OUTCOMES, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            seen[row["cps_area"]] += 1
    assert len(seen) == 43
    assert set(seen.values()) == {585}
